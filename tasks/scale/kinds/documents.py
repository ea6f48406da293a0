"""documenttranscription of one page that is a picture: boxes with what is written in them."""

from __future__ import annotations

from typing import Any

from labeling.errors import InvalidInput, Problem
from tasks.scale.kinds.base import (
    Asked,
    NotEnabled,
    Params,
    Wanted,
    overlap_of,
    question_of,
    read_dict,
    read_list,
    read_url,
    uuid_of,
)
from tasks.scale.kinds.images import ImageAnnotation

QUESTION = "Draw a box around each part of the page that the instructions name, and write down what it says."
TEXT = "text"


class DocumentTranscription(ImageAnnotation):
    name = "documenttranscription"
    required = ("attachment|attachments", "features")

    def ask(self, params: Params, instruction: str) -> Asked:
        page = self.page(params)
        features = read_list(params["features"], "features")
        labels = [
            _label(each, n, "polygon" if params.get("geometry") == "polygon" else "box")
            for n, each in enumerate(features)
        ]
        config = {"question": question_of(instruction, QUESTION), "labels": labels}
        image = Wanted(page, "image")
        return Asked(self.clean(config), {"image": page}, [image], overlap_of(params))

    def page(self, params: Params) -> str:
        listed = (
            read_list(params["attachments"], "attachments") if params.get("attachments") else [params["attachment"]]
        )
        if len(listed) > 1:
            raise NotEnabled(Problem("attachments", "documents of more than one page are not supported here", "range"))
        first = listed[0]
        url = read_url(first.get("content", first.get("url")) if isinstance(first, dict) else first, "attachment")
        if url.lower().partition("?")[0].endswith(".pdf"):
            raise NotEnabled(Problem("attachment", "PDFs are not supported here; send a picture of the page", "type"))
        return url

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        found = [
            {
                "uuid": uuid_of(seed, shape["uuid"]),
                "page": 0,
                "label": shape["label"],
                "text": shape["attributes"].get(TEXT, ""),
                "location": {
                    name: value for name, value in shape.items() if name not in ("uuid", "type", "label", "attributes")
                },
                "refs": [],
            }
            for shape in answer["annotations"]
        ]
        return {"annotations": found, "document_pages": [{"page": 0, "url": self.page(params)}]}

    def answer(self, response: Any, params: Params) -> Any:
        kind = "polygon" if params.get("geometry") == "polygon" else "box"
        shapes = [
            {
                "type": kind,
                "label": each.get("label"),
                "attributes": {TEXT: each["text"]} if each.get("text") else {},
                **read_dict(each.get("location"), f"annotations[{n}].location"),
            }
            for n, each in enumerate(read_dict(response, "response").get("annotations", []))
            if isinstance(each, dict)
        ]
        return {"annotations": shapes, "global_attributes": {}}


def _label(raw: Any, n: int, geometry: str) -> dict[str, Any]:
    given = read_dict(raw, f"features[{n}]")
    if not isinstance(given.get("label"), str):
        raise InvalidInput(Problem(f"features[{n}].label", f"features[{n}] must have a label", "required"))
    written = {"name": TEXT, "label": "Text", "type": "text"}
    return {"value": given["label"], "geometries": [geometry], "attributes": [written]}
