"""Both steps of signing in, for the pages and the API: what is counted, what is told, who is let in.

The first step is a password, the second one a code or a passkey if the person has any. A passkey checks the person
itself (the device asks for a finger, a face or a PIN), so it signs in alone.
"""

import time
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from labeling.errors import InvalidInput, NotAllowed
from labeling.http.caller_address import caller_address
from workers import second_factors
from workers.models import User
from workers.selectors.second_factors import has_second_factor
from workers.services import second_factors as services
from workers.services import sessions
from workers.services.announcing import announce

BACKEND = "workers.web.backend.MemberBackend"
WAITING = "second_step"  # in the session: whose password was right
ROW = "session_row"  # in the session: the id of its row in the list of one's devices
CONFIRMED = "confirmed_at"  # in the session: when the person last showed who they are
PATIENCE = 600  # seconds, of both


def sign_in(request: HttpRequest, user: User, *, how: str) -> None:
    """The person is in. `how`: password, totp, recovery_codes, webauthn or invitation."""
    login(request, user, backend=BACKEND)
    request.session.pop(WAITING, None)
    request.session.set_expiry(None)
    mark_confirmed(request)
    address, agent = caller_address(request), request.headers.get("User-Agent", "")
    key: Any = request.session.session_key
    request.session[ROW] = sessions.begin(
        user=user, session_key=key, user_agent=agent, address=address, now=timezone.now()
    )
    announce("user.signed_in", user, actor=user, how=how, address=address)


def sign_out(request: HttpRequest) -> None:
    user = request.user
    if isinstance(user, User) and user.is_active:
        sessions.sign_out(user=user, session_key=request.session.session_key)
    logout(request)


def password_changed(request: HttpRequest, user: User, *, before: str | None) -> None:
    """This session, which had the key `before`, has got another one with the new password; all others end."""
    key = request.session.session_key or ""
    sessions.move(session_key=before or "", to=key)
    sessions.end_all(user=user, actor=user, why="password", but=key)


def failed(request: HttpRequest, name: str, *, step: str) -> None:
    """Tell of a try that failed, after axes has counted it; the one that locks out is told of as that, too.

    Tries during a lock-out are not told: there may be any number of them.
    """
    counted = getattr(request, "axes_failures_since_start", None)
    if counted is None or counted > settings.AXES_FAILURE_LIMIT:
        return
    user = User.objects.filter(email__iexact=name, is_active=True).first() if name else None
    announce("user.sign_in_failed", user, actor=None, step=step, address=caller_address(request))
    if counted == settings.AXES_FAILURE_LIMIT:
        announce("user.locked_out", user, actor=None, address=caller_address(request))


def count_failure(request: HttpRequest, name: str, *, step: str) -> None:
    """As a wrong password is counted: ten for an account from one address, and that address is locked out."""
    user_login_failed.send(sender=__name__, credentials={"username": name.lower()}, request=request)
    failed(request, name, step=step)


def locked_out(request: HttpRequest, name: str) -> bool:
    """True makes the middleware of axes reply that there were too many tries."""
    if AxesProxyHandler.is_allowed(request, {"username": name.lower()}):
        return False
    request.axes_locked_out = True  # type: ignore[attr-defined]  # axes reads it
    return True


# --- the second step ------------------------------------------------------------------------------------------------
def keep_waiting(request: HttpRequest, user: User, target: str) -> bool:
    """True if a second step is needed: the session then remembers whose."""
    if not has_second_factor(user.pk):
        return False
    request.session.cycle_key()
    request.session.set_expiry(PATIENCE)
    request.session[WAITING] = {
        "user": user.pk,
        "at": time.time(),
        "target": target,
        "hash": user.get_session_auth_hash(),
    }
    return True


def who_waits(request: HttpRequest) -> User | None:
    """Whose password was right a short while ago, if it still is theirs and they still may sign in."""
    waiting = request.session.get(WAITING)
    if not waiting or waiting["at"] < time.time() - PATIENCE:
        return None
    user = User.objects.filter(pk=waiting["user"], is_active=True).first()
    return user if user and user.get_session_auth_hash() == waiting["hash"] else None


def target_of(request: HttpRequest) -> str:
    return str(request.session[WAITING]["target"])


def right_code(request: HttpRequest, user: User, code: str) -> str:
    """What the code was ("totp", "recovery_codes"), or "". Wrong ones are counted, and lock out like passwords."""
    if locked_out(request, user.email):
        return ""
    try:
        kind = services.use_code(user=user, code=code, now=timezone.now())
    except NotAllowed:
        request.axes_locked_out = True  # type: ignore[attr-defined]
        return ""
    if not kind:
        count_failure(request, user.email, step="code")
    return kind


def right_passkey(request: HttpRequest, credential: Any, user: User | None) -> User | None:
    """Whose passkey it is: `user`'s, or (None) anybody's who may sign in.

    Nobody guesses a signature: wrong ones are counted for the account whose password was right, and for nobody else,
    so that a stranger, or the neighbours' old passkeys, lock nobody out.
    """
    if user and locked_out(request, user.email):
        return None
    try:
        authenticator = second_factors.check_used(credential, user)
    except InvalidInput:
        if user:
            count_failure(request, user.email, step="passkey")
        return None
    owner: User = authenticator.user
    if not owner.is_active:
        return None
    services.passkey_used(authenticator=authenticator, now=timezone.now())
    return owner


# --- who they are, once more ----------------------------------------------------------------------------------------
def mark_confirmed(request: HttpRequest) -> None:
    request.session[CONFIRMED] = time.time()


def is_confirmed(request: HttpRequest) -> bool:
    return request.session.get(CONFIRMED, 0) > time.time() - PATIENCE


def must_confirm(request: HttpRequest) -> bool:
    """Whether who has a second factor has to show it again; the password alone is asked elsewhere."""
    user = request.user
    return isinstance(user, User) and not is_confirmed(request) and has_second_factor(user.pk)
