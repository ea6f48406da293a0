"""The keys page, for admins."""

from datetime import datetime, time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from workers.selectors import access
from workers.services.keys import create_key, revoke_key
from workers.web import shown_once
from workers.web.access import needs
from workers.web.confirming import factor_shown
from workers.web.forms import SCOPE_WORDS, KeyForm


@never_cache
@needs("admin")
@factor_shown("POST")
def keys(request: HttpRequest) -> HttpResponse:
    """GET lists; POST makes a key, which the page after it shows this one time."""
    organization = request.membership.organization  # type: ignore[attr-defined]  # set by OrganizationMiddleware
    form, status, made = KeyForm(request.POST or None), 200, f"key of {organization.pk}"
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            if until := data["expires_at"]:
                data["expires_at"] = timezone.make_aware(datetime.combine(until, time.max))
            _key, secret = create_key(organization=organization, created_by=request.user, **data)  # type: ignore[arg-type]
            shown_once.keep(request, made, secret=secret)
            return redirect("keys")
    rows = list(access.keys(organization).order_by("-id"))
    for row in rows:
        row.scope_words = [SCOPE_WORDS.get(scope, scope) for scope in row.scopes]  # type: ignore[attr-defined]  # to be shown
    context = {
        "keys": rows,
        "form": form,
        "secret": shown_once.take(request, made).get("secret", ""),
        "now": timezone.now(),
        "nav_section": "settings",
    }
    return render(request, "people/keys.html", context, status=status)


@needs("admin")
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    organization = request.membership.organization  # type: ignore[attr-defined]
    key = get_object_or_404(access.keys(organization), pk=pk)
    revoke_key(key=key, actor=request.user, now=timezone.now())  # type: ignore[arg-type]  # signed in
    messages.success(request, _("The key is revoked."))
    return redirect("keys")
