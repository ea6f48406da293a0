"""Which quality policy is in force, and what its calibration found."""

from dataclasses import dataclass
from datetime import datetime

from labeling.quality.confidence import Curve
from labeling.quality.deciding import Aim
from labeling.quality.stopping import TAU
from tasks.models import Calibration, LeftOut, Project, QualityPolicy
from tasks.models.policy import Rule


@dataclass(frozen=True)
class InForce:
    """The policy and the calibration of now; number 0 where there is none yet and the defaults hold."""

    policy: QualityPolicy
    calibration: Calibration

    @property
    def is_adaptive(self) -> bool:
        return self.policy.rule == Rule.AGREE

    def curve(self, method: str) -> Curve | None:
        """What makes the method's confidence honest, where that was measured."""
        found = self.calibration.curves.get(method)
        return Curve(found["slope"], found["shift"]) if found else None

    def aim(self, ceiling: int | None = None) -> Aim:
        """The policy's, for a task with a ceiling of its own."""
        most = ceiling or self.policy.ceiling
        floor = min(self.policy.floor, most)
        return Aim(ceiling=most, floor=floor, tau=self.calibration.tau, review_below=self.policy.review_below)

    def basis(self, *, schema: int, fitted_at: datetime | None) -> dict[str, object]:
        """What a consensus of now is judged by, to be kept with it."""
        return {
            "tau": self.calibration.tau if self.is_adaptive else None,
            "temperature": self.calibration.temperature,
            "policy": self.policy.number,
            "calibration": self.calibration.number,
            "calibrated_on": self.calibration.evidence.get("on", "audit") if self.calibration.number else "nothing",
            "schema": schema,
            "fitted_at": fitted_at and fitted_at.isoformat(),
        }


def policy_of(project: Project | int) -> QualityPolicy:
    """The newest; an unsaved one of defaults, number 0, where none was ever made."""
    project_id = project if isinstance(project, int) else project.pk
    newest = QualityPolicy.objects.filter(project_id=project_id).order_by("-number").first()
    return newest or QualityPolicy(project_id=project_id, number=0)


def calibration_of(project: Project | int) -> Calibration:
    """The newest; an unsaved one of defaults, number 0, until there is evidence."""
    project_id = project if isinstance(project, int) else project.pk
    newest = Calibration.objects.filter(project_id=project_id).order_by("-number").first()
    return newest or Calibration(project_id=project_id, number=0, tau=TAU, temperature=1.0)


def in_force(project_id: int) -> InForce:
    return InForce(policy_of(project_id), calibration_of(project_id))


def left_out_of(project_id: int) -> frozenset[int]:
    """Ids of the people whose answers count for nothing."""
    return frozenset(
        LeftOut.objects.filter(project_id=project_id, ended_at=None).values_list("annotator_id", flat=True)
    )
