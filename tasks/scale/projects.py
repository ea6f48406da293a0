"""Projects as client programs order under them, and the project of ours that each one's tasks are worked on in."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from labeling.errors import InvalidInput, NotAllowed, Problem
from labeling.outbox import events
from tasks.models import Dataset, OrderParams, OrderProject, Project, ProjectVersion
from tasks.scale.kinds import CORES, ELSEWHERE, KINDS, Chat, Kind, NotEnabled
from tasks.services import projects as services
from tasks.services.datasets import create_dataset
from tasks.services.launching import launch
from workers.models import Organization

SUFFIXES = ("/status", "/finalize", "/setMetadata", "/setParams", "/setOntology", "/taskTemplates", "/groups")
LONGEST_NAME = 200
FREE_NAMES = 100
MOST_ADOPTED = 1000
ORDERED = "Ordered: "  # begins the names of datasets of ordered items


class Duplicate(InvalidInput):
    """Something of this name or id is there already: 409."""


class Unknown(NotAllowed):
    """The API has no such thing: 404."""


def kind_of(name: str) -> Kind:
    """Raises NotEnabled for a type that only Scale has, Unknown for one that nobody has."""
    if name in KINDS:
        return KINDS[name]
    if name == Chat.name:
        message = "chat tasks are ordered under version 2, in a project made on this server's pages"
        raise NotEnabled(Problem("type", message, "type"))
    if name in ELSEWHERE:
        raise NotEnabled(Problem("type", f"tasks of type {name} are not available on this server", "type"))
    raise Unknown(f"there is no task type {name!r}")


def kind_in(project: OrderProject, name: str) -> Kind:
    """The kind of a task ordered in this project: chat is what the project of ours asks."""
    if name != Chat.name:
        return kind_of(name)
    if project.project is None:
        message = "tasks of type chat are ordered in a project made on this server's pages; this one was not"
        raise NotEnabled(Problem("type", message, "type"))
    config = ProjectVersion.objects.values_list("config", flat=True).get(
        project=project.project, number=project.project.version
    )
    return Chat(project.project.type, config)


def adopt(*, organization_id: int, mode: str, name: str | None = None) -> None:
    """Projects made on our pages that chat tasks can be ordered in, known from now on by their names."""
    made = Project.objects.filter(organization_id=organization_id, mode=mode, type__in=CORES, ordered_as=None)
    made = made.exclude(state__in=("draft", "archived"))
    if name is not None:
        made = made.filter(name=name)
    for project in made[:MOST_ADOPTED]:
        with suppress(IntegrityError), transaction.atomic():
            OrderProject.objects.create(
                organization_id=organization_id, mode=mode, name=project.name, type=Chat.name, project=project
            )


def clean_name(name: Any, what: str) -> str:
    """Names stand in addresses, so one that ends like a call of ours would never be reached."""
    if not isinstance(name, str) or not name.strip():
        raise InvalidInput(Problem("name", f"a {what} needs a name", "required"))
    name = name.strip()
    if len(name) > LONGEST_NAME or "\x00" in name:
        raise InvalidInput(Problem("name", f"a name has at most {LONGEST_NAME} characters", "length"))
    if name.endswith(SUFFIXES) or name.strip("/") != name or name in (".", "..") or "//" in name:
        raise InvalidInput(Problem("name", f"{name!r} cannot be a name: it could not be asked for", "name"))
    return name


def find(*, organization_id: int, mode: str, name: str) -> OrderProject | None:
    return OrderProject.objects.filter(organization_id=organization_id, mode=mode, name=name).first()


@transaction.atomic
def create_project(
    *, organization: Organization, mode: str, name: Any, type: Any, params: Any, options: dict[str, Any]
) -> OrderProject:
    name = clean_name(name, "project")
    if not isinstance(type, str) or not type:
        raise InvalidInput(Problem("type", "a project needs the type of its tasks", "required"))
    kind_of(type)
    if params is not None and not isinstance(params, dict):
        raise InvalidInput(Problem("params", "params must be an object", "type"))
    staged = options.get("rapid") is True or options.get("studio") is True
    row = OrderProject(organization=organization, mode=mode, name=name, type=type, options=options, is_staged=staged)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Duplicate(Problem("name", f"a project with the name {name!r} exists already", "unique")) from None
    add_params(project=row, params=params or {})
    return row


@transaction.atomic
def add_params(*, project: OrderProject, params: dict[str, Any]) -> OrderParams:
    """Every update is a new entry of the history."""
    locked = OrderProject.objects.select_for_update().get(pk=project.pk)
    entry = OrderParams.objects.create(project=locked, version=locked.version + 1, params=params)
    OrderProject.objects.filter(pk=locked.pk).update(version=entry.version)
    project.version = entry.version
    return entry


def current_params(project: OrderProject) -> dict[str, Any]:
    if not project.version:
        return {}
    return OrderParams.objects.values_list("params", flat=True).get(project=project, version=project.version)


def hidden_project(*, organization: Organization, mode: str, type: str) -> OrderProject:
    """Where tasks without a project go: one per type."""
    mine = {"organization": organization, "mode": mode, "type": type, "is_hidden": True}
    if found := OrderProject.objects.filter(**mine).first():
        return found
    name = f"Without a project: {type}"
    try:
        with transaction.atomic():
            return OrderProject.objects.create(**mine, name=name)
    except IntegrityError:
        return OrderProject.objects.get(**mine)


def work_project(
    *, ordered: OrderProject, core: str, config: dict[str, Any], guideline: str, overlap: int, now: datetime
) -> Project:
    """The project of ours; made with the first task, whose question becomes the project's."""
    if ordered.project_id is not None:
        found: Project = Project.objects.get(pk=ordered.project_id)
        return found
    with transaction.atomic():
        locked = OrderProject.objects.select_for_update().get(pk=ordered.pk)
        if locked.project_id is None:
            project = services.create_project(
                organization=locked.organization,
                mode=locked.mode,
                actor=None,
                name=_free_name(locked),
                type=core,
                config=config,
                guideline=guideline,
                overlap=overlap,
                **people_of(locked),
            )
            launch(project=project, dataset=dataset_of(project), actor=None, now=now)
            OrderProject.objects.filter(pk=locked.pk).update(project=project)
            events.emit(
                "order_project.opened",
                organization_id=locked.organization_id,
                object_id=locked.pk,
                project_id=project.pk,
            )
            ordered.project = project
            return project
    ordered.refresh_from_db(fields=["project"])
    return Project.objects.get(ordered_as=ordered)


