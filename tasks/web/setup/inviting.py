"""Invitations out of the people step."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from labeling.errors import GroundworkError
from labeling.problem_words import in_words
from tasks.models import Project
from tasks.selectors.people import groups_of
from tasks.services.setting_up import free_name
from tasks.web.asking import membership_of, organization_of
from tasks.web.setup.people_forms import NEW, InviteForm
from workers.links import invitation_link
from workers.models import Group, Invitation, Role
from workers.selectors import access
from workers.services import groups, invitations

MOST_SHOWN = 20


def waiting(project: Project) -> QuerySet[Invitation]:
    open_ones = access.invitations(project.organization).filter(expires_at__gt=timezone.now(), role=Role.LABELER)
    return open_ones.order_by("-id")[:MOST_SHOWN]


def invite(
    request: HttpRequest, project: Project, form: InviteForm
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Those who could be invited, with their links; and the others, with the reason."""
    actor: Any = request.user
    now, data = timezone.now(), form.cleaned_data
    group = _group(project, form, actor)
    sent, refused = [], []
    about: dict[str, Any] = {"organization": organization_of(request), "actor": actor, "now": now, "group": group}
    for email in data["emails"]:
        try:
            made, token = invitations.invite(
                email=email, role=Role.LABELER, actor_role=membership_of(request).role, **about
            )
        except GroundworkError as error:
            refused.append({"email": email, "why": _why(error)})
        else:
            sent.append({"email": made.email, "link": invitation_link(token)})
    if places := data["places"]:
        _made, token = invitations.invite_by_link(places=places, **about)
        name = ngettext("A link for %(number)s person", "A link for %(number)s people", places) % {"number": places}
        sent.append({"email": name, "link": invitation_link(token)})
    return sent, refused


def _group(project: Project, form: InviteForm, actor: Any) -> Group | None:
    """The group they join, which may label the project from now on."""
    group = form.group
    if form.cleaned_data["into"] == NEW:
        name = free_name(project.name[:100], groups_of(project.organization_id))
        group = groups.create(organization=project.organization, name=name, actor=actor)
    if group and not project.open_to_all:
        project.groups.add(group)
    return group


def _why(error: GroundworkError) -> str:
    """In one sentence, which names the address."""
    problems = getattr(error, "problems", None)
    return " ".join(in_words(each.message) for each in problems) if problems else in_words(str(error))
