"""People of an archive that is written: the pseudonym of everybody whom a record names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.pseudonym import annotator_pseudonym, worker_pseudonym
from tasks.models import Machine
from tasks.services.archive.cleaning import without_emails
from tasks.services.imported_answers import address_of
from workers.models import Membership, Organization, Placeholder, User


class Pseudonyms:
    """`Names` of the way out. Whoever came with an archive keeps the pseudonym they came with."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self.kept = {row.user_id: row for row in Placeholder.objects.filter(organization=organization)}
        members = Membership.objects.filter(organization=organization).select_related("user")
        self.members = {row.user_id: row for row in members}
        self.machines = set(Machine.objects.filter(organization=organization).values_list("user_id", flat=True))
        self.named: dict[int, str] = {}
        self.workers: dict[str, str] = {}
        for user_id in [*self.members, *self.kept]:
            self.person(user_id)
        self.by_email = {row.user.email.lower(): self.named[row.user_id] for row in self.members.values()}

    def person(self, old: Any) -> Any:
        if old is None:
            return None
        if old not in self.named:
            kept = self.kept.get(old)
            made = kept.pseudonym if kept else annotator_pseudonym(organization_id=self.organization.pk, user_id=old)
            self.named[old] = made
        return self.named[old]

    def row(self, kind: str, old: Any) -> int | None:
        return old

    def near(self, kind: str, old: int) -> int:
        return old

    def worker(self, name: str) -> str:
        if name not in self.workers:
            user = User.objects.filter(email=address_of(self.organization.pk, name)).first()
            made = worker_pseudonym(organization_id=self.organization.pk, worker=name)
            self.workers[name] = self.person(user.pk) if user else made
        return self.workers[name]

    def said(self, value: Any) -> Any:
        return without_emails(value, self.by_email)

    def records(self) -> Iterator[dict[str, Any]]:
        """Everybody named until now, in the order of the pseudonyms, which tells nothing."""
        for user_id, name in sorted(self.named.items(), key=lambda one: one[1]):
            kept, member = self.kept.get(user_id), self.members.get(user_id)
            if kept and not (member and member.is_active):
                role, is_active, since = kept.role, kept.was_active, kept.member_since
            elif member:
                role, is_active, since = member.role, member.is_active, member.created_at
            else:
                role, is_active, since = "", False, None
            yield {
                "person": name,
                "role": role,
                "is_active": is_active,
                "since": since,
                "is_machine": user_id in self.machines,
                "most_answers": member.most_answers if member else None,
                "most_minutes": member.most_minutes if member else None,
            }
