"""manage.py load_demo: called by `manage.py run` when its web server answers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from labeling import env
from labeling.errors import GroundworkError
from tasks.demo.load import load_demo


class Command(BaseCommand):
    help = "Load the demo organization into a running server; again, it adds what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=f"http://{env.text('HOST')}:{env.number('PORT')}")

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        try:
            load_demo(url=url, say=lambda text: None)
        except GroundworkError as error:
            raise CommandError(f"The demo is not complete ({error}). The next start goes on with it.") from error
