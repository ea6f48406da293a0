"""Named entities in a text."""

from __future__ import annotations

from typing import Any

from labeling.errors import InvalidInput, Problem
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

QUESTION = "Mark the entities that the instructions name."


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
        for n, one in enumerate(read_list(params["labels"], "labels")):
            if _label(one, n)["value"] not in known:
                message = f"labels[{n}] is no label of the project's ontology"
                raise InvalidInput(Problem(f"labels[{n}]", message, "ontology"))
        return params

    def ask(self, params: Params, instruction: str) -> Asked:
        text = params["text"]
        if not isinstance(text, str):
            raise InvalidInput(Problem("text", "text must be a string", "type"))
        config: dict[str, Any] = {
            "question": question_of(instruction, QUESTION),
            "labels": [_label(each, n) for n, each in enumerate(read_list(params["labels"], "labels"))],
        }
        if relationships := params.get("relationships"):
            listed = read_list(relationships, "relationships")
            config["relations"] = [_relation(each, n) for n, each in enumerate(listed)]
        return Asked(self.clean(config), {"text": text}, overlap=overlap_of(params))

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        ids = {span["id"]: uuid_of(seed, span["id"]) for span in answer["annotations"]}
        spans = [span | {"id": ids[span["id"]]} for span in answer["annotations"]]
        links = [
            link | {"id": uuid_of(seed, link["id"]), **{end: ids[link[end]] for end in ("source_ref", "target_ref")}}
            for link in answer["relationships"]
        ]
        return {"annotations": spans, "relationships": links}

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        given = read_dict(response, "response")
        return {"annotations": given.get("annotations", []), "relationships": given.get("relationships") or []}

    def invent(self, asked: Asked) -> dict[str, Any]:
        text = asked.item["text"]
        start = len(text) - len(text.lstrip())
        end = start + len((text.split() or [""])[0])
        if start == end:
            return {"annotations": [], "relationships": []}
        label = asked.config["labels"][0]["value"]
        span = {"id": "a1", "label": label, "start": start, "end": end, "text": text[start:end]}
        return {"annotations": [span], "relationships": []}


def _label(raw: Any, n: int) -> dict[str, Any]:
    given = {"name": raw} if isinstance(raw, str) else raw
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise InvalidInput(Problem(f"labels[{n}]", f"labels[{n}] must be an object with a name", "type"))
    label = {"value": given["name"], "label": given.get("display") or given["name"]}
    if isinstance(given.get("description"), str):
        label["description"] = given["description"]
    attributes = [
        {
            "name": each.get("name"),
            "label": each.get("description") or each.get("name"),
            "type": "select" if each.get("choices") else "text",
            "required": each.get("required") is True,
        }
        | ({"options": each["choices"]} if each.get("choices") else {})
        for each in given.get("attributes") or []
        if isinstance(each, dict)
    ]
    return label | ({"attributes": attributes} if attributes else {})


def _relation(raw: Any, n: int) -> dict[str, Any]:
    given = {"name": raw} if isinstance(raw, str) else raw
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise InvalidInput(Problem(f"relationships[{n}]", f"relationships[{n}] must be an object with a name", "type"))
    known_only(given, ("name", "display", "description", "is_directed", "directed"), f"relationships[{n}]")
    directed = given.get("is_directed", given.get("directed", True))
    return {"value": given["name"], "label": given.get("display") or given["name"], "directed": directed is not False}
