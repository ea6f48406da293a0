"""Named entities in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from labeling.errors import InvalidInput, Problem
from tasks.scale.kinds.attributes import made_up_attributes
from tasks.scale.kinds.base import (
    Asked,
    Kind,
    Params,
    known_only,
    names_of,
    overlap_of,
    question_of,
    read_dict,
    read_list,
    uuid_of,
)

RELATION = (
    "name", "display_name", "display", "description", "is_directed", "directed", "source_label", "target_label",
)  # fmt: skip
UNNAMED = "unnamed-"
WORD = re.compile(r"\S+")
QUESTION = "Mark the entities that the instructions name."
UNTOLD = "Mark everything that a label names."


class NamedEntityRecognition(Kind):
    name = "namedentityrecognition"
    core = "spans"
    required = ("text", "labels")

    def filled(self, params: Params, ontology: list[Any] | None) -> Params:
        if ontology is None:
            return params
        named = [{"name": one["value"], "display": one["label"]} for one in names_of(ontology, "ontology")]
        if not params.get("labels"):
            return params | {"labels": named}
        known = {one["name"] for one in named}
        for path, one in leaves_of(params["labels"], "labels"):
            if one["name"] not in known:
                raise InvalidInput(Problem(path, f"{path} is no label of the project's ontology", "ontology"))
        return params

    def ask(self, params: Params, instruction: str) -> Asked:
        text = params["text"]
        if not isinstance(text, str):
            raise InvalidInput(Problem("text", "text must be a string", "type"))
        config: dict[str, Any] = {
            "question": question_of(instruction, QUESTION, UNTOLD),
            "labels": [_label(given, path) for path, given in leaves_of(params["labels"], "labels")],
        }
        if relationships := params.get("relationships"):
            listed = read_list(relationships, "relationships")
            config["relations"] = [_relation(each, n, params["labels"]) for n, each in enumerate(listed)]
        return Asked(self.clean(config), {"text": text}, overlap=overlap_of(params))

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        ids = {span["id"]: uuid_of(seed, span["id"]) for span in answer["annotations"]}
        spans = [span | {"id": ids[span["id"]]} for span in answer["annotations"]]
        links = [
            {name: value for name, value in link.items() if name != "name" or not value.startswith(UNNAMED)}
            | {"id": uuid_of(seed, link["id"]), **{end: ids[link[end]] for end in ("source_ref", "target_ref")}}
            for link in answer["relationships"]
        ]
        return {"annotations": spans, "relationships": links}

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        given = read_dict(response, "response")
        links = given.get("relationships") or []
        if isinstance(links, list):
            usual = {"name": f"{UNNAMED}0"}
            links = [usual | each if isinstance(each, dict) else each for each in links]
        return {"annotations": given.get("annotations", []), "relationships": links}

    def invent(self, asked: Asked) -> dict[str, Any]:
        """One span; two that are joined, where relationships are asked for and there are words enough."""
        words, relations = list(WORD.finditer(asked.item["text"])), asked.config.get("relations") or []
        labels = {label["value"]: label for label in asked.config["labels"]}
        first = next(iter(labels))
        ends = [first]
        if relations and len(words) > 1:
            ends = [(relations[0].get(side) or [first])[0] for side in ("from", "to")]
        spans = [
            {
                "id": f"a{n}",
                "label": label,
                "start": word.start(),
                "end": word.end(),
                "attributes": made_up_attributes(labels[label].get("attributes", [])),
            }
            for n, (word, label) in enumerate(zip(words, ends, strict=False), 1)
        ]
        links = []
        if len(spans) == 2:
            links = [{"id": "r1", "name": relations[0]["value"], "source_ref": "a1", "target_ref": "a2"}]
        return {"annotations": spans, "relationships": links}


def leaves_of(raw: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The labels that can be given, each with its place; one with children is a heading, and they are the labels."""
    for n, each in enumerate(read_list(raw, path)):
        where = f"{path}[{n}]"
        given = {"name": each} if isinstance(each, str) else each
        if not isinstance(given, dict) or not isinstance(given.get("name"), str):
            raise InvalidInput(Problem(where, f"{where} must be an object with a name", "type"))
        if given.get("children"):
            yield from leaves_of(given["children"], f"{where}.children")
        else:
            yield where, given


def _label(given: dict[str, Any], path: str) -> dict[str, Any]:
    label = {"value": given["name"], "label": display_of(given)}
    if isinstance(given.get("description"), str):
        label["description"] = given["description"]
    listed = given.get("attributes") or []
    if isinstance(listed, dict):  # by their names
        listed = [read_dict(each, f"{path}.attributes.{name}") | {"name": name} for name, each in listed.items()]
    if listed:
        path = f"{path}.attributes"
        label["attributes"] = [_attribute(each, f"{path}[{n}]") for n, each in enumerate(read_list(listed, path))]
    return label


def display_of(given: dict[str, Any]) -> Any:
    return given.get("display_name") or given.get("display") or given["name"]


def _attribute(raw: Any, path: str) -> dict[str, Any]:
    given = {"name": raw} if isinstance(raw, str) else read_dict(raw, path)
    attribute = {
        "name": given.get("name"),
        "label": given.get("description") or given.get("name"),
        "type": "text",
        "required": given.get("required") is True,
    }
    if given.get("choices"):
        kind = "multiselect" if given.get("allow_multiple") is True else "select"
        return attribute | {"type": kind, "options": given["choices"]}
    return attribute


def _relation(raw: Any, n: int, labels: Any) -> dict[str, Any]:
    """Both ways unless it is directed. One without a name is told without."""
    path = f"relationships[{n}]"
    given = {"name": raw} if isinstance(raw, str) else read_dict(raw, path)
    known_only(given, RELATION, path)
    name = given.get("name", f"{UNNAMED}{n}")
    if not isinstance(name, str):
        raise InvalidInput(Problem(path, f"{path}.name must be a string", "type"))
    directed = given.get("is_directed", given.get("directed", False))
    label = display_of(given) if given.get("name") else "is related to"
    relation: dict[str, Any] = {"value": name, "label": label, "directed": directed is True}
    for end, side in (("source_label", "from"), ("target_label", "to")):
        if given.get(end) is not None:
            relation[side] = named_by(given[end], labels, f"{path}.{end}")
    return relation


def named_by(wanted: Any, labels: Any, path: str) -> list[str]:
    """A label, or all below a heading."""
    todo = list(labels)
    while todo:
        each = todo.pop()
        given = {"name": each} if isinstance(each, str) else each
        if given["name"] == wanted:
            return [one["name"] for _, one in leaves_of([given], path)]
        todo += given.get("children") or []
    raise InvalidInput(Problem(path, f"{path}: {wanted!r} is none of the labels", "choice"))