def people_of(ordered: OrderProject) -> dict[str, Any]:
    """Who may work on its tasks: those assigned and the groups', or every labeler where nobody is."""
    members, groups = ([row.pk for row in rows.all()] for rows in (ordered.members, ordered.groups))
    return {"members": members, "groups": groups, "open_to_all": not members and not groups}


def apply_people(*, ordered: OrderProject, now: datetime) -> None:
    """Who is assigned has changed: so has who may work, where there is work already."""
    if ordered.project is not None:
        services.change_project(project=ordered.project, actor=None, now=now, **people_of(ordered))


def dataset_of(project: Project) -> Dataset:
    """Where ordered items go: made when the project has none of its own any more, or never had one."""
    found = project.datasets.filter(deleted_at=None, name__startswith=ORDERED).order_by("pk").first()
    if found is None:
        name = f"{ORDERED}{project.name[:170]} ({project.pk})"
        found = create_dataset(organization=project.organization, mode=project.mode, name=name)
        project.datasets.add(found)
    return found


def _free_name(ordered: OrderProject) -> str:
    taken = set(
        Project.objects.filter(organization=ordered.organization_id, mode=ordered.mode)
        .filter(name__startswith=ordered.name[:150])
        .values_list("name", flat=True)
    )
    names = [ordered.name, *(f"{ordered.name[:190]} ({n})" for n in range(2, FREE_NAMES))]
    return next((name for name in names if name not in taken), f"{ordered.name[:170]} {ordered.public_id}")
