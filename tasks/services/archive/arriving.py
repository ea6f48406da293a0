"""What an archive's ids and pseudonyms become here: `Names` of the way in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from labeling.errors import BadFile
from tasks.services.archive.kinds import Kind
from tasks.services.archive.numbers import Numbers
from tasks.services.archive.reading import Archive
from tasks.services.archive.values import BadValue, _moment, checker
from tasks.services.archive.writing import PEOPLE
from workers.mail import NOBODY
from workers.models import Membership, Organization, Placeholder, Role, User

LONGEST_PSEUDONYM = 40
LIMITS = ("most_answers", "most_minutes")  # of a day
MOST_PEOPLE = 1_000_000


class Arrivals:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.numbers: dict[str, Numbers] = {}
        self.told: dict[str, dict[str, Any]] = {}  # of people, by pseudonym
        self.accounts: dict[str, int] = {}
        for line, record in archive.lines("people"):
            self._meet(line, record)

    def _meet(self, line: int, record: dict[str, Any]) -> None:
        name, where = record.get("person"), f"{PEOPLE} line {line}"
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_PSEUDONYM or not name.isprintable():
            raise BadFile(f"{where}: person: must be a pseudonym of at most {LONGEST_PSEUDONYM} characters")
        if name in self.told or len(self.told) >= MOST_PEOPLE:
            raise BadFile(f"{where}: person: {name} is there twice, or there are too many")
        if record.get("role") not in ("", *Role.values):
            raise BadFile(f"{where}: role: must be empty or one of {', '.join(Role.values)}")
        try:
            since = _moment(record["since"]) if record.get("since") else None
        except BadValue as error:
            raise BadFile(f"{where}: since: {error}") from error
        self.told[name] = record | {"since": since, **self._limits(where, record)}

    def _limits(self, where: str, record: dict[str, Any]) -> dict[str, int | None]:
        limits = {}
        for one in LIMITS:
            try:
                limits[one] = checker(Membership._meta.get_field(one))(record.get(one))  # type: ignore[arg-type]  # a column
            except BadValue as error:
                raise BadFile(f"{where}: {one}: {error}") from error
        return limits

    def look_at(self, kind: Kind) -> None:
        """Read all records of the kind: whole, as the manifest says, and each with an id of its own."""
        numbers = self.numbers[kind.name] = Numbers()
        for line, record in self.archive.lines(kind.name):
            if not kind.has_id:
                continue
            old = record.get("id")
            if not isinstance(old, int) or isinstance(old, bool) or not 0 < old < 1 << 63:
                raise BadFile(f"{kind.file} line {line}: id: must be a number above 0")
            if not numbers.add(old):
                raise BadFile(f"{kind.file} line {line}: id: {old} does not come after the one before it")

    def settle(self, organization: Organization, *, now: datetime) -> None:
        """Accounts that nobody can sign in with, one for each pseudonym."""
        unusable = make_password(None)
        users = User.objects.bulk_create(
            [
                User(
                    email=f"{name}.{organization.pk}@archive{NOBODY}",
                    name=name,
                    password=unusable,
                    is_active=False,
                    created_at=one["since"] or now,
                )
                for name, one in self.told.items()
            ],
            batch_size=500,
        )
        self.accounts = {user.name: user.pk for user in users}
        Placeholder.objects.bulk_create(
            [
                Placeholder(
                    organization=organization,
                    user_id=self.accounts[name],
                    pseudonym=name,
                    role=one["role"],
                    was_active=one.get("is_active") is True,
                    member_since=one["since"],
                )
                for name, one in self.told.items()
            ],
            batch_size=500,
        )
        Membership.objects.bulk_create(
            [
                Membership(
                    organization=organization,
                    user_id=self.accounts[name],
                    role=one["role"],
                    is_active=False,
                    created_at=one["since"] or now,
                    **{limit: one[limit] for limit in LIMITS},
                )
                for name, one in self.told.items()
                if one["role"]
            ],
            batch_size=500,
        )

    def row(self, kind: str, old: Any) -> int | None:
        numbers = self.numbers.get(kind)
        return numbers.of(old) if numbers and isinstance(old, int) else None

    def near(self, kind: str, old: int) -> int:
        numbers = self.numbers.get(kind)
        return numbers.near(old) if numbers and isinstance(old, int) else 0

    def person(self, old: Any) -> Any:
        return self.accounts.get(old) if isinstance(old, str) else None

    def worker(self, name: str) -> str:
        return name

    def said(self, value: Any) -> Any:
        return value
