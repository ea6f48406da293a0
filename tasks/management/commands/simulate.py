"""manage.py simulate: annotators of given skill work on a project."""

from argparse import ArgumentParser, ArgumentTypeError
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from labeling import env
from labeling.errors import GroundworkError
from tasks.replay.access import DEMO_SLUG, temporary_key
from tasks.replay.bar import Bar
from tasks.replay.client import Api
from tasks.replay.people import read_secret
from tasks.replay.recording import read_truth
from tasks.simulation.annotators import World, simulate


def skills(text: str) -> list[float]:
    found = [float(part) for part in text.split(",")]
    if not all(0 <= skill <= 1 for skill in found):
        raise ArgumentTypeError("skills are between 0 and 1")
    return found


class Command(BaseCommand):
    help = "Let simulated annotators of given skill work on a running project through the HTTP API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", type=int, required=True, help="its id")
        parser.add_argument("--annotators", type=int, default=4)
        parser.add_argument(
            "--skill", type=skills, default=[0.8], help="how often right; one, or several in turn: .6,.9"
        )
        parser.add_argument("--answers", type=int, default=100, help="of all of them together")
        parser.add_argument("--truth", type=Path, help="CSV: item,truth; unset: derived from the item's content")
        parser.add_argument("--think", type=float, default=0.0, help="seconds for each answer")
        parser.add_argument("--url", help="of the server; unset: this machine's")
        parser.add_argument("--key", help="an admin's API key; unset: one of --organization is made and revoked")
        parser.add_argument("--organization", default=DEMO_SLUG, help="slug, without --key")

    def handle(self, *args: Any, **given: Any) -> None:
        url = given["url"] or f"http://{env.text('HOST')}:{env.number('PORT')}"
        access = (
            nullcontext(given["key"]) if given["key"] else temporary_key(name="simulate", slug=given["organization"])
        )
        chosen = [given["skill"][n % len(given["skill"])] for n in range(given["annotators"])]
        bar = Bar("answers", given["answers"])
        try:
            with access as key:
                people = simulate(
                    Api(url, key=key),
                    project=given["project"],
                    skills=chosen,
                    answers=given["answers"],
                    world=World(read_truth(given["truth"]) if given["truth"] else {}),
                    secret=read_secret(settings.VAR),
                    think=given["think"],
                    advance=bar.add,
                )
        except GroundworkError as error:
            raise CommandError(str(error)) from error
        for one in people:
            self.stdout.write(f"{one.name}: skill {one.skill}, {one.given} answers, {one.right} right")
        self.stdout.write(f"{sum(one.given for one in people)} answers given")
