"""Secrets of others that we must be able to use again, encrypted at rest with keys made of SECRET_KEY.

What was sealed under a key of SECRET_KEY_FALLBACKS can be opened, too; `manage.py reseal_secrets` seals it anew.
"""

import base64
from functools import lru_cache
from typing import Any

from django.conf import settings

from labeling.errors import GroundworkError

PURPOSE = b"groundwork.sealing.1"


class CannotOpen(GroundworkError):
    """It was sealed under a key that this server does not have."""


def seal(plain: str) -> str:
    return _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(plain.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises CannotOpen, which tells nothing of what is inside."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeDecodeError):
        raise CannotOpen(
            "the stored secret cannot be opened, for SECRET_KEY is another one now; enter the secret again"
        ) from None


def is_current(sealed: str) -> bool:
    """Whether the newest key opens it."""
    from cryptography.fernet import InvalidToken

    try:
        _fernet(settings.SECRET_KEY).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


@lru_cache(maxsize=8)
def _fernet(*secrets: str) -> Any:
    """Imported here: pages and jobs that call no bucket need not wait for it."""
    from cryptography.fernet import Fernet, MultiFernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def key(secret: str) -> bytes:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(str(secret).encode())
        return base64.urlsafe_b64encode(derived)

    return MultiFernet([Fernet(key(secret)) for secret in secrets])
