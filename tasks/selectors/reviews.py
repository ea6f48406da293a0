"""What waits for a reviewer, and who may review it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Mod
from django.http import Http404

from tasks.models import Answer, Appeal, Comment, Project, Rejection, Review, Task
from tasks.models.review import Stage
from tasks.selectors.eligibility import Annotator, workable_projects
from tasks.states import AppealState, ProjectState, RejectionState, ReviewState, TaskState
from workers.selectors.membership import MANAGES

REVIEWED_STATES = (ProjectState.RUNNING, ProjectState.PAUSED, ProjectState.COMPLETED)
REVIEWABLE = (TaskState.IN_REVIEW, TaskState.RESOLVED)
MOST_COUNTED = 1000
SOURCES = ("task", "queue", "second", "third", "audit", "confidence", "agreement", "person", "label", "comments")
REPEATS: dict[str, Stage] = {"second": Stage.SECOND, "third": Stage.THIRD}
SCATTER, ROUND = 48_271, 2_147_483_647  # a fixed order of ids that looks random (Park and Miller 1988)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person who settles what annotators answered. Managers know the annotators by name."""

    user_id: int
    organization_id: int
    role: str
    mode: str = "live"

    @property
    def sees_names(self) -> bool:
        return self.role in MANAGES


def reviewable_projects(who: Reviewer) -> QuerySet[Project]:
    """Managers review everything, reviewers what they could label too."""
    if who.role in MANAGES:
        mine = Project.objects.filter(organization_id=who.organization_id, mode=who.mode, state__in=REVIEWED_STATES)
        return mine.order_by("-priority", "id")
    return workable_projects(Annotator(who.user_id, who.organization_id, who.mode), states=REVIEWED_STATES)


def reviewable_project(who: Reviewer, project_id: int) -> Project:
    """One that may not be reviewed is as missing as one that never was."""
    found = reviewable_projects(who).filter(pk=project_id).first()
    if found is None:
        raise Http404
    return found


def candidates(
    who: Reviewer,
    project: Project,
    *,
    source: str,
    now: datetime,
    task: int = 0,
    person: int = 0,
    label: str = "",
) -> QuerySet[Task]:
    """Tasks this person may review now, in the order of the list they come from.

    Never those that they answered themselves, that lie with another reviewer, or that wait for a second person's
    word on a rejection.
    """
    own = Answer.objects.filter(task=OuterRef("pk"), annotator_id=who.user_id)
    with_somebody = Review.objects.filter(task=OuterRef("pk"), state=ReviewState.LEASED, expires_at__gt=now)
    held = Rejection.objects.filter(answer__task=OuterRef("pk"), state=RejectionState.HELD)
    tasks = Task.objects.filter(project=project, state__in=REVIEWABLE).exclude(
        Exists(own) | Exists(with_somebody) | Exists(held)
    )
    if source in REPEATS:
        return tasks.filter(Exists(to_repeat(who, REPEATS[source]).filter(task=OuterRef("pk")))).order_by("pk")
    if source == "task":
        return tasks.filter(pk=task)
    if source == "queue":
        return tasks.filter(state=TaskState.IN_REVIEW).order_by("-priority", "pk")
    unseen = tasks.exclude(Exists(Review.objects.filter(task=OuterRef("pk"), state=ReviewState.DONE)))
    unseen = unseen.filter(consensus__isnull=False)
    return _targeted(unseen, source, person, label)


def _targeted(tasks: QuerySet[Task], source: str, person: int, label: str) -> QuerySet[Task]:
    if source == "audit":
        return tasks.filter(state=TaskState.RESOLVED).order_by(Mod(F("id") * SCATTER, ROUND), "pk")
    if source == "confidence":
        return tasks.order_by("consensus__confidence", "pk")
    if source == "agreement":
        return tasks.filter(consensus__agreement__isnull=False).order_by("consensus__agreement", "pk")
    if source == "person":
        theirs = Answer.objects.filter(task=OuterRef("pk"), annotator_id=person, is_live=True)
        return tasks.filter(Exists(theirs)).order_by("-pk")
    if source == "label":
        return tasks.filter(consensus__label=label).order_by("consensus__confidence", "pk")
    if source == "comments":
        return tasks.filter(Exists(Comment.objects.filter(task=OuterRef("pk"), resolved_at=None))).order_by("pk")
    raise ValueError(f"no list {source!r}; known: {', '.join(SOURCES)}")


