from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from labeling.errors import GroundworkError
from workers.links import invitation_link
from workers.services import organizations


class Command(BaseCommand):
    help = "Make an organization. The last line printed is a one-time sign-in link for its admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="who becomes its first admin")
        parser.add_argument("--slug", default="", help="its name in commands; made from the name when not given")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization, token = organizations.create(
                name=options["name"], admin_email=options["admin"], slug=options["slug"], now=timezone.now()
            )
        except GroundworkError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Organization {organization.name}, slug {organization.slug}. Sign in once with this link:")
        self.stdout.write(invitation_link(token))
