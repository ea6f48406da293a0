"""manage.py replay: a recorded crowd works here, through the public API."""

import json
import os
import shutil
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from labeling import env
from labeling.errors import GroundworkError
from tasks.replay import recording as recorded
from tasks.replay.access import DEMO_SLUG, temporary_key
from tasks.replay.client import Api
from tasks.replay.compare import Comparison, compare
from tasks.replay.giving import AT_ONCE, THREADS
from tasks.replay.people import read_secret
from tasks.replay.run import Plan, Played, play

RTE = {
    "question": "Does the second sentence follow from the first?",
    "options": [{"value": "0", "label": "no, it does not"}, {"value": "1", "label": "yes, it follows"}],
}


class Command(BaseCommand):
    help = "Play a recorded crowd data set (worker,item,answer) through the public API and compare with the truth."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dataset", choices=["rte"], help="a known one, read from the folder in CROWD_DATA")
        parser.add_argument("--answers", type=Path, help="CSV: worker,item,answer")
        parser.add_argument("--items", type=Path, help="JSONL or CSV with id and text; unset: the ids are the texts")
        parser.add_argument("--truth", type=Path, help="CSV: item,truth")
        parser.add_argument("--project", help="its name; unset: the name of the answers' folder")
        parser.add_argument("--type", default="choice", choices=["choice", "multichoice"])
        parser.add_argument("--options", help="labels in order, by commas; unset: the recorded answers, sorted")
        parser.add_argument("--question", default="Which label fits?")
        parser.add_argument("--map", default="", help="names for answers: 1..4=positive,0=neutral,-4..-1=negative")
        parser.add_argument("--overlap", default="auto", help="answers per item; auto: room for all recorded ones")
        parser.add_argument("--limit-items", type=int, help="only the first N items")
        parser.add_argument("--url", help="of the server; unset: this machine's")
        parser.add_argument("--key", help="an admin's API key; unset: one of --organization is made and revoked")
        parser.add_argument("--organization", default=DEMO_SLUG, help="slug, without --key")
        parser.add_argument("--format", default="jsonl", choices=["jsonl", "csv", "parquet"])
        parser.add_argument("--out", type=Path, help="keep the export here")
        parser.add_argument("--at-once", type=int, default=AT_ONCE, help="tasks per round trip, up to 100")
        parser.add_argument("--threads", type=int, default=THREADS, help="people working at the same time")
        parser.add_argument("--json", action="store_true", help="the result as JSON on the last line")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            self.replay(given)
        except GroundworkError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def replay(self, given: dict[str, Any]) -> None:
        plan, truth = self.read(given)
        url = given["url"] or f"http://{env.text('HOST')}:{env.number('PORT')}"
        access = nullcontext(given["key"]) if given["key"] else temporary_key(name="replay", slug=given["organization"])
        with access as key:
            api = Api(url, key=key)
            formats = tuple(dict.fromkeys(("jsonl", given["format"])))
            *_, exported = exports = play(
                api,
                plan,
                secret=read_secret(settings.VAR),
                say=self.say,
                formats=formats,
                at_once=given["at_once"],
                threads=given["threads"],
            )
        options = [option["value"] for option in plan.config["options"]]
        compared = None
        if plan.type == "choice":
            compared = compare(exports[0].rows(), plan.recording, options, truth)
        if given["out"]:
            shutil.copyfile(exported.file, given["out"])
        shutil.rmtree(exported.file.parent)
        self.tell(plan, exported, compared, as_json=given["json"])
        if compared and not compared.is_exact:
            raise CommandError("the export is not what was recorded")

    def read(self, given: dict[str, Any]) -> tuple[Plan, dict[str, str]]:
        options = given["options"].split(",") if given["options"] else []
        config: dict[str, Any] = {"question": given["question"], "options": [{"value": value} for value in options]}
        if given["dataset"] == "rte":
            folder = self.crowd_data() / "rte"
            given |= {"answers": folder / "answers.csv", "truth": folder / "truth.csv"}
            given["project"], config = given["project"] or "RTE", RTE
        if not given["answers"]:
            raise CommandError("--answers or --dataset is needed", returncode=2)
        rename = recorded.answer_map(given["map"])
        recording = recorded.read_recording(given["answers"], rename)
        items = recorded.read_items(given["items"]) if given["items"] else {}
        items = items or {key: {"id": key, "text": key} for key in recording.items()}
        if given["limit_items"]:
            items = dict(list(items.items())[: given["limit_items"]])
            recording = recording.only(items=items)
        if unknown := [key for key in recording.items() if key not in items]:
            raise CommandError(f"{len(unknown)} answered items are not in {given['items'].name}: {unknown[0]} …")
        if not config["options"]:
            names = recording.options()
            if given["type"] == "multichoice":
                names = list(dict.fromkeys(part for name in names for part in name.split("|")))
            config["options"] = [{"value": value} for value in names]
        crowd = given["answers"].resolve().parent.name
        plan = Plan(
            name=given["project"] or crowd,
            recording=recording,
            items=list(items.values()),
            type=given["type"],
            config=config,
            crowd=crowd,
            overlap=0 if given["overlap"] == "auto" else int(given["overlap"]),
            fields={"aggregation": "dawid_skene"},
        )
        return plan, recorded.read_truth(given["truth"], rename) if given["truth"] else {}

    def crowd_data(self) -> Path:
        if not (folder := os.environ.get("CROWD_DATA")):
            raise CommandError(
                "CROWD_DATA is not set. It names a folder of crowd data sets, each a folder with answers.csv "
                "(worker,item,answer) and truth.csv (item,truth): rte has 800 items and 8,000 answers "
                "(Snow et al. 2008). We do not ship it: its licence is unstated.",
                returncode=2,
            )
        return Path(folder)

    def say(self, text: str) -> None:
        self.stderr.write(text)

    def tell(self, plan: Plan, played: Played, compared: Comparison | None, *, as_json: bool) -> None:
        self.stdout.write(f"project {played.project}: {len(plan.recording.said)} answers of the recording given")
        self.stdout.write(f"export: {played.export['rows']} rows, sha256 {played.sha256}")
        self.stdout.write("seconds: " + ", ".join(f"{name} {value}" for name, value in played.seconds.items()))
        if compared:
            self.stdout.write(
                f"stored: {compared.answers} answers, {compared.missing} missing, {compared.extra} too many; "
                f"majority differs from the count by hand on {len(compared.majority_differs)} items"
            )
            for method, accuracy in compared.accuracy.items():
                self.stdout.write(f"accuracy of {method}: {accuracy:.4f} on {compared.measured_on} items")
        if as_json:
            told = {"project": played.project, "export": played.export, "sha256": played.sha256}
            told |= {"seconds": played.seconds, "compared": compared.as_dict() if compared else None}
            self.stdout.write(json.dumps(told))
