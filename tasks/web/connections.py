"""Settings: connections to buckets. A secret goes in, and is never shown."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words, in_words
from tasks.models import StorageConnection
from tasks.models.buckets import Addressing
from tasks.selectors import connections as selectors
from tasks.services import connections
from tasks.web.asking import MODE, organization_of, show_problems
from tasks.web.connection_words import WHAT_TO_DO
from workers.web.access import needs

SECTION = {"nav_section": "settings"}


class ConnectionForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    endpoint = forms.CharField(
        label=_("Endpoint"), max_length=500, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example https://minio.example.org:9000. Empty for AWS, which is found by its region."),
    )  # fmt: skip
    region = forms.CharField(label=_("Region"), max_length=40, required=False, help_text=_("For example eu-central-1"))
    bucket = forms.CharField(label=_("Bucket"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    prefix = forms.CharField(  # type: ignore[assignment]  # a field: Form keeps its own prefix apart
        label=_("Folder"), max_length=500, required=False, help_text=_("Nothing outside of it is read or written.")
    )
    addressing = forms.ChoiceField(
        label=_("How the bucket is addressed"), required=False,
        choices=[
            (Addressing.AUTO, _("as the endpoint suggests")),
            (Addressing.PATH, _("in the path (MinIO and others)")),
            (Addressing.VIRTUAL, _("in the host's name")),
        ],
    )  # fmt: skip
    access_key_id = forms.CharField(
        label=_("Access key"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    secret = forms.CharField(
        label=_("Secret"), max_length=500, strip=False, help_text=_("Kept encrypted, and never shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, connection: StorageConnection | None = None, **kwargs: Any) -> None:
        if connection:
            names = (*connections.FIELDS,)
            kwargs["initial"] = {name: getattr(connection, name) for name in names}
        super().__init__(*args, **kwargs)
        if connection:
            self.fields["secret"].required = False
            self.fields["secret"].help_text = _("The one that is kept stays unless you enter another one.")

    def given(self) -> dict[str, Any]:
        return {**self.cleaned_data, "addressing": self.cleaned_data["addressing"] or Addressing.AUTO}


def mine(request: HttpRequest, pk: int) -> StorageConnection:
    return selectors.connection_of(organization=organization_of(request), mode=MODE, pk=pk)


@never_cache
@needs("admin")
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """GET lists; POST makes a connection and tries it at once."""
    form = ConnectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor: Any = request.user
        try:
            made = connections.create_connection(
                organization=organization_of(request), mode=MODE, actor=actor, **form.given()
            )
        except GroundworkError as error:
            show_problems(form, error)
        else:
            _check(request, made)
            return redirect("connection", made.pk)
    rows = selectors.with_uses(selectors.connections_of(organization=organization_of(request), mode=MODE))
    context = SECTION | {"connections": rows.order_by("name"), "form": form}
    return render(request, "settings/connections.html", context, status=422 if form.is_bound else 200)


@never_cache
@needs("admin")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """POST changes it, and tries it at once."""
    connection = mine(request, pk)
    form = ConnectionForm(request.POST or None, connection=connection)
    if request.method == "POST" and form.is_valid():
        actor: Any = request.user
        try:
            connections.change_connection(connection=connection, actor=actor, **form.given())
        except GroundworkError as error:
            show_problems(form, error)
            connection = mine(request, pk)
        else:
            _check(request, connection)
            return redirect("connection", pk)
    context = SECTION | {
        "connection": connection,
        "form": form,
        "to_do": WHAT_TO_DO.get(connection.check_code),
        "datasets": selectors.datasets_fed_by(connection),
    }
    return render(request, "settings/connection.html", context, status=422 if form.is_bound else 200)


@needs("admin")
@require_POST
def change(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    connection = mine(request, pk)
    actor: Any = request.user
    if action == "check":
        _check(request, connection)
        return redirect("connection", pk)
    try:
        connections.delete_connection(connection=connection, actor=actor)
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
        return redirect("connection", pk)
    messages.success(request, _t("The connection is deleted."))
    return redirect("connections")


def _check(request: HttpRequest, connection: StorageConnection) -> None:
    error = connections.check_connection(connection=connection, now=timezone.now())
    if error:
        messages.error(request, _t("The bucket could not be read: %(why)s.") % {"why": in_words(error)})
    else:
        messages.success(request, _t("The bucket can be read."))
