"""The pages of signing in: password, second step, passkey."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth import views
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from workers import second_factors
from workers.api.throttles import SignInThrottle
from workers.models import User
from workers.selectors.second_factors import factors_of, passkeys_of
from workers.web import signing_in
from workers.web.accounts import remember_choices
from workers.web.forms import CodeForm, SignInForm


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class SignIn(views.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        user, target = form.get_user(), self.get_success_url()
        if signing_in.keep_waiting(self.request, user, target):
            return redirect("sign-in-second")
        return _welcome(self.request, user, target, how="password")

    def form_invalid(self, form: Any) -> HttpResponse:
        signing_in.failed(self.request, str(form.cleaned_data.get("username", "")), step="password")
        return super().form_invalid(form)


@never_cache
@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """After the password: a code of the app, a recovery code, or a passkey."""
    user = signing_in.who_waits(request)
    if user is None:
        return redirect("sign-in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if "credential" in request.POST:
        form = CodeForm()
        if signing_in.right_passkey(request, credential_of(request), user):
            return _welcome(request, user, signing_in.target_of(request), how="webauthn")
        messages.error(request, _("The passkey did not work. Try again."))
    elif form.is_valid():
        if kind := signing_in.right_code(request, user, form.cleaned_data["code"]):
            return _welcome(request, user, signing_in.target_of(request), how=kind)
        form.add_error("code", _("This code is wrong, too old, or was used."))
    options = second_factors.options_to_use(user) if passkeys_of(user.pk).exists() else None
    context = {"form": form, "options": options, "has_app": factors_of(user.pk).filter(type="totp").exists()}
    return render(request, "accounts/second_step.html", context, status=400 if request.method == "POST" else 200)


@never_cache
@sensitive_post_parameters("credential")
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """GET: what the browser has to sign. POST: what it signed, which lets its owner in."""
    if not SignInThrottle().allow_request(request, None):  # type: ignore[arg-type]  # it reads the address only
        return JsonResponse({"detail": "Too many requests."}, status=429)
    if request.method == "GET":
        if not request.user.is_authenticated:
            request.session.set_expiry(signing_in.PATIENCE)
        return JsonResponse(second_factors.options_to_use(None))
    user = signing_in.right_passkey(request, credential_of(request), None)
    target = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    if user:
        return _welcome(request, user, target if known else reverse("home"), how="webauthn")
    messages.error(request, _("The passkey did not work. Sign in with your password."))
    return redirect(reverse("sign-in") + ("?" + urlencode({"next": target}) if known else ""))


def operators(request: HttpRequest) -> HttpResponse:
    """In place of the sign-in of Django's admin, which knows no second step."""
    if request.user.is_authenticated:
        raise PermissionDenied("These pages are for operators of the server.")
    return redirect(reverse("sign-in") + "?" + urlencode({"next": request.GET.get("next", "/admin/")}))


def credential_of(request: HttpRequest) -> Any:
    try:
        return json.loads(request.POST.get("credential", ""))
    except (ValueError, RecursionError):
        return None


def _welcome(request: HttpRequest, user: User, target: str, *, how: str) -> HttpResponse:
    signing_in.sign_in(request, user, how=how)
    response = redirect(target)
    remember_choices(response, user)
    return response
