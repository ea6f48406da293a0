"""Write projects and their versions."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from labeling import aggregation
from labeling.aggregation import e4, medoid
from labeling.content_risks import LONGEST_NOTE, read_risks
from labeling.errors import InvalidConfig, InvalidInput, Problem, StaleState
from labeling.outbox import events
from labeling.types import registry
from tasks.models import Project, ProjectVersion
from tasks.selectors.people import groups_of, labelers_of
from tasks.services.examples import examples_problems
from tasks.services.launching import raise_overlap
from tasks.states import ProjectState
from workers.models import Organization, User

DIRECT = ("name", "priority", "aggregation", "self_selection", "open_to_all", "suggestion_field", "most_answers")
VERSIONED = ("config", "guideline", "overlap", "end_use", "content_risks", "content_note", "examples")
MOST_OVERLAP = 100
MOST_OF_A_DAY = 100_000  # answers of one person


@transaction.atomic
def create_project(
    *,
    organization: Organization,
    mode: str,
    actor: User | None,
    name: str,
    type: str,
    config: Any,
    guideline: str = "",
    overlap: int = 1,
    end_use: str = "",
    content_risks: Any = (),
    content_note: str = "",
    examples: Any = (),
    members: Iterable[int] = (),
    groups: Iterable[int] = (),
    **direct: Any,
) -> Project:
    """A draft with its version 1. All that is wrong with it is told at once.

    `members` and `groups` are ids; one of another organization counts as one that does not exist.
    """
    content: dict[str, Any] = {"content_risks": content_risks, "content_note": content_note}
    problems = direct_problems(direct | {"name": name}, type) + version_problems(content | {"overlap": overlap})
    clean: dict[str, Any] = {}
    try:
        clean = clean_config(type, config)
    except (InvalidConfig, InvalidInput) as error:
        problems += error.problems
    project = Project(organization=organization, mode=mode, name=name.strip(), type=type, created_by=actor, **direct)
    shown: dict[str, Any] = {"examples": list(examples) if isinstance(examples, tuple) else examples}
    if clean:
        problems += examples_problems(shown, [], project, clean)
    if problems:
        raise InvalidInput(problems)
    save_named(project)
    set_people(project, members, groups)
    version = ProjectVersion(
        config=clean, guideline=guideline, overlap=overlap, end_use=end_use, created_by=actor, **shown, **content
    )
    version.content_risks = read_risks(content_risks, [])
    add_version(project, version, number=1)
    _emit("project.created", project, actor)
    return project


def change_project(
    *, project: Project, actor: User | None, now: datetime, expected_version: int | None = None, **changes: Any
) -> Project:
    """Change what is given. What annotators see (config, guideline, end use …) becomes a new version.

    Answers keep the version they were given under. A new overlap counts for tasks that are not resolved yet: they
    follow in chunks, after the change itself is committed.
    With `expected_version` the change is refused when somebody else made a version meanwhile.
    """
    members, groups = changes.pop("members", None), changes.pop("groups", None)
    direct = {name: changes.pop(name) for name in DIRECT if name in changes}
    problems = direct_problems(direct, project.type) + version_problems(changes)
    if "content_risks" in changes:
        changes["content_risks"] = read_risks(changes["content_risks"], [])
    if "config" in changes:
        try:
            changes["config"] = clean_config(project.type, changes["config"])
        except InvalidConfig as error:
            problems += error.problems
    if not problems and ("config" in changes or "examples" in changes):
        current = ProjectVersion.objects.get(project=project, number=project.version)
        problems += examples_problems(changes, current.examples, project, changes.get("config", current.config))
    if problems:
        raise InvalidInput(problems)
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        if expected_version is not None and locked.version != expected_version:
            raise StaleState(f"the project is at version {locked.version} by now, not {expected_version}")
        before = ProjectVersion.objects.values_list("overlap", flat=True).get(project=locked, number=locked.version)
        if direct:
            for name, value in direct.items():
                setattr(locked, name, value.strip() if name == "name" else value)
            save_named(locked, update_fields=list(direct))
        set_people(locked, members, groups)
        if direct or members is not None or groups is not None:
            _emit("project.changed", locked, actor, fields=sorted(direct))
        if changes:
            new_version(project=locked, actor=actor, now=now, changes=changes)
    if changes.get("overlap", before) != before:  # saved as it was, it leaves tasks alone that were asked for more
        raise_overlap(project=locked, overlap=changes["overlap"], now=now, actor=actor)
    return locked


def new_version(*, project: Project, actor: User | None, now: datetime, changes: dict[str, Any]) -> ProjectVersion:
    """The current version with these changes, or the current one itself when nothing differs."""
    current = ProjectVersion.objects.get(project=project, number=project.version)
    fields = {name: getattr(current, name) for name in VERSIONED}
    if fields | changes == fields:
        return current
    version = ProjectVersion(**fields | changes, created_by=actor, created_at=now)
    add_version(project, version, number=next_number(project))
    if not Project.objects.filter(pk=project.pk, version=project.version).update(version=version.number):
        raise StaleState(f"project {project.pk} has a newer version by now")
    project.version = version.number
    _emit("project.version_created", project, actor, version=project.version, changed=sorted(changes))
    return version


def clean_config(type: str, config: Any) -> dict[str, Any]:
    """The type's clean config; problems carry paths that begin with `config`."""
    try:
        task_type = registry.get(type)
    except registry.UnknownType as error:
        raise InvalidInput(Problem("type", str(error), "unknown_type")) from None
    try:
        return task_type.clean_config(config)
    except InvalidConfig as error:
        raise InvalidConfig(
            Problem(f"config.{p.path}" if p.path else "config", p.message, p.code) for p in error.problems
        ) from None


