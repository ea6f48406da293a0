"""Forms about attachments: textcollection, and the types that are a form of one shape each."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from labeling.errors import InvalidInput, Problem
from labeling.types.field_choices import leaves
from labeling.types.field_conditions import is_shown
from labeling.types.field_values import DATE, DATETIME, Field
from labeling.types.fields import COMMON, NOT, OWN, TYPES
from labeling.types.parts import NAME
from tasks.scale.kinds.base import (
    MADE_UP,
    Asked,
    Kind,
    NotEnabled,
    Params,
    Wanted,
    overlap_of,
    question_of,
    read_dict,
    read_list,
    read_url,
)

QUESTION = "Fill in the form as the instructions say."
UNTOLD = "Fill in the form."
RENAMED = {"ranking": "ranking_order"}
LIMITS = {"min_characters": "min_length", "max_characters": "max_length"}
LINKS = ("website", "pdf", "video", "audio")
FIELD_SET = "field_set"
ROW_SEPARATOR = "|"
MOST_RANKED = 50
REPEATS = ("min_responses_required", "max_responses_required")


class Form(Kind):
    core = "textcollection"
    formats: ClassVar[bool] = False
    """Texts to read are Markdown with HTML in it, in which a line stays a line."""

    def ask(self, params: Params, instruction: str) -> Asked:
        title = params.get("title")
        title = title if isinstance(title, str) and title.strip() else question_of(instruction, QUESTION, UNTOLD)
        description = params.get("description")
        config = {
            "title": title,
            "description": description if isinstance(description, str) else "",
            "fields": self.fields(params),
        }
        item, wanted = item_of(params, self.formats)
        return Asked(self.clean(config), item, wanted, overlap_of(params))

    def fields(self, params: Params) -> list[dict[str, Any]]:
        raise NotImplementedError

    def invent(self, asked: Asked) -> dict[str, Any]:
        return {"annotations": made_up_fields(asked.config["fields"], {})}


class TextCollection(Form):
    name = "textcollection"
    formats = True
    required: ClassVar[tuple[str, ...]] = ("attachments|attachment", "fields")

    def fields(self, params: Params) -> list[dict[str, Any]]:
        listed = read_list(params["fields"], "fields")
        ids = ids_of(listed)
        return [_field(each, n, ids) for n, each in enumerate(listed)]

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        back = {ours: theirs for theirs, ours in ids_of(params["fields"]).items()}
        return {"annotations": {back.get(name, name): values for name, values in answer["annotations"].items()}}

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        """Values as they are, or each field wrapped: `{type, field_id, response: [[value]]}`, or without lists."""
        told = read_dict(response, "response")
        ids = ids_of(params["fields"])
        bare = bool(told) and all(name in ids and isinstance(value, dict) for name, value in told.items())
        given = told if bare else read_dict(told.get("annotations"), "annotations")
        found = {}
        for name, value in given.items():
            if isinstance(value, dict) and "response" in value:
                value = value["response"]
                if isinstance(value, list):
                    value = value[0] if value else []
            found[ids.get(name, name)] = value if isinstance(value, list) else [value]
        return {"annotations": found}


class Categorization(Form):
    name = "categorization"
    required = ("attachment", "attachment_type", "categories|taxonomies")
    lacking: ClassVar[dict[str, str]] = {"taxonomies": "send categories, or a textcollection with a field for each"}

    def fields(self, params: Params) -> list[dict[str, Any]]:
        choices = [
            _choice(each, f"categories[{n}]") for n, each in enumerate(read_list(params["categories"], "categories"))
        ]
        field: dict[str, Any] = {"type": "category", "field_id": "category", "title": "Category", "choices": choices}
        if params.get("allow_multiple") is True:
            field["max_choices"] = len(choices)
        return [field]

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        values = answer["annotations"].get("category", [])
        return {"category": values if params.get("allow_multiple") is True else (values or [None])[0]}

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        value = read_dict(response, "response").get("category")
        return {"annotations": {"category": value if isinstance(value, list) else [value]}}


class Comparison(Form):
    name = "comparison"
    required = ("attachments", "attachment_type", "choices")

    def fields(self, params: Params) -> list[dict[str, Any]]:
        choices = [_choice(each, f"choices[{n}]") for n, each in enumerate(read_list(params["choices"], "choices"))]
        return [{"type": "category", "field_id": "choice", "title": "Choice", "choices": choices}]

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        return {"choice": answer["annotations"].get("choice", [None])[0]}

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        return {"annotations": {"choice": [read_dict(response, "response").get("choice")]}}


class DataCollection(Form):
    name = "datacollection"
    required: ClassVar[tuple[str, ...]] = ("attachment", "fields")
    linked: ClassVar[str] = "website"
    """What an address is, where no type of attachment is told."""

    def ask(self, params: Params, instruction: str) -> Asked:
        if not params.get("attachment_type") and is_address(str(params["attachment"])):
            params = params | {"attachment_type": self.linked}
        return super().ask(params, instruction)

    def fields(self, params: Params) -> list[dict[str, Any]]:
        return [_text_field(f"field_{n}", title) for n, title in enumerate(_named(params, "fields").values())]

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        given = answer["annotations"]
        names = _named(params, "fields")
        return {"fields": {name: given.get(f"field_{n}", [""])[0] for n, name in enumerate(names)}}

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        given = read_dict(read_dict(response, "response").get("fields", {}), "fields")
        places = {name: f"field_{n}" for n, name in enumerate(_named(params, "fields"))}
        return {"annotations": {places.get(name, name): [value] for name, value in given.items() if value}}


class Transcription(DataCollection):
    """Fields once, and rows of repeatable ones: a line for each row, its cells parted by a bar."""

    name = "transcription"
    linked = "image"
    required = ("attachment", "fields|repeatable_fields")

    def fields(self, params: Params) -> list[dict[str, Any]]:
        found = super().fields(params) if params.get("fields") else []
        if columns := _named(params, "repeatable_fields"):
            hint = f" {ROW_SEPARATOR} ".join(columns.values())
            title = "One line for each row"
            found.append(_text_field("rows", title) | {"description": hint})
        return found

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        lines = answer["annotations"].get("rows", [""])[0].splitlines()
        columns = list(_named(params, "repeatable_fields"))
        rows = [_row(line, columns) for line in lines if line.strip()]
        return super().response(answer, params, seed) | {"repeatable_fields": rows}

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        found = super().answer(response, params, item)
        rows = read_list(read_dict(response, "response").get("repeatable_fields") or [], "repeatable_fields", least=0)
        columns = list(_named(params, "repeatable_fields"))
        bar = f" {ROW_SEPARATOR} "
        cells = [[str(row.get(name, "")) for name in columns] for row in rows if isinstance(row, dict)]
        lines = [bar.join(row).rstrip(bar) for row in cells]
        if lines:
            found["annotations"]["rows"] = ["\n".join(lines)]
        return found


def item_of(params: Params, formats: bool) -> tuple[dict[str, Any], list[Wanted]]:
    """A lone picture or text is the item itself, so that it can be looked at closely; else a list beside the form."""
    attachments = attachments_of(params)
    if formats:
        shown = {"type": "markdown", "mixed": True}
        attachments = [each | shown if each["type"] == "text" else each for each in attachments]
    if len(attachments) == 1:
        kind, content = attachments[0]["type"], attachments[0]["content"]
        if kind == "image":
            return {"image": content}, [Wanted(content, "image")]
        if kind == "text":
            return {"text": content}, [Wanted(content, "text")] if is_address(content) else []
    wanted = [
        Wanted(each["content"], each["type"], n)
        for n, each in enumerate(attachments)
        if each["type"] == "image" or (each["type"] in ("text", "markdown") and is_address(each["content"]))
    ]
    return {"attachments": attachments}, wanted


def attachments_of(params: Params) -> list[dict[str, Any]]:
    usual = params.get("attachment_type") or "text"
    listed = params.get("attachments") or [params["attachment"]]
    found = []
    for n, each in enumerate(read_list(listed, "attachments", most=50)):
        given = each if isinstance(each, dict) else {"content": each}
        kind, path = given.get("type", usual), f"attachments[{n}]"
        if kind not in ("text", "markdown", "image", *LINKS):
            raise NotEnabled(Problem(path, f"{path}: type {kind!r} is not supported here", "type"))
        one = {"type": kind, "content": read_url(given.get("content", given.get("attachment")), path)}
        if isinstance(given.get("title"), str):
            one["title"] = given["title"]
        found.append(one)
    return found


def is_address(text: str) -> bool:
    return text.startswith(("http://", "https://")) and len(text) < 2000 and not any(map(str.isspace, text))


def ids_of(fields: Any) -> dict[str, str]:
    """Our names of their fields: the same, but for those with signs ours cannot have."""
    found: dict[str, str] = {}
    for n, each in enumerate(fields if isinstance(fields, list) else []):
        theirs = each.get("field_id") if isinstance(each, dict) else None
        if isinstance(theirs, str):
            found[theirs] = theirs if NAME.fullmatch(theirs) and theirs != NOT else f"field-{n}"
    return found


def _field(raw: Any, n: int, ids: dict[str, str]) -> dict[str, Any]:
    """Only what we know of it: unknown parameters are accepted, and do nothing."""
    path = f"fields[{n}]"
    given = read_dict(raw, path)
    kind = given.get("type")
    if isinstance(kind, str):
        kind = RENAMED.get(kind, kind)
    if kind not in (*TYPES, FIELD_SET):
        raise NotEnabled(Problem(path, f"{path}: type {kind!r} is not supported here", "type"))
    known = (*COMMON, *OWN.get(kind, ()))
    for name in REPEATS:
        if name not in known and given.get(name) not in (None, 0, 1):
            message = f"{path}.{name} is not supported here but for field sets; put the field into one"
            raise NotEnabled(Problem(f"{path}.{name}", message, "type"))
    field = {name: value for name, value in given.items() if name in known and value is not None} | {"type": kind}
    field |= {ours: given[theirs] for theirs, ours in LIMITS.items() if ours in known and given.get(theirs) is not None}
    if field.get("min_choices") == 0:
        del field["min_choices"]
        field["required"] = False
    theirs = given.get("field_id")
    field["field_id"] = ids.get(theirs, theirs) if isinstance(theirs, str) else theirs
    if kind == FIELD_SET:
        inner = read_list(given.get("fields"), f"{path}.fields")
        field["fields"] = [_field(each, m, {}) for m, each in enumerate(inner)]
    if kind == "ranking_order" and given.get("choices") is None:
        field["choices"] = _places(given, path)
    elif "choices" in known:
        listed = read_list(given.get("choices"), f"{path}.choices")
        field["choices"] = [_choice(each, f"{path}.choices[{m}]") for m, each in enumerate(listed)]
    if kind == "number" and (ends := _ends(given)):
        field["hint"] = "\n".join(part for part in (field.get("hint"), ends) if isinstance(part, str) and part)
    if "conditions" in field:
        field["conditions"] = _renamed(field["conditions"], ids)
    return field


def _places(given: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """What is ranked where only its number is told: what the text shows as Response 1, Response 2 … is 0, 1 …"""
    for name in ("options_flexible", "positions_flexible"):
        if given.get(name) is True:
            raise NotEnabled(Problem(f"{path}.{name}", f"{path}.{name} is not supported here", "type"))
    count = given.get("num_options", given.get("num_items_to_rank"))
    if isinstance(count, bool) or not isinstance(count, int) or not 2 <= count <= MOST_RANKED:
        message = f"{path} needs choices, or num_options from 2 to {MOST_RANKED}"
        raise InvalidInput(Problem(f"{path}.choices", message, "required"))
    if given.get("num_items_to_rank", count) != count:
        message = f"{path}.num_items_to_rank: here all options are ranked"
        raise NotEnabled(Problem(f"{path}.num_items_to_rank", message, "type"))
    named = given.get("option_label")
    word = named if isinstance(named, str) and named.strip() else "Option"
    return [{"value": str(n), "label": f"{word} {n + 1}"} for n in range(count)]


def _ends(given: dict[str, Any]) -> str:
    """What the ends of a slider mean."""
    if given.get("use_slider") is not True:
        return ""
    ends = (("min", "prefix"), ("max", "suffix"))
    return ", ".join(
        f"{given[end]} = {given[word]}" for end, word in ends if isinstance(given.get(word), str) and end in given
    )


def _renamed(conditions: Any, ids: dict[str, str]) -> Any:
    if isinstance(conditions, list):
        return [_renamed(each, ids) for each in conditions]
    if not isinstance(conditions, dict):
        return conditions
    return {ids.get(name, name): _renamed(value, ids) if name == NOT else value for name, value in conditions.items()}


def _choice(raw: Any, path: str) -> dict[str, Any]:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = str(raw)
    if isinstance(raw, str):
        return {"value": raw}
    given = read_dict(raw, path)
    value = given.get("value", given.get("name", given.get("choice", given.get("label"))))
    nested = {}
    if given.get("subchoices"):
        inner = read_list(given["subchoices"], f"{path}.subchoices")
        nested = {"subchoices": [_choice(each, f"{path}.subchoices[{n}]") for n, each in enumerate(inner)]}
    label = given.get("label", given.get("display", value))
    hint = {"hint": given["hint"]} if isinstance(given.get("hint"), str) else {}
    return {"value": str(value), "label": str(label), **hint, **nested}


def _named(params: Params, name: str) -> dict[str, str]:
    """`{name: description}`, or a list of names, or of `{field_id, title}`."""
    given = params.get(name) or {}
    if isinstance(given, list):
        pairs = [
            (each.get("field_id"), each.get("title")) if isinstance(each, dict) else (each, each) for each in given
        ]
        given = dict(pairs) if all(isinstance(key, str) for key, _ in pairs) else None
    if not isinstance(given, dict) or not all(isinstance(each, str) for each in given):
        raise InvalidInput(Problem(name, f"{name} must be an object of names and descriptions", "type"))
    return {key: value if isinstance(value, str) and value.strip() else key for key, value in given.items()}


def _text_field(name: str, title: str) -> dict[str, Any]:
    return {"type": "text", "field_id": name, "title": title, "required": False}


def _row(line: str, columns: list[str]) -> dict[str, str]:
    cells = [cell.strip() for cell in line.split(ROW_SEPARATOR, max(0, len(columns) - 1))]
    return {name: cells[n] if n < len(cells) else "" for n, name in enumerate(columns)}


def made_up_fields(fields: list[Field], above: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Every field that is shown after the values before it; of a set as many entries as have to be."""
    found: dict[str, list[Any]] = {}
    for field in fields:
        known = above | found
        if not is_shown(field, known):
            continue
        if field["type"] == FIELD_SET:
            if entry := made_up_fields(field["fields"], known):
                found[field["field_id"]] = [entry] * field[REPEATS[0]]
        else:
            found[field["field_id"]] = made_up_values(field)
    return found


def made_up_values(field: Field) -> list[Any]:
    kind = field["type"]
    if "choices" in field:
        values = leaves(field["choices"])
        return values if kind == "ranking_order" else values[: field.get("min_choices", 1)]
    low, high = field.get("min"), field.get("max")
    if kind == "number":
        one = low if low is not None else high if high is not None else 1
        whole = math.floor if low is None else math.ceil
        return [whole(one) if field["is_integer"] else one]
    if kind == "time_range":
        start = low or "00:00:00"
        return [start, high or max(start, "00:00:10")]
    made: dict[str, list[Any]] = {
        "text": [MADE_UP[: field.get("max_length", 100)].ljust(field.get("min_length", 0), ".")],
        "boolean": [True],
        "date": [DATE],
        "datetime": [DATETIME],
        "linear_scale": [low],
        "range": [low, high],
    }
    return made[kind]
