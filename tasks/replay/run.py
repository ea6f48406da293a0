"""The whole loop over HTTP: dataset, upload, project, people, answers, consensus, export."""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from labeling.errors import GroundworkError
from tasks.replay.bar import Bar
from tasks.replay.client import Api
from tasks.replay.giving import AT_ONCE, THREADS, give_all
from tasks.replay.recording import Recording

POLL = 0.25
STUCK = 180.0  # seconds without any progress


class Stuck(GroundworkError):
    """Something on the server does not go on."""


@dataclass(frozen=True)
class Plan:
    name: str  # of the project
    recording: Recording
    items: list[dict[str, Any]]
    config: dict[str, Any]
    crowd: str  # who the workers are: the same crowd has the same people in every project
    type: str = "choice"
    dataset: str = ""  # its name; the project's when empty
    overlap: int = 0  # 0: room for every recorded answer, and for nobody else
    fields: dict[str, Any] = field(default_factory=dict)  # of the project: guideline, end_use, aggregation …

    def to_answer(self, answer: str) -> dict[str, Any]:
        return {"option": answer} if self.type == "choice" else {"options": answer.split("|")}


@dataclass(frozen=True)
class Played:
    project: int
    export: dict[str, Any]
    sha256: str  # of the file that arrived
    file: Path
    seconds: dict[str, float]

    def rows(self) -> Iterator[dict[str, Any]]:
        with self.file.open("rb") as lines:
            yield from map(orjson.loads, lines)


def prepare(api: Api, plan: Plan, say: Callable[[str], None]) -> tuple[int, dict[str, int]]:
    """Make dataset and project, unless an earlier run did; the project's id and {item key: task}."""
    dataset = fill_dataset(
        api, plan.dataset or plan.name, "items.jsonl", b"".join(orjson.dumps(row) + b"\n" for row in plan.items), say
    )
    project = open_project(
        api,
        dataset,
        {
            "name": plan.name,
            "type": plan.type,
            "config": plan.config,
            "overlap": plan.overlap or plan.recording.most_answers(),
            "self_selection": True,
            "open_to_all": plan.overlap > 0,  # else nobody but the recorded people finds a slot
            **plan.fields,
        },
    )
    return project, {task["item"]["key"]: task["id"] for task in api.pages(f"/projects/{project}/tasks")}


def give(
    api: Api,
    plan: Plan,
    project: int,
    tasks: dict[str, int],
    *,
    secret: bytes,
    at_once: int = AT_ONCE,
    threads: int = THREADS,
    bar: Bar | None = None,
) -> None:
    give_all(
        api,
        plan.recording,
        project_id=project,
        tasks=tasks,
        to_answer=plan.to_answer,
        crowd=plan.crowd,
        secret=secret,
        at_once=at_once,
        threads=threads,
        advance=bar.add if bar else lambda number: None,
    )


def play(
    api: Api,
    plan: Plan,
    *,
    secret: bytes,
    say: Callable[[str], None],
    formats: tuple[str, ...] = ("jsonl",),
    folder: Path | None = None,
    at_once: int = AT_ONCE,
    threads: int = THREADS,
) -> list[Played]:
    """All of it; one export for each format."""
    began = time.monotonic()
    project, tasks = prepare(api, plan, say)
    seconds = {"prepare": _since(began)}
    began = time.monotonic()
    bar = Bar("answers", len(plan.recording.said))
    give(api, plan, project, tasks, secret=secret, at_once=at_once, threads=threads, bar=bar)
    seconds["answers"] = _since(began)
    began = time.monotonic()
    say("waiting for the consensus")
    wait_for_consensus(api, project)
    seconds["consensus"] = _since(began)
    folder = folder or Path(tempfile.mkdtemp(prefix="gw-replay-"))
    exports = []
    for format in formats:
        began = time.monotonic()
        export, path, sha256 = export_to(api, project, folder, format)
        exports.append(Played(project, export, sha256, path, seconds | {"export": _since(began)}))
    return exports


def fill_dataset(api: Api, name: str, filename: str, content: bytes, say: Callable[[str], None]) -> int:
    """The dataset of that name with these items in it. An upload that is there already adds nothing."""
    found = next((row for row in api.pages("/datasets") if row["name"] == name), None)
    dataset: int = (found or api.post("/datasets", {"name": name}))["id"]
    if found and any(upload["state"] == "done" for upload in api.pages(f"/datasets/{dataset}/uploads")):
        return dataset
    upload = api.post(
        f"/datasets/{dataset}/uploads",
        content=content,
        headers={"Content-Type": "application/octet-stream", "X-Filename": filename},
    )
    upload = _wait(lambda: api.get(f"/uploads/{upload['id']}"), _has_ended, "the upload", lambda row: row["rows"])
    if upload["state"] != "done" or upload["rejected"]:
        raise GroundworkError(
            f"upload {upload['id']} is {upload['state']}, {upload['rejected']} bad: {upload['error']}"
        )
    say(f"dataset {dataset}: {upload['created']} items")
    return dataset


def open_project(api: Api, dataset: int, body: dict[str, Any]) -> int:
    """The launched project of that name."""
    found = next((row for row in api.pages("/projects") if row["name"] == body["name"]), None)
    project: int = (found or api.post("/projects", body))["id"]
    if not found or not found["launched_at"]:
        api.post(f"/projects/{project}/launch", {"dataset": dataset})
    return project


def wait_for_consensus(api: Api, project: int) -> None:
    """Until every answer is applied and the model has seen all of them."""
    _wait(
        lambda: api.get(f"/projects/{project}/progress"),
        lambda progress: progress["consensus"]["fitted"],
        "the consensus",
        lambda progress: progress["consensus"]["applied"],
    )


def export_to(api: Api, project: int, folder: Path, format: str) -> tuple[dict[str, Any], Path, str]:
    """The finished export, where its file is, and the sha256 of what arrived."""
    wanted = {"format": format, "include_answers": True, "include_unresolved": True}
    export = api.post(f"/projects/{project}/exports", wanted)
    path = f"/projects/{project}/exports/{export['id']}"
    export = _wait(lambda: api.get(path), _has_ended, "the export", lambda row: row["rows"])
    if export["state"] != "done":
        raise GroundworkError(f"export {export['id']} is {export['state']}: {export['error']}")
    file = folder / f"project-{project}.{format}"
    sha256 = api.download(export["download_url"], file)
    if sha256 != export["sha256"]:
        raise GroundworkError(f"{file}: sha256 {sha256} is not {export['sha256']}")
    return export, file, sha256


def _has_ended(row: dict[str, Any]) -> bool:
    return row["state"] in ("done", "failed", "canceled")


def _wait(
    look: Callable[[], dict[str, Any]],
    is_done: Callable[[dict[str, Any]], bool],
    what: str,
    position: Callable[[dict[str, Any]], Any],
) -> dict[str, Any]:
    row, moved = look(), time.monotonic()
    while not is_done(row):
        if time.monotonic() - moved > STUCK:
            raise Stuck(f"{what} does not go on: {row}")
        time.sleep(POLL)
        before, row = row, look()
        if position(row) != position(before):
            moved = time.monotonic()
    return row


def _since(began: float) -> float:
    return round(time.monotonic() - began, 1)
