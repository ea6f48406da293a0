"""manage.py load_demo: called by `manage.py run` when its web server answers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from labeling import env
from labeling.errors import GroundworkError
from tasks.demo.load import PARTS, load_demo


class Command(BaseCommand):
    help = "Load the demo organization into a running server; again, it adds what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=f"http://{env.text('HOST')}:{env.number('PORT')}")
        parser.add_argument(
            "--part", choices=PARTS, default="all", help="first: what a visitor looks at; rest: the finished project"
        )

    def handle(self, *args: Any, url: str, part: str, **options: Any) -> None:
        try:
            load_demo(url=url, part=part)
        except GroundworkError as error:
            raise CommandError(f"The demo is not complete ({error}). The next start goes on with it.") from error
