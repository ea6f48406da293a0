"""Names for people in exported data: the same person always gets the same one, in one organization only."""

import base64

from django.utils.crypto import salted_hmac


def annotator_pseudonym(*, organization_id: int, user_id: int) -> str:
    """Not to be turned back without SECRET_KEY, nor linked between organizations."""
    digest = salted_hmac("groundwork.annotator", f"{organization_id}:{user_id}", algorithm="sha256").digest()
    return "a_" + base64.b32encode(digest[:10]).decode().lower()
