"""The annotator's page on the requester's own items, in a frame of the wizard: nothing is sent or stored."""

from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _t
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from labeling.types import registry
from tasks.models import Item, ProjectVersion, Task
from tasks.selectors import payload
from tasks.selectors.answering import judged
from tasks.selectors.projects import current_version
from tasks.web.setup.steps import Here, step_view
from workers.web.gallery import item_in_page

ITEMS = 10
MOST_KNOWN = 50


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
@step_view
@require_GET
def preview(request: HttpRequest, here: Here) -> HttpResponse:
    """`?examples` adds a button that hands the answer to the page around, to be kept as an example; `?known` one each
    for the training and the test, with items that are in neither."""
    task_type = registry.get(here.project.type)
    version = current_version(here.project)
    is_known = "known" in request.GET
    items = own_items(here, version, most=MOST_KNOWN if is_known else ITEMS, unknown=is_known)
    context = {
        "project": here.project,
        "type": task_type,
        "are_own": bool(items),
        "keeps": "examples" in request.GET and bool(items),
        "keeps_known": is_known and bool(items),
        "preview": {
            "module": static(f"types/{task_type.name}/widget.js"),
            "template": f"widget-{task_type.name}",
            "config": version.config,
            "items": items or [{"id": 0, "item": item_in_page(task_type, one["item"])} for one in task_type.samples()],
        },
    }
    return render(request, "requester/setup/preview.html", context)


def own_items(here: Here, version: ProjectVersion, *, most: int = ITEMS, unknown: bool = False) -> list[dict[str, Any]]:
    """The first items the type can show, as the labeling page receives them, each with its own id."""
    task_type = registry.get(here.project.type)
    if here.dataset is None:
        return []
    mine = Item.objects.filter(dataset=here.dataset)
    if unknown:
        mine = mine.exclude(tasks__in=Task.objects.filter(project=here.project))
    first = mine.order_by("pk").values_list("pk", "key", "data", "media")
    hidden = (here.project.gold_field, here.project.suggestion_field, payload.KNOWN, payload.ANSWERED)
    found = []
    for pk, key, data, media in first[: most * 3]:
        if task_type.item_problems(judged(data, media), version.config):
            continue
        shown = {name: value for name, value in data.items() if name not in hidden}
        found.append(
            {
                "id": pk,
                "name": _t("Item %(key)s") % {"key": key},
                "item": payload.item(pk, shown, media, task_type.name),
            }
        )
    return found[:most]
