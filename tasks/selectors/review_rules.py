"""How a project reviews: its own rules, and the installation's where it has none."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings

from tasks.models import ReviewRules

FIELDS = ("lease_seconds", "fix_hours", "rejection_brake", "second_reviews")


@dataclass(frozen=True, slots=True)
class RulesInForce:
    lease_seconds: int  # a reviewer holds a task so long without a sign of life
    fix_hours: int  # an annotator has to fix a returned answer
    rejection_brake: int  # percent of a person's recent answers: rejecting more needs a second reviewer
    second_reviews: int  # percent of reviews that are repeated blind

    def lease_until(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.lease_seconds)

    def fix_until(self, now: datetime) -> datetime:
        return now + timedelta(hours=self.fix_hours)


def installation_rules() -> RulesInForce:
    return RulesInForce(
        lease_seconds=settings.REVIEW_LEASE_SECONDS,
        fix_hours=settings.FIX_HOURS,
        rejection_brake=settings.REJECTION_BRAKE,
        second_reviews=settings.SECOND_REVIEWS,
    )


def own_rules(project_id: int) -> dict[str, int]:
    """Those that the project sets itself."""
    row = ReviewRules.objects.filter(project=project_id).values(*FIELDS).first() or {}
    return {name: value for name, value in row.items() if value is not None}


def review_rules_of(project_id: int) -> RulesInForce:
    return RulesInForce(**asdict(installation_rules()) | own_rules(project_id))