def to_repeat(who: Reviewer, stage: Stage) -> QuerySet[Review]:
    """Reviews that wait for a blind second one, or pairs of two that differ; never with a reviewer's own among them."""
    done = Review.objects.filter(state=ReviewState.DONE).exclude(reviewer_id=who.user_id)
    later = Review.objects.filter(earlier=OuterRef("pk"), state__in=(ReviewState.LEASED, ReviewState.DONE))
    if stage == Stage.SECOND:
        return done.filter(wants_second=True).exclude(Exists(later))
    return (
        done.filter(stage=Stage.SECOND, agrees=False).exclude(earlier__reviewer_id=who.user_id).exclude(Exists(later))
    )


def counted(tasks: QuerySet[Task]) -> int:
    """Up to MOST_COUNTED: more would cost a walk over the project."""
    return tasks.order_by()[:MOST_COUNTED].count()


def waiting(who: Reviewer, project: Project, *, now: datetime) -> dict[str, int]:
    """How many tasks wait in each list that needs no choice."""
    lists = ("queue", "second", "third", "audit", "confidence", "agreement", "comments")
    return {source: counted(candidates(who, project, source=source, now=now)) for source in lists}


def in_review_counts(projects: list[int]) -> dict[int, int]:
    rows = Task.objects.filter(project__in=projects, state=TaskState.IN_REVIEW).values_list("project")
    return dict(rows.annotate(Count("pk")).order_by())


def my_review(who: Reviewer, review_id: int) -> Review:
    """The person's own; anybody else's is as missing as one that never was."""
    found = Review.objects.filter(pk=review_id, reviewer_id=who.user_id, organization_id=who.organization_id)
    review = found.select_related("task__item", "project").first()
    if review is None:
        raise Http404
    return review


def held_rejections(project: Project) -> QuerySet[Rejection]:
    """What the brake holds until a second person has looked."""
    found = Rejection.objects.filter(project=project, state=RejectionState.HELD)
    return found.select_related("answer__task__item", "review", "annotator").order_by("pk")


def rejections_of(project: Project, *, state: str = "", appeal: str = "") -> QuerySet[Rejection]:
    found = Rejection.objects.filter(project=project).select_related("answer", "review", "annotator", "appeal")
    if state:
        found = found.filter(state=state)
    return found.filter(appeal__state=appeal) if appeal else found


def rejection_of(project: Project, rejection_id: int) -> Rejection:
    found = rejections_of(project).filter(pk=rejection_id).first()
    if found is None:
        raise Http404
    return found


def open_appeals(project: Project) -> QuerySet[Appeal]:
    found = Appeal.objects.filter(project=project, state=AppealState.OPEN)
    return found.select_related("rejection__answer__task__item", "rejection__review", "rejection__annotator").order_by(
        "created_at"
    )


def appeal_of(project: Project, rejection_id: int) -> Appeal:
    found = Appeal.objects.filter(project=project, pk=rejection_id).select_related("rejection__review").first()
    if found is None:
        raise Http404
    return found


def own_rejections(who: Annotator, *, most: int = 50) -> QuerySet[Rejection]:
    """Answers of this person that were not accepted, newest first; what the brake holds is nobody's yet."""
    mine = Rejection.objects.filter(annotator_id=who.user_id, project__organization_id=who.organization_id)
    mine = mine.exclude(state=RejectionState.HELD).exclude(Q(state=RejectionState.WITHDRAWN) & Q(appeal=None))
    return mine.select_related("answer__task__item", "project", "appeal").order_by("-pk")[:most]


def own_rejection(who: Annotator, rejection_id: int) -> Rejection:
    mine = Rejection.objects.filter(annotator_id=who.user_id, project__organization_id=who.organization_id)
    found = (
        mine.exclude(state=RejectionState.HELD)
        .select_related("answer__task", "project", "review", "appeal")
        .filter(pk=rejection_id)
    )
    rejection = found.first()
    if rejection is None:
        raise Http404
    return rejection


def to_fix(who: Annotator) -> int:
    mine = Rejection.objects.filter(annotator_id=who.user_id, project__organization_id=who.organization_id)
    return mine.filter(state=RejectionState.RETURNED).count()


def reviews_of(task: Task) -> QuerySet[Review]:
    """Oldest first, with what each did not accept."""
    done = Review.objects.filter(task=task, state=ReviewState.DONE).select_related("reviewer")
    return done.prefetch_related("rejections__annotator", "rejections__appeal", "rejections__answer").order_by("pk")


def filters_from(source: str, given: Any) -> dict[str, Any]:
    """The further choice that a list needs, from an address's parameters. Nonsense finds nothing, it breaks nothing."""
    if source in ("person", "task"):
        text = str(given.get(source, ""))
        return {source: int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0}
    return {"label": str(given.get("label", ""))[:200]} if source == "label" else {}
