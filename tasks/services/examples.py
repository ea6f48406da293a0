"""Worked examples of a project: what annotators read beside the guideline, checked as answers are."""

from collections.abc import Mapping
from typing import Any

from labeling.errors import InvalidAnswer, Problem
from labeling.types import registry
from tasks.models import Item, Project
from tasks.selectors.answering import judged

MOST = 30
LONGEST_WHY = 2000
FIELDS = ("item", "answer", "why", "is_wrong")


def clean_examples(
    raw: Any, *, type: str, config: dict[str, Any], organization_id: int, mode: str
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Each is {"item", "answer", "why"}, of a common mistake with "is_wrong" true.

    The item is {"id": n} of the organization's own, or data such as {"text"}.
    """
    if not isinstance(raw, list) or len(raw) > MOST:
        return [], [Problem("examples", f"must be a list of at most {MOST} examples", "type")]
    problems: list[Problem] = []
    wanted = [item_id for each in raw if (item_id := id_of(each)) is not None]
    mine = Item.objects.filter(dataset__organization=organization_id, dataset__mode=mode, dataset__deleted_at=None)
    items = {
        pk: judged(data, media) for pk, data, media in mine.filter(pk__in=wanted).values_list("pk", "data", "media")
    }
    found = []
    for n, each in enumerate(raw):
        before = len(problems)
        path = f"examples[{n}]"
        if not isinstance(each, dict):
            problems.append(Problem(path, "must be an object", "type"))
            continue
        problems += [Problem(f"{path}.{name}", "unknown field", "unknown") for name in each if name not in FIELDS]
        item = _item(each, items, problems, path)
        why = each.get("why", "")
        if not isinstance(why, str) or len(why) > LONGEST_WHY or "\0" in why:
            problems.append(Problem(f"{path}.why", f"must be text of at most {LONGEST_WHY} characters", "type"))
        is_wrong = each.get("is_wrong", False)
        if not isinstance(is_wrong, bool):
            problems.append(Problem(f"{path}.is_wrong", "must be true or false", "type"))
        if len(problems) > before or item is None:
            continue
        answer = _answer(each.get("answer"), type, config, item, problems, f"{path}.answer")
        marked = {"is_wrong": True} if is_wrong else {}
        found.append({"item": each["item"], "answer": answer, "why": why} | marked)
    return found, problems


def id_of(example: Any) -> int | None:
    item = example.get("item") if isinstance(example, dict) else None
    item_id = item.get("id") if isinstance(item, dict) and set(item) == {"id"} else None
    return item_id if isinstance(item_id, int) and not isinstance(item_id, bool) and 0 < item_id < 2**63 else None


def _item(
    example: dict[str, Any], items: Mapping[int, dict[str, Any]], problems: list[Problem], path: str
) -> dict[str, Any] | None:
    item = example.get("item")
    if not isinstance(item, dict) or not item:
        problems.append(Problem(f"{path}.item", 'must be an object, {"id": …} of an item or its data', "required"))
        return None
    if set(item) != {"id"}:
        if "image" in item:
            message = "an image is shown by the id of its item"
            problems.append(Problem(f"{path}.item.image", message, "unknown"))
        return item
    found = items.get(id_of(example) or 0)
    if found is None:
        problems.append(Problem(f"{path}.item.id", f"there is no item {item['id']!r}", "missing"))
    return found


def _answer(
    raw: Any, type: str, config: dict[str, Any], item: dict[str, Any], problems: list[Problem], path: str
) -> dict[str, Any]:
    task_type = registry.get(type)
    lacking = task_type.item_problems(item, config)
    problems += [Problem(path.replace(".answer", ".item"), p.message, p.code) for p in lacking]
    try:
        return task_type.clean_answer(raw, config=config, item=item)
    except InvalidAnswer as error:
        problems += [Problem(f"{path}.{p.path}" if p.path else path, p.message, p.code) for p in error.problems]
        return {}


def examples_problems(
    changes: dict[str, Any], current: list[dict[str, Any]], project: Project, config: dict[str, Any]
) -> list[Problem]:
    """Put the clean examples into `changes`. A new schema must still fit the examples there are."""
    given = changes.get("examples", current)
    found, problems = clean_examples(
        given, type=project.type, config=config, organization_id=project.organization_id, mode=project.mode
    )
    if "examples" in changes or found != current:
        changes["examples"] = found
    return problems
