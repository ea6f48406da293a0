from typing import Any

from django.http import HttpRequest

from workers.mail import is_sent
from workers.selectors.membership import LABELS, MANAGES, REVIEWS, SEES, organizations_of


def people(request: HttpRequest) -> dict[str, Any]:
    """For every page: the organization, the person's others, which sections to show, and whether mail arrives."""
    membership = getattr(request, "membership", None)
    if not membership:
        return {"organization": None, "organizations": [], "nav": {}, "mail_is_sent": is_sent()}
    role = membership.role
    return {
        "organization": membership.organization,
        "organizations": organizations_of(membership.user_id),
        "membership": membership,
        "mail_is_sent": is_sent(),
        "nav": {
            "work": role in LABELS,
            "see": role in SEES,
            "manage": role in MANAGES,
            "review": role in REVIEWS,
            "admin": role == "admin",
        },
    }
