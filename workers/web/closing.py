"""Close one's own account, or that of a member who asked for it. Both say first what will happen."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from labeling.pseudonym import annotator_pseudonym
from workers.models import Membership, User
from workers.selectors import access
from workers.selectors.closing import belongs_elsewhere, heirs_for, keys_made_by, left_without_admin
from workers.services import closing
from workers.web.access import needs
from workers.web.confirming import factor_shown
from workers.web.forms import PasswordForm
from workers.web.security import is_my_password, me


class HeirsForm(PasswordForm):
    """The password, and for each organization that would lose its last admin, who comes next."""

    def __init__(self, *args: Any, leaving: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = {f"heir-{each.organization_id}": each.organization_id for each in leaving}
        for each in leaving:
            there = [(heir.pk, f"{heir.user.name} ({heir.user.email})") for heir in heirs_for(each)]
            label = _("New admin of %(organization)s") % {"organization": each.organization.name}
            alone = "" if there else _("Nobody else is a member. Invite somebody, or ask the operator of this server.")
            field = forms.TypedChoiceField(label=label, choices=[("", "–"), *there], coerce=int, help_text=alone)
            self.fields[f"heir-{each.organization_id}"] = field
        self.order_fields([*self.asked, "password"])

    def heirs(self) -> dict[int, int]:
        return {organization: self.cleaned_data[name] for name, organization in self.asked.items()}


@login_required
@factor_shown("GET", "POST")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def close_own(request: HttpRequest) -> HttpResponse:
    user = me(request)
    form = HeirsForm(request.POST if request.method == "POST" else None, leaving=list(left_without_admin(user.pk)))
    if form.is_valid() and _is_me(request, form):
        try:
            closing.close_own(user=user, heirs=form.heirs(), now=timezone.now())
        except GroundworkError as error:
            form.add_error(None, error_in_words(error))
        else:
            logout(request)  # the session is gone already
            messages.success(request, _t("Your account is closed. A mail says so, the last one you get."))
            return redirect("sign-in")
    context = {"form": form, "person": user, "is_own": True, **_consequences(user)}
    return render(request, "accounts/close.html", context, status=400 if form.is_bound else 200)


@needs("admin")
@factor_shown("GET", "POST")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def close_member(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(access.members(request.membership.organization), pk=pk)  # type: ignore[attr-defined]
    user = membership.user
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_me(request, form):
        rank = request.membership.role  # type: ignore[attr-defined]
        try:
            closing.close_for(membership=membership, actor=me(request), actor_role=rank, now=timezone.now())
        except GroundworkError as error:
            form.add_error(None, error_in_words(error))
        else:
            messages.success(request, _t("The account is closed, and the person is told by mail."))
            return redirect("people")
    context = {
        "form": form,
        "person": user,
        "is_own": False,
        "may_not": not user.is_active or user == request.user or belongs_elsewhere(membership),
        "nav_section": "people",
        **_consequences(user),
    }
    return render(request, "accounts/close.html", context, status=400 if form.is_bound else 200)


def _is_me(request: HttpRequest, form: PasswordForm) -> bool:
    if is_my_password(request, form.cleaned_data["password"]):
        return True
    form.add_error("password", _("The password is wrong."))
    return False


def _consequences(user: User) -> dict[str, Any]:
    mine = user.memberships.filter(is_active=True).select_related("organization").order_by("organization__name")
    return {
        "keys": keys_made_by(user.pk),
        "pseudonyms": [
            {
                "organization": each.organization.name,
                "name": annotator_pseudonym(organization_id=each.organization_id, user_id=user.pk),
            }
            for each in mine
        ],
    }
