"""Settings: webhooks with their log, and where callbacks of the Scale API go."""

from datetime import datetime, timedelta
from typing import Any

import orjson
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from labeling.errors import GroundworkError, StaleState
from labeling.written import written
from tasks.models import Webhook
from tasks.selectors import deliveries as selectors
from tasks.services import delivering, webhooks
from tasks.services.webhook_examples import catalogue
from tasks.states import DeliveryState
from tasks.web import words
from tasks.web.asking import MODE, show_problems
from tasks.web.keyset import keyset
from workers.web import shown_once
from workers.web.access import needs

PAGE = 50
CALLBACKS = {"callbacks": MODE, "test-callbacks": "test"}
PREFIXES = {"callbacks": "c", "test-callbacks": "t"}
OVERLAPS = [(24, _("for a day")), (1, _("for an hour")), (168, _("for a week")), (0, _("not at all"))]
SINCE = [(1, _("in the last hour")), (24, _("in the last day")), (168, _("in the last week")), (720, _("in 30 days"))]
SAYS = {
    "off": _("It is switched off; what waited for it is given up."),
    "on": _("It hears of what happens from now on."),
    "delete": _("The webhook is deleted."),
    "ping": _("A test message is on its way."),
    "forget": _("The old secret signs nothing any more."),
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


class SecretForm(forms.Form):
    hours = forms.TypedChoiceField(
        label=_("The old secret signs along"), coerce=int, initial=24, choices=OVERLAPS,
        help_text=_("Each message then carries both signatures, so your program refuses none while you change it."),
    )  # fmt: skip


class AgainForm(forms.Form):
    hours = forms.TypedChoiceField(label=_("What failed"), coerce=int, initial=24, choices=SINCE)


class LogForm(forms.Form):
    """Of the log: what cannot be read is not asked for."""

    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Event"), required=False)
    text = forms.CharField(label=_("Part of the message, or its id"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("all"))]
        states = [(state.value, words.chip(state)["word"]) for state in DeliveryState]
        self.fields["state"].choices = [*every, *states]  # type: ignore[attr-defined]
        kinds = [(kind, kind) for kind in (*webhooks.KINDS, webhooks.PING)]
        self.fields["kind"].choices = [*every, *kinds]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


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
        "events": [each | {"example": indented(each["example"])} for each in catalogue()],
    }
    return render(request, "settings/webhooks.html", context, status=status)


def indented(example: str) -> str:
    return written(orjson.loads(example), option=orjson.OPT_INDENT_2).decode()


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
    overlap = SecretForm(request.POST if posted == "secret" else None)
    form = WebhookForm(request.POST if posted == "webhook" else None, initial=known)
    if posted == "secret" and overlap.is_valid():
        hours = timedelta(hours=overlap.cleaned_data["hours"])
        secret = webhooks.new_webhook_secret(webhook=webhook, actor=actor, now=timezone.now(), overlap=hours)
        shown_once.keep(request, f"webhook {pk}", secret=secret)
        return redirect("webhook", pk)
    if posted == "secret":
        status = 422
    elif posted == "webhook":
        status = 422
        try:
            if form.is_valid():
                webhooks.change_webhook(webhook=webhook, actor=actor, now=timezone.now(), **form.cleaned_data)
                messages.success(request, _t("Saved."))
                return redirect("webhook", pk)
        except GroundworkError as error:
            show_problems(form, error)
            webhook.refresh_from_db()
    log = LogForm(request.GET or None)
    asked = log.asked() if log.is_bound else {}
    page = keyset(request, selectors.of_webhook(webhook.pk, **asked), size=PAGE, newest_first=True)
    rows = [
        {"delivery": each, "chip": words.chip(each.state), "last": each.attempts[-1] if each.attempts else None}
        for each in page.rows
    ]
    now = timezone.now()
    context = {
        "nav_section": "settings",
        "webhook": webhook,
        "rows": rows,
        "page": page,
        "log": log,
        "is_filtered": bool(asked),
        "form": form,
        "overlap": overlap,
        "secret": shown_once.take(request, f"webhook {pk}").get("secret", ""),
        "old_secret_until": webhook.old_secret_until if signs_still(webhook, now) else None,
        "failed": selectors.of_webhook(webhook.pk, state=DeliveryState.FAILED).exists(),
        "again": AgainForm(),
    }
    return render(request, "settings/webhook.html", context, status=status)


def signs_still(webhook: Webhook, now: datetime) -> bool:
    return webhook.old_secret_until is not None and now < webhook.old_secret_until


@needs("admin")
@require_POST
def change(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    webhook, now, actor = get_object_or_404(mine(request), pk=pk), timezone.now(), request.user
    if action == "ping":
        webhooks.ping(webhook=webhook, now=now)
    elif action == "forget":
        webhooks.forget_old_secret(webhook=webhook, actor=actor)  # type: ignore[arg-type]
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


@needs("admin")
@require_POST
def redeliver_failed(request: HttpRequest, pk: int) -> HttpResponse:
    webhook, now = get_object_or_404(mine(request), pk=pk), timezone.now()
    form = AgainForm(request.POST)
    if not form.is_valid():
        return redirect("webhook", pk)
    since = now - timedelta(hours=form.cleaned_data["hours"])
    try:
        count = delivering.redeliver_failed(webhook=webhook, since=since, now=now)
    except StaleState as error:
        messages.error(request, str(error))
    else:
        said = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", count)
        messages.success(request, said % {"count": count})
    return redirect("webhook", pk)
