"""A server that speaks the exchange protocol from memory: browser tests of the workbench use it to say exactly what
the server answers and to count exactly what arrived. Journeys against the real server are in tests/journeys."""

import json
import threading
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import JavaScriptCatalog
from PIL import Image

from labeling.http.files import send_file
from labeling.types import registry
from workers import preferences
from workers.web import gallery

OPTIONS = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}, {"value": "unsure", "label": "Not sure"}]
TEXT = "Ann sold her car to Bob.\n\nمرحباً، أحتاج إلى تأكيد."


class Server:
    """What the stand-in knows. One for all tests; `reset` before each."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.skips: list[dict[str, Any]] = []
        self.returned: list[int] = []
        self.got_returns = threading.Event()
        self.drafts: dict[int, dict[str, Any]] = {}
        self.leased: list[int] = []
        self.given = 0
        self.total = 30
        self.pictures = False
        self.invalid_once = False
        self.largest_body = 5 * 2**20
        self.may_correct = True
        self.kind = "choice"
        self.config: dict[str, Any] = {"question": "Does the second follow?", "options": OPTIONS}
        self.item: dict[str, Any] | None = None
        self.picture_size = (600, 400)
        self.port = ""
        self.tiles = b""
        self.ranges: list[str] = []
        self.suggestion: dict[str, Any] | None = None
        self.comments: list[dict[str, Any]] = []
        self.refuses_comments = False
        self.examples: list[dict[str, Any]] = []
        self.project = 1
        self.lessons: dict[int, dict[str, Any]] = {}  # feedback by assignment: given out one at a time
        self.break_due = False
        self.risks: list[str] = []
        self.preferences: dict[str, Any] = {}

    def say(self, comment: dict[str, Any]) -> dict[str, Any]:
        if self.refuses_comments:
            return {"id": comment["id"], "status": "refused", "detail": "no such assignment"}
        known = any(each["id"] == comment["id"] for each in self.comments)
        if not known:
            self.comments.append(comment)
        status = "duplicate" if known else "stored"
        return {"id": comment["id"], "assignment": comment["assignment"], "status": status}

    def ask(self, kind: str, config: dict[str, Any], item: dict[str, Any]) -> None:
        """Serve tasks of another type from now on, all of them with this item."""
        self.kind, self.config, self.item = kind, config, item

    def current(self) -> dict[int, dict[str, Any]]:
        """The standing answer of each assignment; a correction must name the answer that stands."""
        standing: dict[int, dict[str, Any]] = {}
        for answer in self.answers:
            before = standing.get(answer["assignment"])
            assert (before and before["answer_id"]) == answer.get("supersedes"), answer
            standing[answer["assignment"]] = answer
        return standing

    def take(self, answer: dict[str, Any]) -> dict[str, Any]:
        known = next((each for each in self.answers if each["id"] == answer["id"]), None)
        result = {"id": answer["id"], "assignment": answer["assignment"]}
        if known:
            return result | {"status": "duplicate", "answer_id": known["answer_id"]}
        if self.invalid_once:
            self.invalid_once = False
            return result | {
                "status": "invalid",
                "problems": [{"path": "option", "message": "Not this one.", "code": "x"}],
            }
        self.answers.append(answer | {"answer_id": len(self.answers) + 1})
        if answer["assignment"] in self.leased:
            self.leased.remove(answer["assignment"])
        told = {"feedback": lesson} if (lesson := self.lessons.get(answer["assignment"])) else {}
        return result | {"status": "stored", "answer_id": len(self.answers)} | told

    def offer(self, want: int, have: list[int]) -> list[int]:
        again = [each for each in self.leased if each not in have][:want]
        if self.given < len(self.lessons):
            want = 0 if self.leased else 1
        fresh = list(range(self.given + 1, min(self.total, self.given + want - len(again)) + 1))
        self.given += len(fresh)
        self.leased += fresh
        return again + fresh


SERVER = Server()


def project() -> dict[str, Any]:
    config = registry.get(SERVER.kind).clean_config(SERVER.config)
    return {
        "id": SERVER.project, "name": "Entailment", "examples": SERVER.examples, "type": SERVER.kind,
        "schema_version": 1, "config": config,
        "widget": registry.get(SERVER.kind).element,
        "content_risks": SERVER.risks, "content_note": "Some photos are of accidents." if SERVER.risks else "",
        "guideline_html": "<h2>Rule</h2><p>Read both.</p>", "end_use": "A benchmark.",
    }  # fmt: skip


def task(number: int) -> dict[str, Any]:
    item: dict[str, Any] = {"id": number, "data": {}}
    if SERVER.item is not None:
        item |= SERVER.item
    elif SERVER.pictures:
        item["image"] = {"url": "/picture.png", "thumb_url": "/picture.png", "width": 600, "height": 400}
    else:
        item["text"] = f"{TEXT}\n\nItem {number}."
    return {
        "assignment": number, "task": number, "project": SERVER.project, "schema_version": 1, "item": item,
        "suggestion": SERVER.suggestion and {"value": SERVER.suggestion}, "draft": SERVER.drafts.get(number),
        "lease_expires_at": "2030-01-01T00:00:00Z",
    } | place_of(number)  # fmt: skip


def place_of(number: int) -> dict[str, Any]:
    lesson = SERVER.lessons.get(number)
    return {"entry": {name: lesson[name] for name in ("kind", "n", "of")}} if lesson else {}


def workbench(request: HttpRequest) -> HttpResponse:
    names = sorted(registry.folders())
    config = {
        "exchangeUrl": "/api/v1/work/exchange", "historyUrl": "/api/v1/work/history", "project": None, "uid": "ann",
        "release": "r1", "signInUrl": "/in/", "preferencesUrl": "/api/v1/session/preferences",
        "preferences": preferences.complete(SERVER.preferences),
        "breakMinutes": 50, "largestBody": SERVER.largest_body,
        "risks": {"violence": "Violence"}, "workUrl": "/away/", "accountUrl": "/away/", "languageUrl": "/away/",
        "languages": [["en", "English"], ["ja", "日本語"]],
        "widgetModules": {name: static(f"types/{name}/widget.js") for name in names},
    }  # fmt: skip
    return render(request, "label/workbench.html", {"workbench": config, "widget_types": names})


@csrf_exempt
def exchange(request: HttpRequest) -> JsonResponse:
    body = json.loads(request.body)
    SERVER.calls.append(body)
    results = [SERVER.take(answer) for answer in body["answers"]]
    gone = [each["assignment"] for each in body["skips"]] + body["returns"]
    SERVER.skips += body["skips"]
    SERVER.returned += body["returns"]
    if body["returns"]:
        SERVER.got_returns.set()
    SERVER.leased = [each for each in SERVER.leased if each not in gone]
    return JsonResponse(
        {
            "results": results,
            "skipped": [{"assignment": each["assignment"], "status": "skipped"} for each in body["skips"]],
            "returned": body["returns"],
            **({"comments": [SERVER.say(each) for each in body["comments"]]} if "comments" in body else {}),
            "tasks": [task(number) for number in SERVER.offer(body["want"], body["have"])],
            "projects": {f"{SERVER.project}.1": project()},
            "session": {
                "done": len(SERVER.current()),
                "goal": 60,
                "eta_s": 1080,
                "limit": None,
                "break_due": SERVER.break_due,
                "active_s": 3900,
            },
            "release": "r1",
            "now": "2026-01-02T10:00:00Z",
        }
    )


def history(request: HttpRequest) -> JsonResponse:
    rows = [
        task(each["assignment"])
        | {
            "answer_id": each["answer_id"],
            "answer": each["answer"],
            "answered_at": "2026-01-02T10:00:00Z",
            "may_correct": SERVER.may_correct,
        }
        for each in sorted(SERVER.current().values(), key=lambda each: -each["answer_id"])
        if each["answer_id"] < int(request.GET.get("before", 2**53))
    ]
    shown = rows[: int(request.GET.get("limit", 10))]
    return JsonResponse({"results": shown, "projects": {f"{SERVER.project}.1": project()}, "before": None})


@csrf_exempt
def draft(request: HttpRequest, assignment: int) -> JsonResponse:
    if SERVER.port in ("", request.get_port()):  # else it comes late, from the page of the test before
        SERVER.drafts[assignment] = json.loads(request.body)
    return JsonResponse({})


@csrf_exempt
def prefer(request: HttpRequest) -> JsonResponse:
    SERVER.preferences = preferences.changed(SERVER.preferences, json.loads(request.body))
    return JsonResponse(preferences.complete(SERVER.preferences))


def away(request: HttpRequest) -> HttpResponse:
    return HttpResponse('<link rel="icon" href="data:,">Elsewhere.')


def picture(request: HttpRequest) -> HttpResponse:
    file = BytesIO()
    Image.new("RGB", SERVER.picture_size, "#7fb2c9").save(file, "PNG")
    return HttpResponse(file.getvalue(), content_type="image/png")


def tiles(request: HttpRequest) -> HttpResponseBase:
    SERVER.ranges.append(request.headers.get("Range", ""))
    size = len(SERVER.tiles)
    return send_file(request, BytesIO(SERVER.tiles), size=size, content_type="application/octet-stream", etag="tiles")


urlpatterns = [
    path("work/label/", workbench),
    path("api/v1/work/exchange", exchange),
    path("api/v1/work/history", history),
    path("api/v1/assignments/<int:assignment>/draft", draft),
    path("api/v1/session/preferences", prefer),
    path("away/", away),
    path("picture.png", picture),
    path("picture-<int:width>x<int:height>.png", gallery.picture, name="sample-picture"),
    path("picture.tiles", tiles),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=["labeling"]), name="javascript-catalog"),
]
