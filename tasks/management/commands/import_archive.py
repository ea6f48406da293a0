from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from labeling.errors import GroundworkError
from tasks.services.archive.restoring import restore_archive
from workers.links import invitation_link
from workers.models import Organization
from workers.services import organizations


class Command(BaseCommand):
    help = "Make an organization of an archive: all of it, or nothing. People come as accounts nobody can sign in with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--into", default="", metavar="SLUG", help="an empty organization; else a new one is made")
        parser.add_argument(
            "--admin", default="", metavar="EMAIL", help="who becomes the new organization's first admin"
        )
        parser.add_argument("--name", default="", help="of the new organization; as in the archive when not given")
        parser.add_argument("--slug", default="", help="of the new organization; made from the name when not given")

    def handle(self, *args: Any, **options: Any) -> None:
        into, now = None, timezone.now()
        if bool(options["into"]) == bool(options["admin"]):
            raise CommandError("give either --into SLUG or, for a new organization, --admin EMAIL")
        if options["into"]:
            into = Organization.objects.filter(slug=options["into"]).first()
            if into is None:
                raise CommandError(f"there is no organization {options['into']!r}")
        try:
            with options["file"].open("rb") as stream:
                done = restore_archive(stream, now=now, into=into, name=options["name"], slug=options["slug"])
        except (GroundworkError, OSError) as error:
            raise CommandError(str(error)) from None
        organization = done.organization
        self.stdout.write(
            f"Organization {organization.name}, slug {organization.slug}: {sum(done.counts.values())} records."
        )
        if into is None:
            token = organizations.invite_admin(organization=organization, email=options["admin"], now=now)
            self.stdout.write("Sign in once with this link:")
            self.stdout.write(invitation_link(token))
