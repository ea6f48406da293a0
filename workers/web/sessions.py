"""Where one is signed in, and signing out there."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from workers import devices
from workers.selectors.sessions import open_sessions
from workers.services import sessions as services
from workers.web import signing_in
from workers.web.security import me


@login_required
@never_cache
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    mine = request.session.session_key
    rows = [
        {
            "row": each,
            "device": devices.device_of(each.user_agent),
            "place": devices.place_of(each.ip),
            "is_this": each.session_key == mine,
        }
        for each in open_sessions(me(request).pk)
    ]
    rows.sort(key=lambda row: not row["is_this"])
    context = {"rows": rows, "others": sum(not row["is_this"] for row in rows)}
    return render(request, "accounts/sessions.html", context)


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The one this request came by is signed out of."""
    found = UserSession.objects.filter(user_id=me(request).pk, pk=pk).first()
    if found is None:
        raise Http404
    if found.session_key == request.session.session_key:
        signing_in.sign_out(request)
        return redirect("sign-in")
    services.end_one(session=found)
    messages.success(request, _("That device is signed out."))
    return redirect("sessions")


@login_required
@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    services.end_all(user=me(request), actor=me(request), why="own", but=request.session.session_key)
    messages.success(request, _("All other devices are signed out."))
    return redirect("sessions")
