from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.sealing import CannotOpen
from tasks.services.connections import reseal_secrets
from workers.services import second_factors


class Command(BaseCommand):
    help = "Encrypt secrets of storage connections and second factors anew, after SECRET_KEY was changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = reseal_secrets() + second_factors.reseal()
        except CannotOpen as error:
            raise CommandError(f"{error}, or put its key into SECRET_KEY_FALLBACKS") from None
        self.stdout.write(f"{done} secrets encrypted anew.")
