"""Who may work on what."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from labeling.types import registry
from tasks.models import Batch, ClaimCursor, Entry, Project
from tasks.models.work import EVERYBODY
from tasks.states import UNASKED, ProjectState
from workers.models import Group, Membership, Restriction
from workers.selectors.membership import LABELS

Position = tuple[int, int, int]  # -priority, taken, task id: the order in which open tasks are given out


@dataclass(frozen=True, slots=True)
class Annotator:
    """A person at work in one organization: they have one inbox there."""

    user_id: int
    organization_id: int
    mode: str = "live"
    most_answers: int | None = None  # a day; see `tasks.selectors.workload`
    most_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class OpenProject:
    """A running project as one annotator's next claim needs it: with where they stand in it."""

    id: int
    organization_id: int
    version: int
    epoch: int
    seen_epoch: int | None  # of their cursor; None when they have none yet
    position: Position | None
    exhausted_until: datetime | None
    rewound_at: datetime | None
    checks: int = 0  # active gold of the project
    check_rate: float | None = None
    checked: bool = False
    is_admitted: bool = True  # or has a training or a test before them
    most_answers: int | None = None  # a day from one person

    def is_exhausted(self, now: datetime) -> bool:
        """Nothing was left a moment ago, and no slot has opened since."""
        return self.exhausted_until is not None and self.exhausted_until > now and self.seen_epoch == self.epoch


def workable_projects(
    who: Annotator, *, project_id: int | None = None, states: tuple[ProjectState, ...] = (ProjectState.RUNNING,)
) -> QuerySet[Project]:
    """The running projects this person may work on, most urgent first.

    One whose type is not installed any more is left out: the page of whoever got its task would stand still.
    """
    mine = Project.objects.filter(
        organization_id=who.organization_id, mode=who.mode, state__in=states, type__in=registry.all()
    )
    if project_id is not None:
        mine = mine.filter(pk=project_id)
    members = Project.members.through._default_manager.filter(project_id=OuterRef("pk"), user_id=who.user_id)
    groups = Project.groups.through._default_manager.filter(
        project_id=OuterRef("pk"), group__in=Group.objects.filter(users=who.user_id)
    )
    kept_out = Restriction.objects.filter(
        Q(project_id=None) | Q(project_id=OuterRef("pk")),
        user=who.user_id,
        organization=who.organization_id,
        lifted_at=None,
    )
    allowed = mine.filter(Q(open_to_all=True) | Exists(members) | Exists(groups)).filter(~Exists(kept_out))
    return allowed.order_by("-priority", "id")


def open_projects(who: Annotator, *, project_id: int | None = None, to_offer: bool = False) -> list[OpenProject]:
    """The same with the person's cursors, in one query."""
    cursor = ClaimCursor.objects.filter(project_id=OuterRef("pk"), annotator_id=who.user_id)
    names = ("epoch", "rank", "taken", "task_id", "exhausted_until", "rewound_at", "check_rate", "checked")
    cursors: dict[str, Any] = {f"cursor_{name}": Subquery(cursor.values(name)[:1]) for name in names}
    found = workable_projects(who, project_id=project_id).annotate(**cursors, is_admitted=admitted(who))
    if to_offer:
        found = found.filter(self_selection=False, is_admitted=True)
    own = ("pk", "version", "epoch", "checks", "is_admitted", "most_answers")
    return [_open(who, row) for row in found.values(*own, *cursors)]


def _open(who: Annotator, row: dict[str, Any]) -> OpenProject:
    seen = row["cursor_epoch"]
    return OpenProject(
        id=row["pk"],
        organization_id=who.organization_id,
        version=row["version"],
        epoch=row["epoch"],
        seen_epoch=seen,
        position=None if seen is None else (row["cursor_rank"], row["cursor_taken"], row["cursor_task_id"]),
        exhausted_until=row["cursor_exhausted_until"],
        rewound_at=row["cursor_rewound_at"],
        checks=row["checks"],
        check_rate=row["cursor_check_rate"],
        checked=bool(row["cursor_checked"]),
        is_admitted=row["is_admitted"],
        most_answers=row["most_answers"],
    )


def admitted(who: Annotator) -> Q:
    """Whether the person may do live work: projects with a training or a test let nobody in before."""
    entry = Entry.objects.filter(project_id=OuterRef("pk"), annotator_id=who.user_id, admitted_at__isnull=False)
    return Q(has_entry=False) | Q(Exists(entry))


def lanes_of(who: Annotator) -> list[int]:
    """The lanes of open tasks that are this person's (`tasks.models.work.LANE`): everybody's, and one for each batch
    that is given to a group of theirs."""
    return [EVERYBODY, *given_batches(who).values_list("pk", flat=True).distinct()]


def given_batches(who: Annotator) -> QuerySet[Batch]:
    """Those that are given to a group of the person's."""
    return Batch.objects.filter(groups__users=who.user_id)


def asked(prefix: str = "") -> Q:
    """Tasks of no batch, or of one that is asked now: what a batch's tasks say follows it a moment later."""
    return ~Q(**{f"{prefix}batch__state__in": UNASKED})


def open_to(who: Annotator, prefix: str = "") -> Q:
    """Tasks that may be asked of the person: those kept for no batch, or for one that is given to a group of theirs."""
    return Q(**{f"{prefix}kept_for": None}) | Q(**{f"{prefix}kept_for__in": given_batches(who).values("pk")})


def people_at_work(organization_id: int, now: datetime) -> list[int]:
    """Users to whom tasks may be offered: active, allowed to label, and seen a moment ago."""
    return list(
        Membership.objects.filter(
            organization_id=organization_id,
            is_active=True,
            user__is_active=True,
            role__in=LABELS,
            seen_at__gte=now - timedelta(seconds=settings.SEEN_SECONDS),
        )
        .order_by("seen_at")
        .values_list("user_id", flat=True)
    )


def organizations_at_work(now: datetime) -> list[int]:
    """Organizations with a running project and somebody to work on it."""
    running = Project.objects.filter(organization_id=OuterRef("organization_id"), state=ProjectState.RUNNING)
    found: QuerySet[Membership, int] = (
        Membership.objects.filter(
            Exists(running), is_active=True, seen_at__gte=now - timedelta(seconds=settings.SEEN_SECONDS)
        )
        .order_by("organization_id")
        .values_list("organization_id", flat=True)
        .distinct()
    )
    return list(found)
