"""Register the models that answer, change what is said of them, put them away."""

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import Machine
from tasks.models.machines import MachineKind
from workers.mail import NOBODY
from workers.models import Organization, User


def register_machine(
    *,
    organization: Organization,
    mode: str,
    actor: User | None,
    now: datetime,
    name: str,
    version: str,
    kind: str,
    notes: str = "",
) -> Machine:
    """A new annotator, who cannot sign in. InvalidInput when this version of this name is registered already."""
    if kind not in MachineKind.values:
        known = ", ".join(MachineKind.values)
        raise InvalidInput(Problem("kind", f"unknown kind {kind!r}; known: {known}", "choice"))
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                f"machine-{uuid4()}@machines{NOBODY}", name=f"{name} {version}", is_active=False, created_at=now
            )
            machine = Machine.objects.create(
                organization=organization,
                mode=mode,
                name=name,
                version=version,
                kind=kind,
                notes=notes,
                user=user,
                created_by=actor,
                created_at=now,
            )
            _tell("machine.registered", machine, actor)
    except IntegrityError:
        raise InvalidInput(Problem("version", f"{name} {version} is registered already", "unique")) from None
    return machine


@transaction.atomic
def change_machine(*, machine: Machine, actor: User | None, notes: str) -> None:
    """Only the notes: a machine of another name or version is another one."""
    machine.notes = notes
    machine.save(update_fields=["notes"])
    _tell("machine.changed", machine, actor)


@transaction.atomic
def archive_machine(*, machine: Machine, actor: User | None, now: datetime) -> None:
    """It takes no answers any more; those it gave stay. StaleState when it is archived already."""
    if not Machine.objects.filter(pk=machine.pk, archived_at=None).update(archived_at=now):
        raise StaleState(f"machine {machine.pk} is archived already")
    machine.archived_at = now
    _tell("machine.archived", machine, actor)


def _tell(kind: str, machine: Machine, actor: User | None) -> None:
    events.emit(
        kind,
        organization_id=machine.organization_id,
        object_id=machine.pk,
        actor_id=actor.pk if actor else None,
        machine=str(machine),
    )
