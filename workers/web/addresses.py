"""Change one's own e-mail address: ask, then open the link that was mailed to the new one."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from labeling.errors import GroundworkError, StaleState
from labeling.http.caller_address import caller_address
from labeling.problem_words import error_in_words
from workers.mail import is_sent
from workers.services import addresses
from workers.web.confirming import factor_shown
from workers.web.forms import PasswordForm
from workers.web.security import is_my_password, me


class AddressForm(PasswordForm):
    email = forms.CharField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )
    field_order = ("email", "password")


@login_required
@factor_shown("GET", "POST")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    user = me(request)
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email = form.cleaned_data["email"].strip()
        if not is_my_password(request, form.cleaned_data["password"]):
            form.add_error("password", _("The password is wrong."))
        elif _ask(request, form, email):
            sent = _t("A link is on its way to %(email)s. Your address changes once you open it, within a day.")
            written = _t("This server sends no mail: the link for %(email)s is written to its log. Ask its operator.")
            messages.success(request, (sent if is_sent() else written) % {"email": email})
            return redirect("account")
    context = {"form": form, "person": user}
    return render(request, "accounts/email_change.html", context, status=400 if form.is_bound else 200)


def _ask(request: HttpRequest, form: AddressForm, email: str) -> bool:
    try:
        addresses.ask_for(user=me(request), email=email, address=caller_address(request), now=timezone.now())
    except GroundworkError as error:
        form.add_error("email", error_in_words(error).removeprefix("email: "))
        return False
    return True


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link's page. Opened by who is signed in as the one who asked: a stranger who got the mail cannot use it.

    It takes a button, too, for there are programs that open every link in a mail.
    """
    user, now = me(request), timezone.now()
    try:
        if request.method == "POST":
            addresses.change(user=user, token=token, address=caller_address(request), now=now)
            messages.success(request, _t("Your e-mail address is changed. You sign in with the new one from now on."))
            return redirect("account")
        context = {"email": addresses.asked_by(user, token, now=now), "person": user, "token": token}
    except StaleState as error:
        context = {"over": error_in_words(error), "person": user}
    return render(request, "accounts/email_confirm.html", context, status=404 if "over" in context else 200)
