"""What a person signs in with beside a password. The one place that knows django-allauth from the inside.

Of allauth we take the rows (`Authenticator`), the arithmetic of one-time codes, recovery codes, and WebAuthn. Sign-in,
pages, lock-out and rules are ours.
"""

import base64
import hmac
import json
import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Any, cast

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError

from labeling import sealing
from labeling.errors import InvalidInput, Problem
from workers.models import User

ISSUER = "Groundwork"
JUNK = (ValidationError, ValueError, TypeError, LookupError, AttributeError, struct.error)  # raised by fido2's parsers


class Adapter(DefaultMFAAdapter):
    """allauth asks this: how secrets are kept, and what authenticators show as our name."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return ISSUER

    def _get_site_name(self) -> str:
        return ISSUER


# --- one-time codes -------------------------------------------------------------------------------------------------
def new_secret() -> str:
    from allauth.mfa.totp.internal.auth import generate_totp_secret

    return cast(str, generate_totp_secret())


def picture_of(secret: str, user: User) -> str:
    """The QR code an authenticator app reads, as a data: address of a PNG (white, so that it reads in the dark too)."""
    import qrcode

    code = qrcode.QRCode(box_size=5, border=4)
    code.add_data(Adapter().build_totp_url(user, secret))
    file = BytesIO()
    code.make_image().save(file)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def step_of(secret: str, code: str) -> int | None:
    """The step of half a minute this code belongs to, if it is one of now; a step may be used once."""
    return next((step for step, right in _codes_of_now(secret) if hmac.compare_digest(right, digits(code))), None)


def code_of_now(secret: str) -> str:
    return list(_codes_of_now(secret))[settings.MFA_TOTP_TOLERANCE][1]


def _codes_of_now(secret: str) -> Iterator[tuple[int, str]]:
    from allauth.mfa.totp.internal import auth

    for step in auth.yield_hotp_counters_from_time():
        yield step, auth.format_hotp_value(auth.hotp_value(secret, step))


def make_recovery_codes(user: User) -> list[str]:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    return list(RecoveryCodes.activate(user).generate_codes())


def digits(code: str) -> str:
    """What was typed, without spaces and hyphens; "" for what cannot be a code."""
    bare = "".join(code.split()).replace("-", "")
    return bare if bare.isascii() and bare.isdecimal() and len(bare) <= 12 else ""


# --- passkeys: the browser's part is ui/passkeys.js -----------------------------------------------------------------
def options_to_add(user: User) -> dict[str, Any]:
    """What the browser is asked to make. The challenge waits in the session of the request under way."""
    from allauth.mfa.webauthn.internal import auth

    return _plain(auth.begin_registration(user, passwordless=True))


def check_new(credential: Any) -> dict[str, Any]:
    """The credential the browser made, fit to be stored; InvalidInput if it does not answer our challenge."""
    from allauth.mfa.webauthn.internal import auth

    try:
        auth.parse_registration_response(_sound(credential))
        made = auth.complete_registration(credential)
    except JUNK as error:
        raise InvalidInput(
            Problem("credential", "the passkey does not answer this page, or it was open too long", "passkey")
        ) from error
    if not made.is_user_verified():
        raise InvalidInput(Problem("credential", "the device did not check who you are", "passkey"))
    return cast(dict[str, Any], credential)


def options_to_use(user: User | None) -> dict[str, Any]:
    """For one person's passkeys, or (None) for whichever the browser offers."""
    from allauth.mfa.webauthn.internal import auth

    return _plain(auth.begin_authentication(user))


def check_used(credential: Any, user: User | None) -> Any:
    """The `Authenticator` that signed our challenge: the person's, or (None) of whomever it belongs to."""
    from allauth.mfa.webauthn.internal import auth

    try:
        auth.parse_authentication_response(_sound(credential))
        return auth.complete_authentication(user or auth.extract_user_from_response(credential), credential)
    except JUNK as error:
        raise InvalidInput(Problem("credential", "this passkey is not known here", "passkey")) from error


def _plain(options: dict[str, Any]) -> dict[str, Any]:
    """Without the enumerations of fido2: as JSON holds it."""
    return cast(dict[str, Any], json.loads(json.dumps(options)))


def _sound(credential: Any) -> dict[str, Any]:
    if not isinstance(credential, dict):
        raise ValueError("not an object")
    return credential
