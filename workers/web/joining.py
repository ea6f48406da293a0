"""The page behind an invitation's link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from labeling.errors import InvalidInput, StaleState
from labeling.problem_words import error_in_words, in_words
from workers.models import Invitation
from workers.selectors.access import invitation_of
from workers.services import invitations
from workers.web.forms import AcceptForm
from workers.web.middleware import CHOSEN
from workers.web.signing_in import sign_in


@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        found = invitation_of(token, now=now)
    except Invitation.DoesNotExist:
        return render(request, "accounts/invitation_over.html", status=404)
    if request.user.is_authenticated:
        form = None
        if request.method == "POST":
            return _join_as_me(request, found)
    else:
        form = AcceptForm(request.POST or None, asks_address=not found.email)
        if request.method == "POST" and form.is_valid() and (done := _join_as_new(request, found, form)):
            return done
    return render(request, "accounts/invitation.html", {"invitation": found, "form": form})


def _join_as_me(request: HttpRequest, found: Invitation) -> HttpResponse:
    try:
        invitations.accept(invitation=found, user=request.user, now=timezone.now())  # type: ignore[arg-type]
    except StaleState as error:
        messages.error(request, error_in_words(error))
        return redirect("home")
    return _welcome(request, found)


def _join_as_new(request: HttpRequest, found: Invitation, form: AcceptForm) -> HttpResponse | None:
    """None when the form has to be shown again with what is wrong."""
    try:
        membership = invitations.accept_as_new_person(invitation=found, now=timezone.now(), **form.cleaned_data)
    except InvalidInput as error:
        for problem in error.problems:
            form.add_error(problem.path, in_words(problem.message))
        return None
    except StaleState as error:
        form.add_error(None, error_in_words(error))
        return None
    sign_in(request, membership.user, how="invitation")
    return _welcome(request, found)


def _welcome(request: HttpRequest, found: Invitation) -> HttpResponse:
    request.session[CHOSEN] = found.organization_id
    messages.success(request, _("Welcome to %(organization)s.") % {"organization": found.organization.name})
    return redirect("home")
