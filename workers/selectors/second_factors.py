"""Which second factors a person has, and who needs one."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from workers.models import Membership, Organization, Role, SecondFactorFor

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for these
WHO: dict[str, frozenset[str]] = {
    SecondFactorFor.NOBODY: frozenset(),
    SecondFactorFor.ADMINS: frozenset({Role.ADMIN}),
    SecondFactorFor.MANAGERS: frozenset({Role.ADMIN, Role.MANAGER}),
    SecondFactorFor.EVERYBODY: frozenset(Role.values),
}


def factors_of(user_id: int) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user_id=user_id, type__in=FACTORS).order_by("pk")


def passkeys_of(user_id: int) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.WEBAUTHN).order_by("pk")


def has_second_factor(user_id: int) -> bool:
    return factors_of(user_id).exists()


def codes_left(user_id: int) -> int:
    row = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(row.wrap().get_unused_codes()) if row else 0


def must_have_one(membership: Membership) -> bool:
    return membership.role in WHO[membership.organization.second_factor_for]


def with_factors(members: QuerySet[Membership]) -> QuerySet[Membership]:
    """Each with `has_factor`."""
    return members.annotate(has_factor=Exists(_theirs()))


def without_one(organization: Organization) -> QuerySet[Membership]:
    """Active members who have no second factor, whether they need one or not."""
    members = Membership.objects.filter(organization=organization, is_active=True, user__is_active=True)
    return members.filter(~Exists(_theirs())).select_related("user", "organization").order_by("user__name", "pk")


def _theirs() -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=FACTORS)
