from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.sealing import CannotOpen
from tasks.services.connections import reseal_secrets
from workers.services.second_factors import reseal


class Command(BaseCommand):
    help = "Encrypt stored secrets (storage connections, second factors) anew, after SECRET_KEY was changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = reseal() + reseal_secrets()
        except CannotOpen as error:
            raise CommandError(f"{error}, or put its key into SECRET_KEY_FALLBACKS") from None
        self.stdout.write(f"{done} secrets encrypted anew.")
