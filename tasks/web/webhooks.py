"""Settings: webhooks with their log, and where callbacks of the Scale API go."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from labeling.errors import GroundworkError
from tasks.models import Webhook
from tasks.selectors import deliveries as selectors
from tasks.services import delivering, webhooks
from tasks.web import words
from tasks.web.asking import MODE, show_problems
from workers.web import shown_once
from workers.web.access import needs

NEWEST = 50
CALLBACKS = {"callbacks": MODE, "test-callbacks": "test"}
PREFIXES = {"callbacks": "c", "test-callbacks": "t"}
SAYS = {
    "off": _("It is switched off; what waited for it is given up."),
    "on": _("It hears of what happens from now on."),
    "delete": _("The webhook is deleted."),
    "ping": _("A test message is on its way."),
}


class WebhookForm(forms.Form):
    url = forms.CharField(label=_("Address"), max_length=2000, help_text=_("Begins with https:// or http://"))
    description = forms.CharField(label=_("What it is for"), max_length=200, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Events"), required=False, help_text=_("None chosen means all of them."),
        widget=forms.SelectMultiple(attrs={"class": "select", "size": 8}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(kind, kind) for kind in webhooks.KINDS]  # type: ignore[attr-defined]


class CallbackForm(forms.Form):
    default_url = forms.CharField(
        label=_("Address for tasks that name none"), max_length=2000, required=False,
        help_text=_("A web address, or an e-mail address. Empty: nobody is told."),
    )  # fmt: skip


def mine(request: HttpRequest) -> Any:
    organization = request.membership.organization  # type: ignore[attr-defined]  # set by OrganizationMiddleware
    return Webhook.objects.filter(organization=organization, mode=MODE)


@never_cache
@needs("admin")
def index(request: HttpRequest) -> HttpResponse:
    """GET lists; POST makes a webhook, whose secret the page after it shows this one time, or changes the callbacks."""
    organization = request.membership.organization  # type: ignore[attr-defined]
    posted = request.POST.get("form") if request.method == "POST" else ""
    form = WebhookForm(request.POST if posted == "webhook" else None)
    accounts = {name: callbacks_of(request, organization, mode, name, posted) for name, mode in CALLBACKS.items()}
    status, made_here = 200, f"webhook of {organization.pk}"
    try:
        if posted == "webhook" and form.is_valid():
            actor: Any = request.user
            made = webhooks.create_webhook(organization=organization, mode=MODE, actor=actor, **form.cleaned_data)
            shown_once.keep(request, made_here, secret=made.secret)
            return redirect("webhooks")
        if posted in accounts and accounts[posted]["form"].is_valid():
            new_key = "new_key" in request.POST
            by: Any = request.user
            changed = accounts[posted]
            webhooks.change_callbacks(
                account=changed["account"], actor=by, new_key=new_key, **changed["form"].cleaned_data
            )
            messages.success(request, _t("Saved."))
            return redirect("webhooks")
        if posted:
            status = 422
    except GroundworkError as error:
        show_problems(accounts[posted]["form"] if posted in accounts else form, error)
        status = 422
    context = {
        "nav_section": "settings",
        "webhooks": mine(request).order_by("-id"),
        "form": form,
        "callbacks": accounts.values(),
        "secret": shown_once.take(request, made_here).get("secret", ""),
        "known": webhooks.KINDS.items(),
    }
    return render(request, "settings/webhooks.html", context, status=status)


def callbacks_of(request: HttpRequest, organization: Any, mode: str, name: str, posted: str | None) -> dict[str, Any]:
    """The callbacks of one kind of keys, and the form that changes them."""
    account = webhooks.callback_account(organization=organization, mode=mode)
    given = request.POST if posted == name else None
    form = CallbackForm(given, initial={"default_url": account.default_url}, prefix=PREFIXES[name])
    return {"name": name, "mode": mode, "account": account, "form": form}


@never_cache
@needs("admin")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """GET looks; POST changes it, or makes a new secret, which the page after it shows this one time."""
    webhook = get_object_or_404(mine(request), pk=pk)
    actor: Any = request.user
    posted, status = request.POST.get("form") if request.method == "POST" else "", 200
    known = {name: getattr(webhook, name) for name in ("url", "description", "kinds")}
    form = WebhookForm(request.POST if posted == "webhook" else None, initial=known)
    if posted == "secret":
        secret = webhooks.new_webhook_secret(webhook=webhook, actor=actor)
        shown_once.keep(request, f"webhook {pk}", secret=secret)
        return redirect("webhook", pk)
    if posted == "webhook":
        status = 422
        try:
            if form.is_valid():
                webhooks.change_webhook(webhook=webhook, actor=actor, now=timezone.now(), **form.cleaned_data)
                messages.success(request, _t("Saved."))
                return redirect("webhook", pk)
        except GroundworkError as error:
            show_problems(form, error)
            webhook.refresh_from_db()
    rows = [
        {"delivery": each, "chip": words.chip(each.state), "last": each.attempts[-1] if each.attempts else None}
        for each in selectors.of_webhook(webhook.pk)[:NEWEST]
    ]
    context = {"nav_section": "settings", "webhook": webhook, "rows": rows, "form": form}
    context |= {"secret": shown_once.take(request, f"webhook {pk}").get("secret", "")}
    return render(request, "settings/webhook.html", context, status=status)


@needs("admin")
@require_POST
def change(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    webhook, now, actor = get_object_or_404(mine(request), pk=pk), timezone.now(), request.user
    if action == "ping":
        webhooks.ping(webhook=webhook, now=now)
    elif action == "delete":
        webhooks.delete_webhook(webhook=webhook, actor=actor)  # type: ignore[arg-type]  # signed in
    else:
        webhooks.change_webhook(webhook=webhook, actor=actor, now=now, is_active=action == "on")  # type: ignore[arg-type]
    messages.success(request, str(SAYS[action]))
    return redirect("webhooks") if action == "delete" else redirect("webhook", pk)


@needs("admin")
@require_POST
def redeliver(request: HttpRequest, pk: int, delivery_id: int) -> HttpResponse:
    webhook = get_object_or_404(mine(request), pk=pk)
    delivery = get_object_or_404(selectors.of_webhook(webhook.pk), pk=delivery_id)
    delivering.redeliver(delivery=delivery, now=timezone.now())
    messages.success(request, _t("It is sent once more, under the same id."))
    return redirect("webhook", pk)
