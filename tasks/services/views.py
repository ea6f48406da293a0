"""Views of a project's items that are kept under a name."""

from django.db import transaction

from labeling.errors import InvalidInput, Problem
from labeling.outbox import events
from tasks.models import Project, SavedView
from workers.models import User

MOST_VIEWS = 100
LONGEST_NAME = 100


@transaction.atomic
def save_view(*, project: Project, name: str, query: str, actor: User | None) -> SavedView:
    """A view of the same name is replaced."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput(Problem("name", f"must have 1 to {LONGEST_NAME} characters", "length"))
    is_new = not SavedView.objects.filter(project=project, name=name).exists()
    if is_new and SavedView.objects.filter(project=project).count() >= MOST_VIEWS:
        raise InvalidInput(Problem("name", f"a project has at most {MOST_VIEWS} views", "max_length"))
    view, _ = SavedView.objects.update_or_create(
        project=project, name=name, defaults={"query": query, "created_by": actor}
    )
    _emit("view.saved", view, actor)
    return view


@transaction.atomic
def delete_view(*, project: Project, view_id: int, actor: User | None) -> bool:
    """Whether there was one; nobody minds a view that is gone already."""
    view = SavedView.objects.filter(project=project, pk=view_id).first()
    if view is None:
        return False
    _emit("view.deleted", view, actor)
    view.delete()
    return True


def _emit(kind: str, view: SavedView, actor: User | None) -> None:
    events.emit(
        kind,
        organization_id=view.project.organization_id,
        object_id=view.pk,
        project_id=view.project_id,
        actor_id=actor.pk if actor else None,
        name=view.name,
    )
