"""Every type of task with its samples, to be tried on the help pages. A new type is there by being installed."""

from io import BytesIO
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from PIL import Image, ImageDraw

from labeling.types import registry
from labeling.types.base import TaskType

FAMILIES = {"text": _("Text"), "image": _("Images"), "model": _("Model output"), "form": _("Forms")}
LARGEST = 2000
COLOURS = ("#8fb7d3", "#d9a066", "#7fae88", "#b58bb8")


def context() -> dict[str, Any]:
    """Types by family for the page, and what its script needs to mount their widgets."""
    groups: dict[Any, list[dict[str, Any]]] = {FAMILIES[name]: [] for name in FAMILIES}
    for kind in registry.all().values():
        groups.setdefault(FAMILIES.get(kind.family, kind.family), []).append(_shown(kind))
    live = {
        kind.name: {"module": static(f"types/{kind.name}/widget.js"), "samples": _live_samples(kind)}
        for kind in registry.all().values()
    }
    return {"families": {title: types for title, types in groups.items() if types}, "live": live}


def item_in_page(kind: TaskType, item: dict[str, Any]) -> dict[str, Any]:
    """A sample's item as the labeling page receives it; a picture without an address gets one of ours."""
    shown: dict[str, Any] = {"id": 0, "data": {name: item[name] for name in item if name not in ("text", "image")}}
    if "text" in item:
        shown["text"] = item["text"]
    if image := item.get("image"):
        address = reverse("sample-picture", args=[image["width"], image["height"]])
        shown["image"] = {"url": address, "thumb_url": address} | image
    if html := kind.html(item):
        shown["html"] = html
    return shown


@cache_control(public=True, max_age=86400)
def picture(request: HttpRequest, width: int, height: int) -> HttpResponse:
    """A plain scene of any size up to a limit: samples say only how large their picture is."""
    if not (0 < width <= LARGEST and 0 < height <= LARGEST):
        raise Http404
    image = Image.new("RGB", (width, height), "#e6e1d6")
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, height * 2 // 3, width, height], fill="#c9bfa8")
    for n, colour in enumerate(COLOURS):
        left, top = width * (2 * n + 1) // 10, height * (3 + n % 2) // 8
        box = [left, top, left + width // 7, top + height // 3]
        (draw.ellipse if n % 2 else draw.rectangle)(box, fill=colour, outline="#3c3a36")
    file = BytesIO()
    image.save(file, "PNG")
    return HttpResponse(file.getvalue(), content_type="image/png")


def _shown(kind: TaskType) -> dict[str, Any]:
    samples = kind.samples()
    config = kind.clean_config(samples[0]["config"])
    return {
        "name": kind.name,
        "title": gettext(kind.title),
        "description": kind.description and gettext(kind.description),
        "titles": [sample["title"] for sample in samples],
        "keys": [{"key": one.key, "label": gettext(one.label)} for one in kind.keys(config)],
    }


def _live_samples(kind: TaskType) -> list[dict[str, Any]]:
    return [
        {"config": kind.clean_config(sample["config"]), "item": item_in_page(kind, sample["item"])}
        for sample in kind.samples()
    ]
