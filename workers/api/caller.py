"""Who calls the API, and for which organization: a key or a signed-in person."""

from dataclasses import dataclass

from rest_framework.request import Request

from labeling.errors import NotAllowed
from workers.models import ApiKey, Membership, Organization, User
from workers.selectors.membership import LABELS, MANAGES, REVIEWS, SEES
from workers.web.signing_in import must_confirm


@dataclass(frozen=True)
class Caller:
    organization: Organization
    mode: str  # data of the other mode does not exist for this caller
    role: str
    user: User | None  # None for a key
    key: ApiKey | None

    @property
    def name(self) -> str:
        return f"key:{self.key.pk}" if self.key else f"user:{self.user.pk}"  # type: ignore[union-attr]  # one of them is set

    @property
    def rank(self) -> str:
        """The role whose rights over other people this caller has: keys stand in for a person by their scope."""
        if not self.key:
            return self.role
        return next((r for s, r in (("admin", "admin"), ("write", "manager")) if s in self.key.scopes), "member")

    def may(self, right: str) -> bool:
        """Rights: see, manage, admin (people, keys), follow (what reviewers do), answer (for a machine); and label and
        review, a person's own work: never by key."""
        if right == "answer":
            return (self.key is not None and "answer" in self.key.scopes) or self.may("manage")
        if self.key:
            scope = {"see": "read", "follow": "read", "manage": "write", "admin": "admin"}.get(right)
            return scope in self.key.scopes
        roles = {"see": SEES, "manage": MANAGES, "admin": {"admin"}, "follow": SEES | REVIEWS}
        roles |= {"label": LABELS, "review": REVIEWS}
        return self.role in roles[right]


def caller_of_key(key: ApiKey) -> Caller:
    return Caller(organization=key.organization, mode=key.mode, role="", user=None, key=key)


def caller_of_member(membership: Membership, user: User) -> Caller:
    return Caller(organization=membership.organization, mode="live", role=membership.role, user=user, key=None)


class ApiRequest(Request):
    """A request past `InOrganization`: the type of `request` in views."""

    caller: Caller


def check_factor_shown(request: Request) -> None:
    """As on the page: who has a second factor, and signed in a while ago, signs in anew first. Keys are not asked."""
    if request.caller.user and must_confirm(request._request):  # type: ignore[attr-defined]  # set by the authentication
        raise NotAllowed("You signed in a while ago. Sign in again, with your second factor, before you do this.")
