"""Sign-in, sign-out, passwords, one's own account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordResetForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from labeling.http.caller_address import caller_address
from labeling.outbox import events
from workers.models import User
from workers.selectors.membership import LABELS, SEES, current_membership
from workers.selectors.second_factors import has_second_factor
from workers.services import people, sessions
from workers.services.announcing import announce
from workers.web import signing_in
from workers.web.confirming import factor_shown
from workers.web.forms import ProfileForm
from workers.web.middleware import CHOSEN
from workers.web.signing_in import count_failure, locked_out

YEAR = 365 * 24 * 3600


class ResetForm(PasswordResetForm):
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only an event, for known and unknown addresses alike: the reply and its time tell nothing. A job mails."""
        user = User.objects.filter(email__iexact=self.cleaned_data["email"].strip(), is_active=True).first()
        events.emit("user.password_reset_asked", organization_id=None, object_id=user.pk if user else None)


class SignOut(views.LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        signing_in.sign_out(request)
        return super().post(request, *args, **kwargs)


class PasswordReset(views.PasswordResetView):
    template_name = "accounts/password_reset.html"
    form_class = ResetForm
    success_url = reverse_lazy("password-reset-sent")


class PasswordResetConfirm(views.PasswordResetConfirmView):
    template_name = "accounts/password_new.html"
    success_url = reverse_lazy("sign-in")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed. Sign in with it."))
        user: User = self.user  # type: ignore[assignment]  # the link was right
        announce("user.password_changed", user, actor=None, how="mail", address=caller_address(self.request))
        reply = super().form_valid(form)
        sessions.end_all(user=user, actor=None, why="password")
        return reply


@method_decorator(factor_shown("GET", "POST"), name="dispatch")
class PasswordChange(views.PasswordChangeView):
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("account")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if locked_out(request, request.user.email):  # type: ignore[union-attr]  # signed in
            return redirect("account")
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        """A wrong old password counts as one at sign-in: a session left open is no way to guess it."""
        if "old_password" in form.errors:
            count_failure(self.request, form.user.email, step="password")
        return super().form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed. Other devices are signed out."))
        user: User = self.request.user  # type: ignore[assignment]  # signed in
        announce("user.password_changed", user, actor=user, how="account", address=caller_address(self.request))
        before = self.request.session.session_key
        reply = super().form_valid(form)
        signing_in.password_changed(self.request, user, before=before)
        return reply


def remember_choices(response: HttpResponse, user: User) -> None:
    """Language and theme live in cookies, so that pages know them before they know the person."""
    remember_language(response, user.language)
    remember(response, "theme", user.theme)


def remember_language(response: HttpResponse, language: str) -> None:
    remember(response, settings.LANGUAGE_COOKIE_NAME, language)


def remember(response: HttpResponse, cookie: str, value: str) -> None:
    if value:
        response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.SECURE)
    else:
        response.delete_cookie(cookie, samesite="Lax")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: of the account, and for who is not signed in by a cookie alone."""
    wanted = request.POST.get("language", "")
    target = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    response = redirect(target if known else "home")
    if wanted in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            people.change_language(user=request.user, language=wanted)
        remember_language(response, wanted)
    return response


@login_required
def account(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # signed in
    form = ProfileForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        people.change_profile(user=user, **{name: form.cleaned_data[name] for name in ("name", "language", "theme")})
        people.change_preferences(user=user, changes=form.preferences())
        messages.success(request, _("Saved."))
        response = redirect("account")
        remember_choices(response, user)
        return response
    context = {"form": form, "has_second_factor": has_second_factor(user.pk)}
    return render(request, "accounts/account.html", context)


def home(request: HttpRequest) -> HttpResponse:
    """To each role its first page."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    membership = request.membership  # type: ignore[attr-defined]  # set by OrganizationMiddleware
    if not membership:
        return render(request, "accounts/no_organization.html")
    if membership.role in SEES:
        return redirect("/projects/")
    return redirect("/work/" if membership.role in LABELS else "account")


@require_POST
@login_required
def switch_organization(request: HttpRequest) -> HttpResponse:
    """Only to an organization one belongs to; any other number changes nothing."""
    wanted = request.POST.get("organization", "")
    if wanted.isdecimal() and len(wanted) < 19:
        membership = current_membership(user_id=request.user.pk, organization_id=int(wanted))  # type: ignore[arg-type]
        if membership and membership.organization_id == int(wanted):
            request.session[CHOSEN] = membership.organization_id
    target = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    # a page about one object of the old organization would be missing in the new one
    sections = ("/work/", "/projects/", "/datasets/", "/people/", "/settings/keys/", "/help/")
    return redirect(target if known and target in sections else "home")
