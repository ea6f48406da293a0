"""The wizard: a draft that grows step by step, a trial of a few items, and the launch of all of them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import CheckRules, Dataset, Item, Project, ProjectVersion, Setup, Task
from tasks.models.policy import Rule
from tasks.purposes import Purpose
from tasks.selectors.policies import policy_of
from tasks.selectors.setup import with_value
from tasks.services.datasets import create_dataset
from tasks.services.imported_answers import add_answers_of_items
from tasks.services.launching import check_first_items
from tasks.services.projects import add_version, clean_config, create_project
from tasks.services.slots import slots_opened
from tasks.services.suggesting import add_suggestions
from tasks.states import APART, ProjectState
from workers.models import Organization, User

MOST_TRIED = 500
MOST_ANSWERS = 30
MOST_NAMES = 1000


@transaction.atomic
def begin(
    *, organization: Organization, mode: str, actor: User, name: str, purpose: Purpose, overlap: int = 3
) -> Project:
    """A draft for this purpose, with the schema it begins with."""
    project = create_project(
        organization=organization,
        mode=mode,
        actor=actor,
        name=name,
        type=purpose.type,
        config=purpose.config(),
        overlap=overlap,
    )
    Setup.objects.create(project=project, purpose=purpose.name, seconds=purpose.seconds, passed=["purpose"])
    return project


@transaction.atomic
def ask_otherwise(*, project: Project, actor: User | None, type: str, config: Any, purpose: str = "") -> None:
    """Another type and schema for a draft that nobody was asked yet; its guideline and the rest stay.

    Nothing was answered under the versions so far, so there is but one again. Examples and known answers were answers
    of the old type: they go.
    """
    clean = clean_config(type, config)
    locked = Project.objects.select_for_update().get(pk=project.pk)
    tasks = Task.objects.filter(project=project)
    asked = tasks.exclude(state__in=APART).exists() or tasks.filter(assignments__isnull=False).exists()
    if locked.state != ProjectState.DRAFT or locked.launched_at or asked:
        raise StaleState("people were asked already: what is asked can only be changed with the labels")
    current = ProjectVersion.objects.get(project=project, number=locked.version)
    fields = {
        name: getattr(current, name) for name in ("guideline", "overlap", "end_use", "content_risks", "content_note")
    }
    tasks.delete()
    CheckRules.objects.filter(project=project).update(train_first=False, test_size=0)
    locked.has_entry = locked.accepted_tests.exists()
    locked.checks = 0
    ProjectVersion.objects.filter(project=project).delete()
    add_version(locked, ProjectVersion(config=clean, created_by=actor, **fields), number=1)
    locked.type, locked.version = type, 1
    locked.save(update_fields=["type", "version", "has_entry", "checks"])
    project.refresh_from_db(fields=["type", "version", "has_entry", "checks"])
    setup, _made = Setup.objects.get_or_create(project=project)
    setup.purpose = purpose or setup.purpose
    setup.passed = [name for name in setup.passed if name != "labels"]
    setup.save(update_fields=["purpose", "passed"])
    _emit("project.changed", project, actor, fields=["type"])


@transaction.atomic
def pass_step(*, project: Project, step: str, **changes: Any) -> Setup:
    """The step was saved; `changes` are of the setup itself."""
    setup, _made = Setup.objects.select_for_update().get_or_create(project=project)
    if step not in setup.passed:
        setup.passed = [*setup.passed, step]
    for name, value in changes.items():
        setattr(setup, name, value)
    setup.save(update_fields=["passed", *changes])
    return setup


@transaction.atomic
def choose_dataset(*, project: Project, dataset: Dataset) -> None:
    """What the draft is to be asked of: in place of any other."""
    if dataset.organization_id != project.organization_id or dataset.mode != project.mode or dataset.deleted_at:
        raise InvalidInput(Problem("dataset", f"there is no dataset {dataset.pk}", "missing"))
    if project.state != ProjectState.DRAFT:
        raise StaleState(f"project {project.pk} is {project.state}: its data is chosen")
    project.datasets.set([dataset])


@transaction.atomic
def take_data_out(*, project: Project, actor: User | None) -> Dataset | None:
    """The draft is of no data again, as when a wrong file was dropped. The dataset itself stays, with all its items."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if locked.state != ProjectState.DRAFT or locked.launched_at:
        raise StaleState(f"project {project.pk} is {locked.state}: its data is chosen")
    if Task.objects.filter(project=project).exists():
        raise StaleState("some of its items have known answers or are practice: leave those out first")
    dataset = project.datasets.filter(deleted_at=None).first()
    if dataset:
        project.datasets.remove(dataset)
        _emit("project.changed", project, actor, fields=["datasets"])
    return dataset


