"""Jobs of the queue `distribute`."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.models import Event
from labeling.outbox.subscriptions import subscribe
from tasks.models import Project
from tasks.selectors.eligibility import organizations_at_work
from tasks.selectors.workload import annotators
from tasks.services import launching, leasing, offering, taking_back


@shared_task
def distribute(organization_id: int) -> int:
    """Fill the inboxes of everybody at work in the organization."""
    return offering.distribute(organization_id=organization_id, now=timezone.now())


@shared_task
def refill_inbox(organization_id: int, user_id: int) -> int:
    """Fill the inbox of one person that runs low."""
    who = annotators(organization_id, [user_id], offering.MODE).get(user_id)
    return offering.refill(who=who, now=timezone.now()) if who else 0


@shared_task
def distribute_everywhere() -> int:
    """One job per organization at work. Beat runs this twice a minute, whatever messages were lost."""
    organizations = organizations_at_work(timezone.now())
    for organization_id in organizations:
        distribute.apply_async(args=(organization_id,), retry=False)
    return len(organizations)


@shared_task
def expire_leases() -> int:
    """Give overdue offers and leases back to the pool. Beat runs this three times a minute."""
    return leasing.expire_overdue(now=timezone.now())


@shared_task
def withdraw_offers(project_id: int) -> int:
    """Empty the inboxes of a project that does not run any more."""
    return offering.withdraw_offers(project_id=project_id, now=timezone.now())


@shared_task
def take_back_from_person(organization_id: int, user_id: int) -> int:
    """A member may do less a day, or labels no more."""
    return taking_back.take_back_from_person(organization_id=organization_id, user_id=user_id, now=timezone.now())


@shared_task
def take_back_of_project(project_id: int) -> int:
    """People may do less of the project a day."""
    return taking_back.take_back_of_project(project_id=project_id, now=timezone.now())


@shared_task
def open_new_items(project_id: int) -> int:
    """Open tasks for the items of a project's datasets that have none: after a launch that was cut off, say."""
    project = Project.objects.get(pk=project_id)
    return launching.open_new_items(project, now=timezone.now())


@shared_task
def open_uploaded_items(upload_id: int) -> int:
    """The same for every project that is fed by the upload's dataset."""
    projects = list(Project.objects.filter(datasets__uploads=upload_id, state__in=launching.FILLS).distinct())
    return sum(launching.open_new_items(project, now=timezone.now()) for project in projects)


def _organization(event: Event) -> tuple[int] | None:
    return (event.organization_id,) if event.organization_id is not None else None


def _inbox(event: Event) -> tuple[int, int] | None:
    """Whose inbox it is: the event of a low one names the person."""
    if event.organization_id is None or event.object_id is None:
        return None
    return event.organization_id, event.object_id


def _member(event: Event) -> tuple[int, int] | None:
    return None if event.organization_id is None else (event.organization_id, event.payload["user"])


def _limits(event: Event) -> tuple[int] | None:
    """The project, if it is its limit that was changed."""
    return (event.object_id,) if event.object_id and "most_answers" in event.payload.get("fields", ()) else None


subscribe(distribute, "tasks.opened", "tasks.escalated", "tasks.reopened", "project.resumed", arguments=_organization)
subscribe(refill_inbox, "inbox.low", arguments=_inbox)
subscribe(withdraw_offers, "project.paused", "project.completed", "project.archived")
subscribe(
    take_back_from_person,
    *("membership.limits_changed", "membership.deactivated", "membership.role_changed"),
    arguments=_member,
)
subscribe(take_back_of_project, "project.changed", arguments=_limits)
subscribe(open_new_items, "project.launched", "project.resumed")
subscribe(open_uploaded_items, "upload.done", "upload.canceled", "upload.failed")
