"""Make, check and revoke API keys."""

from datetime import datetime

from django.db import transaction

from labeling.errors import InvalidInput, Problem
from labeling.outbox import events
from workers.models import ApiKey, Organization, User
from workers.tokens import hashed, new_token

SCOPES = ("read", "write", "admin")  # each includes the ones before it
ANSWER = "answer"  # of a machine's own key: it sends what that machine says, and reads what it is asked; nothing else


@transaction.atomic
def create_key(
    *,
    organization: Organization,
    mode: str,
    name: str = "",
    scope: str = "admin",
    created_by: User | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """The key's row and the key itself, which is shown once and never again."""
    if mode not in ("live", "test"):
        raise InvalidInput([Problem("mode", f"must be live or test, not {mode!r}", "choice")])
    if scope not in (*SCOPES, ANSWER):
        raise InvalidInput([Problem("scope", f"must be one of {', '.join(SCOPES)}, not {scope!r}", "choice")])
    secret = f"{mode}_{new_token()}"
    scopes = [ANSWER] if scope == ANSWER else list(SCOPES[: SCOPES.index(scope) + 1])
    key = ApiKey.objects.create(
        organization=organization,
        name=name,
        mode=mode,
        prefix=secret[:12],
        hash=hashed(secret),
        scopes=scopes,
        created_by=created_by,
        expires_at=expires_at,
    )
    events.emit(
        "api_key.created",
        organization_id=organization.pk,
        object_id=key.pk,
        actor_id=created_by.pk if created_by else None,
        name=name,
        prefix=key.prefix,
        scopes=scopes,
    )
    return key, secret


@transaction.atomic
def revoke_key(*, key: ApiKey, actor: User | None, now: datetime) -> None:
    """Works at once: keys are looked up in the database at each call."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        events.emit(
            "api_key.revoked",
            organization_id=key.organization_id,
            object_id=key.pk,
            actor_id=actor.pk if actor else None,
            name=key.name,
            prefix=key.prefix,
        )
