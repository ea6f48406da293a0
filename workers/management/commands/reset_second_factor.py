from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workers.models import User
from workers.services.second_factors import reset


class Command(BaseCommand):
    help = "Take all second factors and passkeys from a person who has lost them; they are told by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['email']!r}.")
        self.stdout.write(f"Removed from {user.email}: {reset(user=user)}")
