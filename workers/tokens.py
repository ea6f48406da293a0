"""Secrets that people and programs carry: only their hash is stored."""

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """sha256 is enough: the secrets are 256 random bits, not words."""
    return hashlib.sha256(secret.encode()).hexdigest()
