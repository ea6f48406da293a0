"""Keep consensus up to date."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.subscriptions import subscribe
from tasks.models import Project
from tasks.selectors import quality as selectors
from tasks.services import consensus, measuring, rejecting
from tasks.services.consensus.refit import EAGER, NIGHT, REST


@shared_task
def update_project(project_id: int) -> None:
    """Apply the project's waiting answers."""
    if Project.objects.filter(pk=project_id).exists() and consensus.update_project(project_id=project_id):
        update_project.delay(project_id)


@shared_task
def measure_agreement(project_id: int) -> None:
    """The figures of a project whose page was looked at after new answers."""
    if project := Project.objects.filter(pk=project_id).first():
        measuring.measure(project=project, now=timezone.now())


@shared_task
def count_anew(project_id: int) -> None:
    """The kept figures of a large project whose pages are looked at."""
    if project := Project.objects.filter(pk=project_id).first():
        measuring.count_anew(project=project)


@shared_task
def finalize_rejections() -> int:
    """Close rejections whose time to be fixed is over. Run by beat."""
    return rejecting.finalize_overdue(now=timezone.now())


@shared_task
def update_waiting_projects() -> int:
    """Wake the projects whose event was lost or whose consumer died, and those due for their last fit. Run by beat."""
    project_ids = selectors.projects_to_update(timezone.now(), eager=EAGER, night=NIGHT, rest=REST)
    for project_id in project_ids:
        update_project.delay(project_id)
    return len(project_ids)


subscribe(
    update_project,
    *("answer.submitted", "answer.corrected", "answer.rejected", "answer.restored"),
    *("answers.left_out", "answers.taken_in", "policy.changed"),
    arguments=lambda event: (event.project_id,),
)
subscribe(measure_agreement, "agreement.asked", arguments=lambda event: (event.project_id,))
subscribe(count_anew, "figures.asked", arguments=lambda event: (event.payload["project"],))
