"""The people page: members, invitations, groups."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from labeling.errors import GroundworkError, NotAllowed
from labeling.problem_words import error_in_words
from workers.links import invitation_link
from workers.models import Invitation, Membership
from workers.selectors import access
from workers.selectors.membership import LABELS
from workers.selectors.second_factors import with_factors
from workers.services import groups, invitations, memberships, second_factors, sessions
from workers.web import shown_once
from workers.web.access import needs
from workers.web.confirming import ask_first
from workers.web.forms import GroupForm, InviteForm, LimitsForm, roles_for
from workers.web.signing_in import must_confirm


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    membership = request.membership  # type: ignore[attr-defined]  # set by OrganizationMiddleware
    organization = membership.organization
    roles = roles_for(membership.role)
    given = {role for role, _label in roles}
    members = list(with_factors(access.members(organization)).order_by("user__name", "pk"))
    people = _choices(members)
    context = {
        "members": [{"row": row, "may_change": row.role in given, "labels": row.role in LABELS} for row in members],
        "most": {"answers": memberships.MOST_ANSWERS, "minutes": memberships.MOST_MINUTES},
        "roles": roles,
        "invitations": access.invitations(organization).order_by("-id"),
        "groups": [
            {"row": group, "form": GroupForm(group=group, people=people)}
            for group in access.groups(organization).order_by("name")
        ],
        "invite_form": InviteForm(actor_role=membership.role),
        "group_form": GroupForm(people=people, prefix="new"),
        "now": timezone.now(),
        "nav_section": "people",
        "new_link": shown_once.take(request, _new_link(request)),
    }
    return render(request, "people/people.html", context | more, status=status)


def _new_link(request: HttpRequest) -> str:
    return f"invitation of {request.membership.organization_id}"  # type: ignore[attr-defined]


def _link_made(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    shown_once.keep(request, _new_link(request), email=invitation.email, link=invitation_link(token))
    return redirect("people")


def _choices(members: Iterable[Membership]) -> list[tuple[int, str]]:
    """Who may be in a group: not those who closed their account."""
    return [(row.user_id, f"{row.user.name} ({row.user.email})") for row in members if row.user.is_active]


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user, "actor_role": request.membership.role}  # type: ignore[attr-defined]


def _told(request: HttpRequest, error: GroundworkError) -> HttpResponse:
    """Back to the page with the reason; what the role forbids is a 403."""
    if isinstance(error, NotAllowed):
        raise PermissionDenied(str(error)) from error
    messages.error(request, error_in_words(error))
    return redirect("people")


@needs("manage")
@never_cache
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    return _page(request)


@needs("manage")
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """The page again, this one time with the link."""
    organization = request.membership.organization  # type: ignore[attr-defined]
    form = InviteForm(request.POST, actor_role=request.membership.role)  # type: ignore[attr-defined]
    if not form.is_valid():
        return _page(request, 400, invite_form=form)
    try:
        invitation, token = invitations.invite(
            organization=organization, now=timezone.now(), **form.cleaned_data, **_by(request)
        )
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except GroundworkError as error:
        form.add_error("email", error_in_words(error))
        return _page(request, 409, invite_form=form)
    return _link_made(request, invitation, token)


@needs("manage")
@require_POST
def change_invitation(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    organization = request.membership.organization  # type: ignore[attr-defined]
    invitation = get_object_or_404(access.invitations(organization), pk=pk)
    try:
        if action == "resend":
            token = invitations.resend(invitation=invitation, now=timezone.now(), **_by(request))
            return _link_made(request, invitation, token)
        invitations.revoke(invitation=invitation, now=timezone.now(), **_by(request))
    except GroundworkError as error:
        return _told(request, error)
    messages.success(request, _("The invitation is revoked."))
    return redirect("people")


@needs("manage")
@require_POST
def change_member(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    membership = get_object_or_404(
        access.members(request.membership.organization),  # type: ignore[attr-defined]
        pk=pk,
    )
    if action == "reset-second-factor" and must_confirm(request):
        return ask_first(reverse("people"))
    try:
        if action == "limits":
            form = LimitsForm(request.POST)
            if not form.is_valid():
                messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
                return redirect("people")
            memberships.set_limits(membership=membership, limits=form.cleaned_data, **_by(request))
        elif action == "role":
            memberships.change_role(membership=membership, role=request.POST.get("role", ""), **_by(request))
        elif action == "reset-second-factor":
            second_factors.reset_for(membership=membership, **_by(request))
        elif action == "end-sessions":
            sessions.end_for(membership=membership, **_by(request))
        else:
            move = memberships.deactivate if action == "deactivate" else memberships.reactivate
            move(membership=membership, **_by(request))
    except GroundworkError as error:
        return _told(request, error)
    messages.success(request, _("%(name)s is changed.") % {"name": membership.user.name})
    return redirect("people")


@needs("manage")
@require_POST
def create_group(request: HttpRequest) -> HttpResponse:
    organization = request.membership.organization  # type: ignore[attr-defined]
    form = GroupForm(request.POST, people=_choices(access.members(organization)), prefix="new")
    if not form.is_valid():
        return _page(request, 400, group_form=form)
    try:
        groups.create(
            organization=organization,
            name=form.cleaned_data["name"],
            user_ids=form.cleaned_data["users"],
            actor=request.user,  # type: ignore[arg-type]  # signed in
        )
    except GroundworkError as error:
        return _told(request, error)
    return redirect("people")


@needs("manage")
@require_POST
def change_group(request: HttpRequest, pk: int) -> HttpResponse:
    organization = request.membership.organization  # type: ignore[attr-defined]
    group = get_object_or_404(access.groups(organization), pk=pk)
    if "delete" in request.POST:
        groups.delete(group=group, actor=request.user)  # type: ignore[arg-type]  # signed in
        messages.success(request, _("The group is deleted."))
        return redirect("people")
    form = GroupForm(request.POST, people=_choices(access.members(organization)), prefix=f"group-{group.pk}")
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("people")
    name, user_ids = form.cleaned_data["name"], form.cleaned_data["users"]
    try:
        groups.change(group=group, name=name, user_ids=user_ids, actor=request.user)  # type: ignore[arg-type]
    except GroundworkError as error:
        return _told(request, error)
    messages.success(request, _("The group is saved."))
    return redirect("people")
