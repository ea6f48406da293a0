from workers.models.access import ApiKey, Invitation
from workers.models.people import Group, Membership, Organization, Role, SecondFactorFor, User
from workers.models.placeholders import Placeholder
from workers.models.restrictions import Restriction, RestrictionKind, RestrictionReason

__all__ = [
    "ApiKey",
    "Group",
    "Invitation",
    "Membership",
    "Organization",
    "Placeholder",
    "Restriction",
    "RestrictionKind",
    "RestrictionReason",
    "Role",
    "SecondFactorFor",
    "User",
]
