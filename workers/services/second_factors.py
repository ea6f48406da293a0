"""Add, use and remove second factors. Each change is told by mail: who did not make it has to hear of it."""

import logging
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from labeling import sealing
from labeling.errors import InvalidInput, NotAllowed, Problem, StaleState
from labeling.outbox import events
from workers import second_factors
from workers.links import link
from workers.mail import send_after_commit
from workers.models import Membership, Organization, Role, SecondFactorFor, User
from workers.selectors.closing import belongs_elsewhere
from workers.selectors.second_factors import has_second_factor
from workers.services import sessions
from workers.services.announcing import announce

log = logging.getLogger(__name__)
Type = Authenticator.Type
MOST_PASSKEYS = 20
LONGEST_NAME = 80
SECONDS = int(settings.AXES_COOLOFF_TIME * 3600)
SAYS = {
    "added_totp": _("An authenticator app was added."),
    "added_webauthn": _("A passkey was added."),
    "removed_totp": _("The authenticator app was removed."),
    "removed_webauthn": _("A passkey was removed."),
    "codes": _("New recovery codes were made; the old ones do not work any more."),
    "code_used": _("One of your recovery codes was used."),
    "guessed": _("Somebody who knows your password tried ten wrong codes. If it was not you, change your password."),
    "reset": _("An operator of this server removed all second factors."),
    "reset_by_admin": _("An admin of your organization removed all second factors."),
}


@transaction.atomic
def add_app(*, user: User, secret: str, code: str, now: datetime) -> list[str]:
    """An authenticator app, once it shows the right code. Returns recovery codes if these are the first."""
    _locked(user)
    step = second_factors.step_of(secret, code)
    if step is None:
        raise InvalidInput(Problem("code", "this code is wrong or too old", "code"))
    if Authenticator.objects.filter(user=user, type=Type.TOTP).exists():
        raise StaleState("You have an authenticator app already: remove it first.")
    data = {"secret": sealing.seal(secret), "step": step}
    Authenticator.objects.create(user=user, type=Type.TOTP, data=data, created_at=now)
    return _added(user, Type.TOTP)


@transaction.atomic
def add_passkey(*, user: User, name: str, credential: dict[str, Any], now: datetime) -> list[str]:
    """`credential` has been checked by `second_factors.check_new`."""
    _locked(user)
    name = _checked_name(name)
    if Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).count() >= MOST_PASSKEYS:
        raise StaleState(f"A person has at most {MOST_PASSKEYS} passkeys.")
    data = {"name": name, "credential": credential}
    Authenticator.objects.create(user=user, type=Type.WEBAUTHN, data=data, created_at=now)
    return _added(user, Type.WEBAUTHN)


@transaction.atomic
def remove(*, user: User, pk: int) -> None:
    """Recovery codes go with the last factor they stand in for."""
    _locked(user)
    found = Authenticator.objects.exclude(type=Type.RECOVERY_CODES).get(user=user, pk=pk)
    kind = found.type
    found.delete()
    if not has_second_factor(user.pk):
        Authenticator.objects.filter(user=user).delete()
    announce("user.second_factor_removed", user, actor=user, factor=kind)
    _mail(user, f"removed_{kind}")


@transaction.atomic
def rename(*, user: User, pk: int, name: str) -> None:
    """A passkey or the app; what it is called is the person's own business, so the trail does not tell."""
    _locked(user)
    found = Authenticator.objects.select_for_update().exclude(type=Type.RECOVERY_CODES).get(user=user, pk=pk)
    name = _checked_name(name)
    if found.data.get("name") == name:
        return
    found.data["name"] = name
    found.save(update_fields=["data"])
    announce("user.second_factor_renamed", user, actor=user, factor=found.type)


@transaction.atomic
def new_recovery_codes(*, user: User) -> list[str]:
    """Shown once; the ones before stop working."""
    _locked(user)
    if not has_second_factor(user.pk):
        raise StaleState("Recovery codes stand in for a second factor, and there is none.")
    Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    announce("user.recovery_codes_made", user, actor=user)
    _mail(user, "codes")
    return second_factors.make_recovery_codes(user)


