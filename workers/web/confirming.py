"""Before what cannot be taken back, or opens another way in, people show once more that it is they."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from workers.web.access import Page
from workers.web.signing_in import is_confirmed, must_confirm

View = Callable[..., HttpResponse]


def ask_first(back: str) -> HttpResponse:
    return redirect(reverse("confirm-again") + "?" + urlencode({"next": back}))


def confirmed(view: View) -> View:
    """Only for who signed in, or showed who they are, a few minutes ago; others do that first."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_confirmed(request):
            return view(request, *args, **kwargs)
        return ask_first(request.get_full_path() if request.method == "GET" else reverse("security"))

    return login_required(never_cache(checked))


def factor_shown(*methods: str) -> Callable[[Page], Page]:
    """`@factor_shown("POST")`: who has a second factor has shown it a few minutes ago. Others go on.

    A session left open and a password that was overheard are not enough then. Inside `login_required` or `needs`.
    """

    def decorate(view: Page) -> Page:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods and must_confirm(request):
                return ask_first(request.get_full_path())
            return view(request, *args, **kwargs)

        return checked

    return decorate
