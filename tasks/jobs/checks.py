"""Measure answers by what is known, and people by their answers. Queue `quality`."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.models import Event
from labeling.outbox.subscriptions import subscribe
from tasks.models import Project
from tasks.selectors.skills import skills_due
from tasks.services import gold, judging, pairs, skilling


@shared_task
def measure_answers(project_id: int) -> int:
    """Measure the project's answers to gold that were not measured yet, and the people who gave them."""
    now = timezone.now()
    touched = judging.judge_project(project_id=project_id, now=now)
    if touched and (project := Project.objects.filter(pk=project_id).first()):
        skilling.refresh(project=project, annotator_ids=touched, now=now)
    return len(touched)


@shared_task
def measure_waiting_answers() -> int:
    """Wake the projects with answers that nobody measured: a lost message, a dead worker. Run by beat."""
    projects = judging.projects_with_unmeasured()
    for project_id in projects:
        measure_answers.delay(project_id)
    return len(projects)


@shared_task
def work_out_skills(project_id: int) -> int:
    """Anew for those who answered since, now that the consensus knows more; and who makes whose mistakes."""
    now = timezone.now()
    people = skilling.refresh_project(project_id=project_id, now=now)
    if project := Project.objects.filter(pk=project_id).first():
        pairs.look_for_pairs(project=project, now=now)
    return people


@shared_task
def work_out_skills_due() -> int:
    """Wake the projects whose consensus has grown, or came to rest, since their skills were worked out. Run by beat."""
    projects = skills_due(timezone.now())
    for project_id in projects:
        work_out_skills.delay(project_id)
    return len(projects)


@shared_task
def recheck_gold(project_id: int) -> int:
    """Look at what is known once more under the schema of now."""
    project = Project.objects.filter(pk=project_id).first()
    return gold.recheck(project=project, now=timezone.now()) if project else 0


def _checked(event: Event) -> tuple[int] | None:
    """Only answers to tasks with a known answer."""
    return (event.project_id,) if event.project_id is not None and event.payload.get("check") else None


subscribe(measure_answers, "answer.submitted", "answer.corrected", arguments=_checked)
subscribe(measure_answers, "gold.added", "gold.changed", arguments=lambda event: (event.project_id,))
subscribe(recheck_gold, "project.version_created")