@transaction.atomic
def use_code(*, user: User, code: str, now: datetime) -> str:
    """What the code was: "totp", "recovery_codes", or "" if it is wrong or was used.

    Ten wrong ones in a quarter of an hour, from wherever, and no code works for a while: NotAllowed. The rows are
    locked meanwhile, so guessing in parallel gains nothing.
    """
    rows = list(
        Authenticator.objects.select_for_update().filter(user=user).exclude(type=Type.WEBAUTHN).order_by("type")
    )
    if not rows:
        return ""
    keeper = rows[0]  # recovery codes: they are there as long as anything is
    wrong = [at for at in keeper.data.get("wrong", []) if at > now.timestamp() - SECONDS]
    if len(wrong) >= settings.AXES_FAILURE_LIMIT:
        raise NotAllowed("Too many wrong codes. Try again later.")
    used = next((row for row in rows if _fits(row, code)), None)
    keeper.refresh_from_db()
    keeper.data["wrong"] = [] if used else [*wrong, now.timestamp()]
    keeper.save(update_fields=["data"])
    if used is None:
        if len(wrong) + 1 == settings.AXES_FAILURE_LIMIT:
            _mail(user, "guessed")
        return ""
    Authenticator.objects.filter(pk=used.pk).update(last_used_at=now)
    if used.type == Type.RECOVERY_CODES:
        announce("user.recovery_code_used", user, actor=user)
        _mail(user, "code_used")
    return str(used.type)


@transaction.atomic
def passkey_used(*, authenticator: Authenticator, now: datetime) -> None:
    Authenticator.objects.filter(pk=authenticator.pk).update(last_used_at=now)


@transaction.atomic
def reset(*, user: User, actor: User | None = None) -> int:
    """For who lost everything: an operator (None) or an admin takes all factors away; the password stays.

    What was lost may be in other hands, and signed in: all sessions end. Returns how many factors there were.
    """
    count, _rows = Authenticator.objects.filter(user=user).delete()
    if count:
        announce("user.second_factor_removed", user, actor=actor, factor="all")
        sessions.end_all(user=user, actor=actor, why="factors")
        _mail(user, "reset" if actor is None else "reset_by_admin")
    return count


def reset_for(*, membership: Membership, actor: User, actor_role: str) -> None:
    """Not of who belongs elsewhere, too: the account is not this organization's to weaken."""
    if actor_role != Role.ADMIN:
        raise NotAllowed("Only an admin may take a member's second factor away.")
    if membership.user_id == actor.pk:
        raise NotAllowed("Change your own second factor on the page of your account.")
    if belongs_elsewhere(membership):
        raise StaleState("This person belongs to another organization, too: only the operator can do this.")
    reset(user=membership.user, actor=actor)


def reseal() -> int:
    """Seal every secret anew under the newest key; returns how many. May run twice, and while people sign in.

    One that no key of ours opens is of no use to anybody already, and stays as it is.
    """
    done = 0
    for pk in Authenticator.objects.exclude(type=Type.WEBAUTHN).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            name = "seed" if row and row.type == Type.RECOVERY_CODES else "secret"
            if row is None or sealing.is_current(row.data[name]):
                continue
            try:
                row.data[name] = sealing.seal(sealing.unseal(row.data[name]))
            except sealing.CannotOpen:
                continue
            row.save(update_fields=["data"])
            done += 1
    return done


@transaction.atomic
def require(*, organization: Organization, who: str, actor: User | None) -> None:
    if who not in SecondFactorFor.values:
        known = ", ".join(SecondFactorFor.values)
        raise InvalidInput(Problem("second_factor_for", f"must be one of {known}, not {who!r}", "choice"))
    if who == organization.second_factor_for:
        return
    before, organization.second_factor_for = organization.second_factor_for, who
    organization.save(update_fields=["second_factor_for"])
    events.emit(
        "organization.second_factor_required",
        organization_id=organization.pk,
        object_id=organization.pk,
        actor_id=actor.pk if actor else None,
        before=before,
        now=who,
    )


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput(Problem("name", f"must have 1 to {LONGEST_NAME} characters, not {len(name)}", "length"))
    return name


def _locked(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)


def _fits(row: Authenticator, code: str) -> bool:
    """Uses the code up if it fits."""
    if not second_factors.digits(code):
        return False
    try:
        if row.type == Type.RECOVERY_CODES:
            return bool(row.wrap().validate_code(second_factors.digits(code)))
        step = second_factors.step_of(sealing.unseal(row.data["secret"]), code)
    except sealing.CannotOpen as error:
        log.error("The second factor %s of user %s: %s.", row.type, row.user_id, error)
        return False
    if step is None or step <= row.data["step"]:
        return False
    row.data["step"] = step
    row.save(update_fields=["data"])
    return True


def _added(user: User, kind: str) -> list[str]:
    announce("user.second_factor_added", user, actor=user, factor=kind)
    _mail(user, f"added_{kind}")
    has_codes = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).exists()
    return [] if has_codes else second_factors.make_recovery_codes(user)


def _mail(user: User, what: str) -> None:
    send_after_commit(to=user.email, template="security", name=user.name, what=SAYS[what], link=link("security"))
