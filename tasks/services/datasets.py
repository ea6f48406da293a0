"""Make and remove datasets."""

from datetime import datetime

from django.db import IntegrityError, transaction

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import Dataset, Export, Project
from tasks.selectors.exports import UNDER_WAY
from tasks.states import ProjectState
from workers.models import Organization, User


def create_dataset(
    *, organization: Organization, mode: str, name: str, description: str = "", created_by: User | None = None
) -> Dataset:
    """Raises InvalidInput when the name is taken."""
    try:
        with transaction.atomic():
            dataset = Dataset.objects.create(
                organization=organization, mode=mode, name=name, description=description, created_by=created_by
            )
            _emit("dataset.created", dataset, created_by)
    except IntegrityError:
        raise InvalidInput(Problem("name", f"there is a dataset called {name!r} already", "unique")) from None
    return dataset


@transaction.atomic
def delete_dataset(*, dataset: Dataset, actor: User | None, now: datetime) -> None:
    """Hide it at once; a job removes items, answers and files afterwards. Refused while a project needs it."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    project = Project.objects.filter(datasets=dataset).exclude(state=ProjectState.ARCHIVED).first()
    if project:
        raise StaleState(f"the project {project.name!r} uses this dataset; archive it first")
    if Export.objects.filter(project__datasets=dataset, state__in=UNDER_WAY).exists():
        raise StaleState("an export of this dataset is under way")
    if not Dataset.objects.filter(pk=dataset.pk, deleted_at=None).update(deleted_at=now):
        raise StaleState("the dataset is deleted already")
    dataset.uploads.update(cancel_requested=True)
    _emit("dataset.deleted", dataset, actor)


def _emit(kind: str, dataset: Dataset, actor: User | None) -> None:
    events.emit(
        kind,
        organization_id=dataset.organization_id,
        object_id=dataset.pk,
        actor_id=actor.pk if actor else None,
        mode=dataset.mode,
    )