def methods_for(type: str) -> dict[str, str]:
    """Consensus methods that fit the type, with their titles: votes are counted in several ways, anything else has one
    method of its own, or takes one of the answers as it is. E4 stands for the type's own method."""
    live = {name: method.TITLE for name, method in aggregation.live_methods().items()}
    if type not in registry.all():
        return live
    task_type = registry.get(type)
    if task_type.ballot({}, task_type.clean_config(task_type.samples()[0]["config"])).classes:
        return live
    return {e4.NAME: "The type's own", medoid.NAME: medoid.TITLE}


def direct_problems(fields: dict[str, Any], type: str = "") -> list[Problem]:
    problems = []
    if "name" in fields and not fields["name"].strip():
        problems.append(Problem("name", "must not be empty", "required"))
    methods = {**aggregation.live_methods(), **methods_for(type)}  # the default, a count of votes, is no mistake
    if "aggregation" in fields and fields["aggregation"] not in methods:
        known = ", ".join(methods_for(type))
        problems.append(Problem("aggregation", f"unknown method {fields['aggregation']!r}; known: {known}", "choice"))
    most = fields.get("most_answers")
    if most is not None and not 1 <= most <= MOST_OF_A_DAY:
        problems.append(Problem("most_answers", f"must be between 1 and {MOST_OF_A_DAY}", "range"))
    if not -1000 <= fields.get("priority", 0) <= 1000:
        problems.append(Problem("priority", "must be between -1000 and 1000", "range"))
    return problems


def version_problems(fields: dict[str, Any]) -> list[Problem]:
    problems: list[Problem] = []
    if not 1 <= fields.get("overlap", 1) <= MOST_OVERLAP:
        problems.append(Problem("overlap", f"must be between 1 and {MOST_OVERLAP}", "range"))
    read_risks(fields.get("content_risks", ()), problems)
    if len(fields.get("content_note", "")) > LONGEST_NOTE:
        problems.append(Problem("content_note", f"must be at most {LONGEST_NOTE} characters", "too_long"))
    return problems


def save_named(project: Project, **options: Any) -> None:
    """Save; a name that is taken is the sender's mistake, not ours."""
    try:
        with transaction.atomic():
            project.save(**options)
    except IntegrityError:
        message = f"there is already a project called {project.name!r}"
        raise InvalidInput(Problem("name", message, "duplicate")) from None


