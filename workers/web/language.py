"""The language of a page: the account's; before sign-in a cookie's; else what the browser asks for."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.i18n import JavaScriptCatalog

API = "/api/v"  # /api/docs/ is a page
CATALOG = "/jsi18n/"


class LanguageMiddleware(LocaleMiddleware):
    """Django's own, which knows no accounts. It comes after the authentication."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = ""
        if request.path_info.startswith(API):  # English: programs read it; our pages name the language they show it in
            chosen = request.headers.get("X-Language", "")
            chosen = chosen if chosen in dict(settings.LANGUAGES) else "en"
        elif request.path_info == CATALOG:
            chosen = request.GET.get("language", "")
        elif settings.SESSION_COOKIE_NAME in request.COOKIES and request.path_info.endswith("/"):  # a page, no picture
            chosen = getattr(request.user, "language", "")
        if chosen not in dict(settings.LANGUAGES):
            super().process_request(request)
            return
        translation.activate(chosen)
        request.LANGUAGE_CODE = translation.get_language()


@method_decorator(cache_control(private=True, max_age=600), name="dispatch")
class Catalog(JavaScriptCatalog):
    """The scripts' words. Its address names the language, so that a browser may keep it."""

    packages = ["labeling"]
