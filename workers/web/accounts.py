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
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from labeling.outbox import events
from workers.models import User
from workers.selectors.membership import LABELS, SEES, current_membership
from workers.services import people
from workers.web.forms import ProfileForm, SignInForm
from workers.web.middleware import CHOSEN

YEAR = 365 * 24 * 3600


class SignIn(views.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        remember_choices(response, form.get_user())
        return response


class ResetForm(PasswordResetForm):
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only an event, for known and unknown addresses alike: the reply and its time tell nothing. A job mails."""
        user = User.objects.filter(email__iexact=self.cleaned_data["email"].strip(), is_active=True).first()
        events.emit("user.password_reset_asked", organization_id=None, object_id=user.pk if user else None)


class PasswordReset(views.PasswordResetView):
    template_name = "accounts/password_reset.html"
    form_class = ResetForm
    success_url = reverse_lazy("password-reset-sent")


class PasswordResetConfirm(views.PasswordResetConfirmView):
    template_name = "accounts/password_new.html"
    success_url = reverse_lazy("sign-in")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed. Sign in with it."))
        return super().form_valid(form)


class PasswordChange(views.PasswordChangeView):
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed. Other devices are signed out."))
        return super().form_valid(form)


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
    return render(request, "accounts/account.html", {"form": form})


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