@transaction.atomic
def own_dataset(*, project: Project, actor: User) -> Dataset:
    """The draft's dataset; a new one, called as the project is, when it has none.

    Or when others use the one it has: new items of that would become tasks of theirs.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    found = project.datasets.filter(deleted_at=None).first()
    if found and not found.projects.exclude(pk=project.pk).exists():
        return found
    names = Dataset.objects.filter(organization_id=project.organization_id, mode=project.mode, deleted_at=None)
    name = free_name(project.name, names)
    dataset = create_dataset(organization=project.organization, mode=project.mode, name=name, created_by=actor)
    choose_dataset(project=project, dataset=dataset)
    return dataset


def free_name(wanted: str, named: Any) -> str:
    """The name, or with the next number behind it that is not taken among these rows."""
    taken = set(named.filter(name__startswith=wanted).values_list("name", flat=True)[:MOST_NAMES])
    if wanted not in taken:
        return wanted
    return next(each for n in range(2, len(taken) + 3) if (each := f"{wanted[:190]} {n}") not in taken)


@transaction.atomic
def start_trial(*, project: Project, actor: User | None, size: int, answers: int, now: datetime) -> int:
    """Ask a few items, spread over the data, of several people each. The others wait for the launch."""
    problems = []
    if not 1 <= size <= MOST_TRIED:
        problems.append(Problem("size", f"must be between 1 and {MOST_TRIED}", "range"))
    if not 1 <= answers <= MOST_ANSWERS:
        problems.append(Problem("answers", f"must be between 1 and {MOST_ANSWERS}", "range"))
    if problems:
        raise InvalidInput(problems)
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if locked.state != ProjectState.DRAFT:
        raise StaleState(f"project {project.pk} is {locked.state}: a trial comes before the launch")
    dataset = project.datasets.filter(deleted_at=None).first()
    items = spread(dataset, size, without=project.gold_field, project=project) if dataset else []
    if dataset is None or not items:
        message = "there is nothing to ask about yet"
        if dataset is not None and dataset.item_count:
            message = "every item has a known answer: nothing is left to ask"
        raise InvalidInput(Problem("dataset", message, "missing"))
    check_first_items(project, dataset)
    Project.objects.move(project.pk, ProjectState.DRAFT, ProjectState.RUNNING, launched_at=now)
    pass_step(project=project, step="trial", trial_at=now)
    ceiling = answers if policy_of(project).rule == Rule.AGREE else None
    Task.objects.bulk_create(
        Task(project=project, item_id=pk, wanted=answers, ceiling=ceiling, is_audit=ceiling is not None, created_at=now)
        for pk in items
    )
    span = (items[0], items[-1])
    add_suggestions(project=project, dataset_id=dataset.pk, items=span)
    add_answers_of_items(project=project, dataset_id=dataset.pk, items=span, now=now)
    slots_opened(project.pk)
    _emit("project.trial_started", project, actor, count=len(items), dataset=dataset.pk)
    _emit("tasks.opened", project, actor, count=len(items), dataset=dataset.pk, items=list(span))
    project.refresh_from_db(fields=["state", "launched_at"])
    return len(items)


def spread(dataset: Dataset, size: int, *, without: str = "", project: Project | None = None) -> list[int]:
    """Ids of `size` items, spread evenly over the dataset, in order; none that has this column, or is known in the
    project already."""
    items = Item.objects.filter(dataset=dataset)
    if project:
        items = items.exclude(tasks__project=project)
    if without:
        items = items.exclude(pk__in=with_value(items, without).values("pk"))
    ends = items.aggregate(low=Min("pk"), high=Max("pk"))
    if ends["low"] is None:
        return []
    low, high = ends["low"], ends["high"]
    chosen: set[int] = set()
    for n in range(size):
        after = low + (high - low + 1) * n // size
        if found := items.filter(pk__gte=after).exclude(pk__in=chosen).order_by("pk").values_list("pk", flat=True)[:1]:
            chosen.add(found[0])
    if len(chosen) < size:
        more = items.exclude(pk__in=chosen).order_by("pk").values_list("pk", flat=True)
        chosen.update(more[: size - len(chosen)])
    return sorted(chosen)


def _emit(kind: str, project: Project, actor: User | None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=project.organization_id,
        object_id=project.pk,
        project_id=project.pk,
        actor_id=actor.pk if actor else None,
        **payload,
    )
