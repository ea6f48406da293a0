"""Register the models that answer, change what is said of them, put them away."""

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import Acceptance, Machine, MachinePolicy
from tasks.models.machines import MachineKind
from workers.mail import NOBODY
from workers.models import Organization, User
from workers.services.keys import ANSWER, create_key, revoke_key


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
    """It takes no answers, settles no tasks and has no key any more; what it gave stays. StaleState when it is so."""
    if not Machine.objects.filter(pk=machine.pk, archived_at=None).update(archived_at=now, key=None):
        raise StaleState(f"machine {machine.pk} is archived already")
    if machine.key:
        revoke_key(key=machine.key, actor=actor, now=now)
    MachinePolicy.objects.filter(accepts=machine).update(accepts=None, changed_by=actor, changed_at=now)
    Acceptance.objects.filter(machine=machine, ended_at=None).update(ended_at=now)
    machine.archived_at, machine.key = now, None
    _tell("machine.archived", machine, actor)


@transaction.atomic
def give_key(*, machine: Machine, actor: User | None, now: datetime) -> str:
    """A key of its own, shown once; the one it had stops working. It opens nothing but this machine's answers."""
    if machine.archived_at is not None:
        raise StaleState(f"machine {machine.pk} is archived")
    if machine.key:
        revoke_key(key=machine.key, actor=actor, now=now)
    key, secret = create_key(
        organization=machine.organization, mode=machine.mode, name=str(machine), scope=ANSWER, created_by=actor
    )
    machine.key = key
    machine.save(update_fields=["key"])
    _tell("machine.key_given", machine, actor)
    return secret


def _tell(kind: str, machine: Machine, actor: User | None) -> None:
    events.emit(
        kind,
        organization_id=machine.organization_id,
        object_id=machine.pk,
        actor_id=actor.pk if actor else None,
        machine=str(machine),
    )