def set_people(project: Project, members: Iterable[int] | None, groups: Iterable[int] | None) -> None:
    """Replace the members or groups given; None leaves them as they are."""
    problems: list[Problem] = []
    for name, ids, known in (
        ("members", members, labelers_of(project.organization_id)),
        ("groups", groups, groups_of(project.organization_id)),
    ):
        if ids is None:
            continue
        wanted = list(ids)
        found = set(known.filter(pk__in=wanted).values_list("pk", flat=True))
        problems += [
            Problem(f"{name}[{n}]", f"there is no {name[:-1]} {pk} who could label", "missing")
            for n, pk in enumerate(wanted)
            if pk not in found
        ]
        if not problems:
            getattr(project, name).set(found)
    if problems:
        raise InvalidInput(problems)


def next_number(project: Project) -> int:
    """The caller holds a lock on the project's row."""
    newest = ProjectVersion.objects.filter(project=project).aggregate(number=Max("number"))["number"]
    return (newest or 0) + 1


@transaction.atomic
def version_for_tasks(
    *, project: Project, config: dict[str, Any], guideline: str, overlap: int
) -> ProjectVersion | None:
    """The version under which a task that asks just this is asked; None for the project's current one.

    `config` is clean. A version once made for a task serves every later one with the same words.
    """
    asked = ProjectVersion.objects.filter(project=project, config_hash=config_hash(config), guideline=guideline)
    found = asked.order_by("-number").first()
    if found is None:
        locked = Project.objects.select_for_update().get(pk=project.pk)
        found = asked.order_by("-number").first()  # somebody may have made it while we waited
    if found is not None:
        project.refresh_from_db(fields=["version"])
        return None if found.number == project.version else found
    current = ProjectVersion.objects.get(project=project, number=locked.version)
    version = ProjectVersion(
        config=config, guideline=guideline, overlap=overlap, end_use=current.end_use, for_tasks=True
    )
    add_version(locked, version, number=next_number(locked))
    return version


def add_version(project: Project, version: ProjectVersion, *, number: int) -> None:
    version.project, version.number = project, number
    version.config_hash = config_hash(version.config)
    version.save(force_insert=True)


def config_hash(config: dict[str, Any]) -> str:
    """Equal for equal schemas, whatever the order of their fields."""
    return hashlib.sha256(json.dumps(config, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# --- states ---------------------------------------------------------------------------------------------------------
P = ProjectState


def pause(*, project: Project, actor: User | None) -> None:
    """Give out no more tasks. What annotators hold they may finish."""
    _move(project, (P.RUNNING,), P.PAUSED, "project.paused", actor)


def resume(*, project: Project, actor: User | None) -> None:
    _move(project, (P.PAUSED, P.COMPLETED), P.RUNNING, "project.resumed", actor)


def complete(*, project: Project, actor: User | None) -> None:
    """Say that it is done, with whatever there is; `resume` opens it again."""
    _move(project, (P.RUNNING,), P.COMPLETED, "project.completed", actor)


def archive(*, project: Project, actor: User | None) -> None:
    """Put it away: its name is free again, its data stays."""
    _move(project, (P.DRAFT, P.RUNNING, P.PAUSED, P.COMPLETED), P.ARCHIVED, "project.archived", actor)


@transaction.atomic
def restore(*, project: Project, actor: User | None) -> None:
    """Take it out of the archive: paused, or a draft when it was never launched."""
    try:
        with transaction.atomic():
            _move(project, (P.ARCHIVED,), P.PAUSED if project.launched_at else P.DRAFT, "project.restored", actor)
    except IntegrityError:
        message = f"there is another project called {project.name!r} by now"
        raise InvalidInput(Problem("name", message, "duplicate")) from None


@transaction.atomic
def _move(project: Project, frm: tuple[P, ...], to: P, kind: str, actor: User | None) -> None:
    if project.state not in frm:
        raise StaleState(f"the project is {P(project.state)}, not {' or '.join(frm)}")
    Project.objects.move(project.pk, P(project.state), to)
    project.state = to
    _emit(kind, project, actor)


def _emit(kind: str, project: Project, actor: User | None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=project.organization_id,
        object_id=project.pk,
        project_id=project.pk,
        actor_id=actor.pk if actor else None,
        **payload,
    )
