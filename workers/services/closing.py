"""Close an account: nobody signs in with it any more, and it holds nobody's name."""

from collections.abc import Mapping
from datetime import datetime

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessLog
from django.db import transaction

from labeling.errors import NotAllowed, StaleState
from workers.mail import NOBODY, send_after_commit
from workers.models import Invitation, Membership, Organization, Role, User
from workers.selectors.closing import belongs_elsewhere, heirs_for, keys_made_by, left_without_admin
from workers.services import memberships, sessions
from workers.services.announcing import announce
from workers.services.keys import revoke_key


@transaction.atomic
def close_own(*, user: User, heirs: Mapping[int, int], now: datetime) -> None:
    """`heirs`: the membership that becomes admin, by the id of each organization that would have none left."""
    mine = list(user.memberships.filter(is_active=True).order_by("organization_id"))
    list(Organization.objects.select_for_update().filter(pk__in=[each.organization_id for each in mine]).order_by("pk"))
    for leaving in left_without_admin(user.pk):
        heir = heirs_for(leaving).filter(pk=heirs.get(leaving.organization_id, 0)).first()
        if heir is None:
            name = leaving.organization.name
            raise StaleState(f"You are the last admin of {name}. Choose who becomes admin in your place.")
        memberships.change_role(membership=heir, role=Role.ADMIN, actor=user, actor_role=Role.ADMIN)
    _close(user, actor=user, now=now)


@transaction.atomic
def close_for(*, membership: Membership, actor: User, actor_role: str, now: datetime) -> None:
    """An admin closes the account of a member who asked for it; not of one who belongs elsewhere, too."""
    if actor_role != Role.ADMIN:
        raise NotAllowed("Only an admin may close a member's account.")
    if membership.user_id == actor.pk:
        raise NotAllowed("Close your own account on its page.")
    if belongs_elsewhere(membership):
        raise StaleState("This person belongs to another organization, too: they close the account themselves.")
    _close(membership.user, actor=actor, now=now)


def _close(user: User, *, actor: User, now: datetime) -> None:
    """Answers, decisions and pay stay as they are: facts, under the person's pseudonym. The mail goes to the old
    address, as the last thing it is used for."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise StaleState("This account is closed already.")
    old = user.email
    send_after_commit(to=old, template="account_closed", name=user.name)
    announce("user.closed", user, actor=actor)
    sessions.end_all(user=user, actor=actor, why="closed")
    for key in keys_made_by(user.pk):
        revoke_key(key=key, actor=actor, now=now)
    user.memberships.update(is_active=False)
    user.labeler_groups.clear()
    Authenticator.objects.filter(user=user).delete()
    Invitation.objects.filter(email__iexact=old, accepted_at=None, revoked_at=None).update(revoked_at=now)
    nobody = f"closed-{user.pk}"
    Invitation.objects.filter(email__iexact=old).update(email=nobody + NOBODY)
    Invitation.objects.filter(accepted_by=user).update(email=nobody + NOBODY)
    for log in (AccessAttempt, AccessLog):
        log.objects.filter(username__iexact=old).delete()
    user.name, user.email = nobody, nobody + "@closed" + NOBODY
    user.language, user.theme, user.preferences, user.last_login = "", "", {}, None
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
