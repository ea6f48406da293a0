"""Say who a person of an archive is: a member takes the place of the account that stood for them, in everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet

from labeling.errors import NotAllowed, StaleState
from labeling.outbox import events
from labeling.pseudonym import look_again
from tasks.models import Answer, Bulk, BulkChange, Consensus, Machine, Review, SavedView, SchemaBefore, Sign
from tasks.services.archive import references
from tasks.services.archive.kinds import KINDS, is_person
from tasks.services.archive.records import rows_of
from workers.models import Membership, Organization, Placeholder, User

CHUNK = 500


class Renamed:
    """`Names` in which one account is called by another one's id."""

    def __init__(self, old: int, new: int) -> None:
        self.old, self.new = old, new

    def person(self, old: Any) -> Any:
        return self.new if old == self.old else old

    def row(self, kind: str, old: Any) -> int | None:
        return old

    def near(self, kind: str, old: int) -> int:
        return old

    def worker(self, name: str) -> str:
        return name

    def said(self, value: Any) -> Any:
        return value


@transaction.atomic
def link_person(*, placeholder: Placeholder, membership: Membership, actor: User) -> None:
    """Their history becomes the member's, under the pseudonym it had.

    StaleState where the member has done the same things here already, as it were twice.
    """
    organization = Organization.objects.select_for_update().get(pk=placeholder.organization_id)
    if membership.organization_id != organization.pk or not membership.is_active or not membership.user.is_active:
        raise NotAllowed("Only an active member of this organization can take the place of somebody.")
    if Machine.objects.filter(user=placeholder.user_id).exists():
        raise NotAllowed("A machine is nobody of the members.")
    if Placeholder.objects.filter(organization=organization, user=membership.user_id).exists():
        raise StaleState("This member has taken somebody's place already.")
    old, new = placeholder.user_id, membership.user_id
    try:
        with transaction.atomic():
            _give_rows(organization, old, new)
    except IntegrityError:
        message = "This member has worked at the same tasks or projects already: say who somebody is before they begin."
        raise StaleState(message) from None
    _rename_inside(organization, Renamed(old, new))
    Membership.objects.filter(organization=organization, user=old).delete()
    placeholder.user_id = new
    placeholder.save(update_fields=["user"])
    look_again()
    events.emit(
        "membership.linked",
        organization_id=organization.pk,
        object_id=membership.pk,
        actor_id=actor.pk,
        user=new,
        pseudonym=placeholder.pseudonym,
    )


def _give_rows(organization: Organization, old: int, new: int) -> None:
    for kind in KINDS:
        for one in kind.fields:
            if is_person(one):
                rows_of(kind, organization).filter(**{one.name: old}).update(**{one.name: new})
        for name in kind.many:
            _give_lists(kind.model, name, rows_of(kind, organization), old, new)


def _give_lists(model: type[models.Model], name: str, rows: QuerySet[Any], old: int, new: int) -> None:
    one: Any = model._meta.get_field(name)
    if not is_person(one):
        return
    through, mine, person = one.remote_field.through._base_manager, one.m2m_field_name(), one.m2m_reverse_field_name()
    theirs = through.filter(**{f"{mine}__in": rows.values("pk"), person: old})
    there = set(through.filter(**{person: new}).values_list(f"{mine}_id", flat=True))
    theirs.filter(**{f"{mine}__in": there}).delete()
    theirs.update(**{person: new})


def _rename_inside(organization: Organization, names: Renamed) -> None:
    """Where accounts stand in JSON. The history keeps what it said."""
    tasks = Answer.objects.filter(project__organization=organization, annotator=names.new).values("task")
    _rewrite(Consensus.objects.filter(task__in=tasks), references.consensus, names, ("by_method", "evidence"))
    for model in (Review, BulkChange, SchemaBefore):
        rows = model._base_manager.filter(task__in=tasks).exclude(before=None)
        _rewrite(rows, references.before_it, names, ("before",))
    of_projects = {"project__organization": organization}
    _rewrite(Sign.objects.filter(**of_projects), references.sign, names, ("figures",))
    _rewrite(Bulk.objects.filter(**of_projects), references.bulk, names, ("filters",))
    _rewrite(SavedView.objects.filter(**of_projects), references.saved_view, names, ("query",))


def _rewrite(rows: QuerySet[Any], change: references.Reference, names: Renamed, fields: Iterable[str]) -> None:
    wanted = [one.attname for one in rows.model._meta.concrete_fields]
    changed = []
    for row in rows.order_by("pk").iterator(chunk_size=CHUNK):
        record = {name: getattr(row, name) for name in wanted}
        before = repr([record[name] for name in fields])
        change(record, names)
        if repr([record[name] for name in fields]) != before:
            for name in fields:
                setattr(row, name, record[name])
            changed.append(row)
        if len(changed) >= CHUNK:
            rows.model._base_manager.bulk_update(changed, fields)
            changed.clear()
    rows.model._base_manager.bulk_update(changed, fields)
