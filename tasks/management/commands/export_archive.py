from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from labeling.outbox import events
from tasks.services.archive.writing import write_archive
from workers.models import Organization


class Command(BaseCommand):
    help = "Write all of an organization into one zip: data, versions, answers, history. People have pseudonyms."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", help="its slug")
        parser.add_argument("file", type=Path, help="must not be there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            known = ", ".join(Organization.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(f"there is no organization {options['organization']!r}; there are: {known}")
        target: Path = options["file"]
        partial = target.with_name(target.name + ".partial")
        if target.exists():
            raise CommandError(f"{target} is there already")
        try:
            with partial.open("wb") as file:
                manifest = write_archive(organization, cast(BinaryIO, file), now=timezone.now())
            partial.rename(target)
        except OSError as error:
            raise CommandError(f"{target}: {error.strerror}") from error
        finally:
            partial.unlink(missing_ok=True)
        events.emit("archive.written", organization_id=organization.pk)
        count = sum(told["count"] for told in manifest["records"].values())
        media = manifest["media"]
        self.stdout.write(f"{target}: {count} records, {media['count']} files, {target.stat().st_size} bytes")
        if media["lost"]:
            self.stderr.write(f"{media['lost']} files are named by records, but are not in the storage any more")
