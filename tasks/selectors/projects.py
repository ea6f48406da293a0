"""Read projects. Every query begins with an organization and a mode."""

from collections.abc import Collection

from django.db.models import F, Prefetch, QuerySet
from django.http import Http404

from labeling.types import registry
from tasks.models import Dataset, Project, ProjectVersion
from tasks.states import ProjectState


def projects_of(*, organization_id: int, mode: str) -> QuerySet[Project]:
    return Project.objects.filter(organization_id=organization_id, mode=mode)


def with_current(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Each with its current version as `project.current[0]`, in one more query for all of them."""
    current = ProjectVersion.objects.filter(number=F("project__version"))
    return projects.prefetch_related(Prefetch("versions", queryset=current, to_attr="current"))


def project_of(*, organization_id: int, mode: str, project_id: int) -> Project:
    """Another organization's project, or one of the other mode, is as missing as one that never was."""
    project = projects_of(organization_id=organization_id, mode=mode).filter(pk=project_id).first()
    if project is None:
        raise Http404
    return project


def listed(projects: QuerySet[Project], *, state: str = "") -> QuerySet[Project]:
    """In the state asked for; without one all but the archived."""
    return projects.filter(state=state) if state else projects.exclude(state=ProjectState.ARCHIVED)


def current_version(project: Project) -> ProjectVersion:
    return ProjectVersion.objects.get(project=project, number=project.version)


def risks_of(project: Project) -> list[str]:
    """The classes of sensitive material that its current version names."""
    return sensitive([project.pk]).get(project.pk, [])


def sensitive(projects: Collection[int]) -> dict[int, list[str]]:
    """Those of these projects whose current version says that its material is sensitive, with the classes."""
    found = ProjectVersion.objects.filter(project__in=projects, number=F("project__version")).exclude(content_risks=[])
    return dict(found.values_list("project_id", "content_risks"))


def launchable_datasets(*, organization_id: int, mode: str) -> QuerySet[Dataset]:
    return Dataset.objects.filter(organization_id=organization_id, mode=mode, deleted_at=None).order_by("name")


def lists_things(project: Project) -> bool:
    """Whether an answer lists things that have labels, such as shapes or spans, and is no one whole."""
    kind = registry.get(project.type)
    return kind.objects(kind.samples()[0]["answer"]) is not None
