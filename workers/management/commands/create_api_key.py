from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workers.models import Organization
from workers.models.access import Mode
from workers.services.keys import SCOPES, create_key


class Command(BaseCommand):
    help = "Make an API key. The last line printed is the key; it is never shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--mode", required=True, choices=Mode.values)
        parser.add_argument("--scope", default="admin", choices=SCOPES, help="default: admin")
        parser.add_argument("--name", default="", help="what the key is for")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["organization"]
        organization = Organization.objects.filter(slug=slug).first()
        if organization is None:
            known = ", ".join(Organization.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
            raise CommandError(f"There is no organization {slug!r}. There are: {known}.")
        key, secret = create_key(
            organization=organization, mode=options["mode"], scope=options["scope"], name=options["name"]
        )
        self.stdout.write(f"A {key.mode} key of {organization.name} with scopes {', '.join(key.scopes)}:")
        self.stdout.write(secret)
