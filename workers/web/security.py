"""One's own second factors: what is on, add, remove. Changing them asks who you are, if you signed in a while ago."""

from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from workers import second_factors
from workers.models import User
from workers.selectors.second_factors import codes_left, factors_of, has_second_factor, must_have_one, passkeys_of
from workers.services import second_factors as services
from workers.web import shown_once, signing_in
from workers.web.confirming import confirmed
from workers.web.forms import CodeForm, ConfirmForm, PasskeyForm
from workers.web.sign_in_pages import credential_of

CODES = "recovery codes"
SECRET = "totp_secret"  # in the session, until a code has shown that the app knows it


@login_required
@never_cache
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    user = me(request)
    factors = list(factors_of(user.pk))
    membership = request.membership  # type: ignore[attr-defined]  # set by OrganizationMiddleware
    app = next((each for each in factors if each.type == "totp"), None)
    context = {
        "app": app,
        "app_name": (app and app.data.get("name")) or _("Authenticator app"),
        "passkeys": [{"row": each, "name": each.data["name"]} for each in factors if each.type == "webauthn"],
        "codes_left": codes_left(user.pk),
        "has_any": bool(factors),
        "needed": bool(membership) and must_have_one(membership) and not factors,
    }
    return render(request, "accounts/security.html", context)


@login_required
@never_cache
@sensitive_post_parameters("password", "credential")
@require_http_methods(["GET", "POST"])
def confirm_again(request: HttpRequest) -> HttpResponse:
    """A passkey, or the password, and with it the code of who has a second factor: what is changed here undoes it."""
    user = me(request)
    has_factor = has_second_factor(user.pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None, with_code=has_factor)
    if "credential" in request.POST:
        form = ConfirmForm(with_code=has_factor)
        if signing_in.right_passkey(request, credential_of(request), user):
            return _go_on(request)
        messages.error(request, _("The passkey did not work. Try again."))
    elif form.is_valid():
        if not is_my_password(request, form.cleaned_data["password"]):
            form.add_error("password", _("The password is wrong."))
        elif has_factor and not signing_in.right_code(request, user, form.cleaned_data["code"]):
            form.add_error("code", _("This code is wrong, too old, or was used."))
        else:
            return _go_on(request)
    options = second_factors.options_to_use(user) if passkeys_of(user.pk).exists() else None
    context = {"form": form, "options": options, "next": request.POST.get("next", request.GET.get("next", ""))}
    return render(request, "accounts/confirm.html", context, status=400 if request.method == "POST" else 200)


@confirmed
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def totp_new(request: HttpRequest) -> HttpResponse:
    """Show a secret; once its code is typed in, the app is a second factor."""
    user = me(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    secret = request.session.get(SECRET) if form.is_bound else None
    if secret and form.is_valid():
        try:
            codes = services.add_app(user=user, secret=secret, code=form.cleaned_data["code"], now=timezone.now())
        except GroundworkError as error:
            form.add_error("code", error_in_words(error).removeprefix("code: "))
        else:
            del request.session[SECRET]
            return _added(request, codes, _("The authenticator app is added."))
    secret = secret or second_factors.new_secret()
    request.session[SECRET] = secret
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {"form": form, "secret": spaced, "picture": second_factors.picture_of(secret, user)}
    return render(request, "accounts/totp_new.html", context, status=400 if form.is_bound else 200)


@confirmed
@sensitive_post_parameters("credential")
@require_http_methods(["GET", "POST"])
def passkey_new(request: HttpRequest) -> HttpResponse:
    user = me(request)
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            credential = second_factors.check_new(credential_of(request))
            name = form.cleaned_data["name"] or _("Passkey %(number)s") % {"number": passkeys_of(user.pk).count() + 1}
            codes = services.add_passkey(user=user, name=name, credential=credential, now=timezone.now())
        except GroundworkError as error:
            form.add_error(None, error_in_words(error).removeprefix("credential: "))
        else:
            return _added(request, codes, _("The passkey is added."))
    context = {"form": form, "options": second_factors.options_to_add(user)}
    return render(request, "accounts/passkey_new.html", context, status=400 if form.is_bound else 200)


@confirmed
@require_POST
def factor_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = factors_of(request.user.pk).filter(pk=pk).first()  # type: ignore[arg-type]  # signed in
    if found is None:
        raise Http404
    services.remove(user=me(request), pk=pk)
    messages.success(request, _("It is removed."))
    return redirect("security")


@confirmed
@require_POST
def factor_rename(request: HttpRequest, pk: int) -> HttpResponse:
    if not factors_of(request.user.pk).filter(pk=pk).exists():  # type: ignore[arg-type]  # signed in
        raise Http404
    try:
        services.rename(user=me(request), pk=pk, name=request.POST.get("name", ""))
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    return redirect("security")


@confirmed
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """POST makes them anew; GET shows those just made, this one time."""
    if request.method == "GET":
        codes = shown_once.take(request, CODES).get("codes")
        return render(request, "accounts/recovery_codes.html", {"codes": codes}) if codes else redirect("security")
    try:
        codes = services.new_recovery_codes(user=me(request))
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
        return redirect("security")
    return _shown_once(request, codes)


def is_my_password(request: HttpRequest, password: str) -> bool:
    """Of who is signed in. Wrong ones are counted, and lock out as at sign-in."""
    name = me(request).email.lower()
    if authenticate(request, username=name, password=password) == request.user:
        return True
    signing_in.failed(request, name, step="password")
    return False


def me(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]  # signed in


def _go_on(request: HttpRequest) -> HttpResponse:
    signing_in.mark_confirmed(request)
    target = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if known else "security")


def _added(request: HttpRequest, codes: list[str], text: str) -> HttpResponse:
    messages.success(request, text)
    return _shown_once(request, codes) if codes else redirect("security")


def _shown_once(request: HttpRequest, codes: list[str]) -> HttpResponse:
    shown_once.keep(request, CODES, codes=[f"{code[:4]} {code[4:]}" for code in codes])
    return redirect("recovery-codes")
