"""Pages end in a slash, the API does not. A page asked for without its slash is redirected; an API call never is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import is_valid_path

API = ("/api/", "/v1/", "/v2/", "/static/", "/media/")


class AppendSlashToPages:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        asks_for_page = request.method in ("GET", "HEAD") and not path.endswith("/") and not path.startswith(API)
        if asks_for_page and not is_valid_path(path) and is_valid_path(path + "/"):
            return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
        return self.get_response(request)
