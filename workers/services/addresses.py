"""Another e-mail address for one's account: asked for, shown to be one's own by a link mailed to it, then in force.

No row waits for the link: it holds what was asked, sealed, and is over once the address or the password is another.
"""

import json
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.sealing import CannotOpen, seal, unseal
from workers.links import link
from workers.mail import send_after_commit
from workers.models import User
from workers.services.announcing import announce
from workers.services.invitations import clean_email

PURPOSE = "e-mail address"
LASTS = timedelta(hours=24)
ONE_MAIL_PER = 60  # seconds and person


@transaction.atomic
def ask_for(*, user: User, email: str, address: str, now: datetime) -> None:
    """Mail the link to the new address. Whether somebody else's account has it is told to nobody but its holder."""
    email = clean_email(email)
    if email == user.email:
        raise InvalidInput(Problem("email", "this is your address already", "same"))
    if not cache.add(f"address-change:{user.pk}", 1, ONE_MAIL_PER):
        raise StaleState("A mail was sent a moment ago. Wait a minute before you ask for another one.")
    announce("user.email_change_asked", user, actor=user, address=address)
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        send_after_commit(to=email, template="email_taken")
        return
    where = link("email-confirm", token_for(user, email, now=now))
    send_after_commit(to=email, template="email_confirm", name=user.name, link=where)


def token_for(user: User, email: str, *, now: datetime) -> str:
    told = {"for": PURPOSE, "user": user.pk, "email": email, "until": (now + LASTS).timestamp(), "at": _state(user)}
    return seal(json.dumps(told))


def asked_by(user: User, token: str, *, now: datetime) -> str:
    """The address this link puts in force; StaleState if it does not, or not for this person."""
    try:
        told = json.loads(unseal(token))
    except (CannotOpen, ValueError):
        raise _over() from None
    mine = isinstance(told, dict) and told.get("for") == PURPOSE and told["user"] == user.pk
    if not mine or told["until"] < now.timestamp() or not constant_time_compare(told["at"], _state(user)):
        raise _over()
    return str(told["email"])


@transaction.atomic
def change(*, user: User, token: str, address: str, now: datetime) -> User:
    """The new address is in force: one signs in with it. The old one is told."""
    user = User.objects.select_for_update().get(pk=user.pk)
    email = asked_by(user, token, now=now)
    send_after_commit(to=user.email, template="email_changed", name=user.name)
    user.email = email
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError:  # somebody joined with it meanwhile
        raise _over() from None
    announce("user.email_changed", user, actor=user, address=address)
    return user


def _over() -> StaleState:
    return StaleState("This link was used, is too old, or is not for this account.")


def _state(user: User) -> str:
    """Another one as soon as the person has another address or password: a link is good once."""
    return salted_hmac(PURPOSE, f"{user.pk} {user.email} {user.password}", algorithm="sha256").hexdigest()
