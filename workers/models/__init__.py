from workers.models.access import ApiKey, Invitation
from workers.models.people import Group, Membership, Organization, Role, User

__all__ = ["ApiKey", "Group", "Invitation", "Membership", "Organization", "Role", "User"]
