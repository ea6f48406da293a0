"""manage.py run: the whole installation under one supervisor."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command, get_commands

from labeling import env
from labeling.errors import GroundworkError
from labeling.supervisor.run import Installation, is_loopback

FIRST_ORGANIZATION, FIRST_ADMIN = "My organization", "admin@localhost"


class Command(BaseCommand):
    help = "Start web server, Celery workers, beat and broker; Ctrl-C stops them in order."
    requires_system_checks: list[str] = []  # a second start takes its time from here

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=env.text("HOST"))
        parser.add_argument("--port", type=int, default=env.number("PORT"))

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        demo = env.flag("DEMO")
        if demo and not is_loopback(host):
            self.stdout.write(f"The demo loads on loopback only, and {host} is not: starting without it.")
            demo = False

        def load(url: str) -> None:
            if demo and "load_demo" in get_commands():
                call_command("load_demo", url=url, part="first")
            elif not demo and "create_organization" in get_commands() and is_empty():
                call_command("create_organization", FIRST_ORGANIZATION, admin=FIRST_ADMIN)

        def finish(url: str) -> None:
            call_command("load_demo", url=url, part="rest")

        def welcome(url: str) -> None:
            self.stdout.write(f"\nGroundwork: {url}/   (Ctrl-C stops it)")
            logins = settings.VAR / "demo-logins.txt"
            if demo and logins.exists():
                self.stdout.write(logins.read_text())
            self.stdout.flush()

        installation = Installation(
            var=settings.VAR,
            host=host,
            port=port,
            redis_url=settings.REDIS_URL,
            broker_url=env.text("BROKER_URL"),
        )
        try:
            installation.run(
                load=load, welcome=welcome, finish=finish if demo and "load_demo" in get_commands() else None
            )
        except GroundworkError as error:
            raise CommandError(str(error)) from error


def is_empty() -> bool:
    """Nobody has an organization yet. By app registry: this layer may not import the one that defines it."""
    return not apps.get_model("workers", "Organization").objects.exists()
