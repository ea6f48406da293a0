"""Who may label a project, as it is or as it would be with other choices."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from tasks.models import Entry, Project
from tasks.selectors.people import labelers_of
from workers.models import Restriction


@dataclass(frozen=True, slots=True)
class Choice:
    """What decides about it."""

    open_to_all: bool
    members: Collection[int]
    groups: Collection[int]
    has_entry: bool  # a training or a test comes first
    accepted_tests: Collection[int]

    @classmethod
    def of(cls, project: Project) -> "Choice":
        lists = {
            name: list(getattr(project, name).values_list("pk", flat=True))
            for name in ("members", "groups", "accepted_tests")
        }
        return cls(open_to_all=project.open_to_all, has_entry=project.has_entry, **lists)


@dataclass(frozen=True, slots=True)
class Qualifying:
    people: int  # may label it
    at_once: int  # of them, with nothing to pass before
    kept_out: int  # would be among them, but are restricted

    @property
    def later(self) -> int:
        return self.people - self.at_once


def qualifying(project: Project, choice: Choice | None = None) -> Qualifying:
    choice = choice or Choice.of(project)
    chosen = labelers_of(project.organization_id)
    if not choice.open_to_all:
        chosen = chosen.filter(Q(pk__in=choice.members) | Q(labeler_groups__in=choice.groups)).distinct()
    here = Q(project_id=None) | Q(project_id=project.pk)
    kept_out = Exists(
        Restriction.objects.filter(here, user=OuterRef("pk"), organization=project.organization_id, lifted_at=None)
    )
    able = chosen.filter(~kept_out)
    people = able.count()
    at_once = people
    if choice.has_entry:
        passed = Q(project=project.pk, admitted_at__isnull=False)
        passed |= Q(project__in=choice.accepted_tests, passed_at__isnull=False)
        at_once = able.filter(Exists(Entry.objects.filter(passed, annotator=OuterRef("pk")))).count()
    return Qualifying(people=people, at_once=at_once, kept_out=chosen.filter(kept_out).count())
