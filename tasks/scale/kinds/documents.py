"""documenttranscription of pages that are pictures: boxes or polygons with what is written in them."""

from __future__ import annotations

from typing import Any, ClassVar

from labeling.errors import InvalidInput, Problem
from labeling.types.shape_answers import page_of
from tasks.scale.kinds.base import (
    Asked,
    Keep,
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

QUESTION = "Mark each part of the pages that the instructions name, and write down what it says."
UNTOLD = "Mark each part of the pages that a label names, and write down what it says."
TEXT = "text"
MOST_PAGES = 50
NO_PDF = "PDFs are not supported here; send a picture of each page"
GEOMETRIES = ("box", "polygon")
FEATURES = ("text", "block")
MADE_UP_PAGE = {"left": 0, "top": 0, "width": 1000, "height": 1400}
ABOUT = ("uuid", "label", "attributes")


class DocumentTranscription(ImageAnnotation):
    name = "documenttranscription"
    required = ("attachment|attachments", "features")
    lacking: ClassVar[dict[str, str]] = {}

    def filled(self, params: Params, ontology: list[Any] | None) -> Params:
        return params

    def ask(self, params: Params, instruction: str) -> Asked:
        urls = pages_in(params)
        geometry = params.get("geometry", "box")
        if geometry not in GEOMETRIES:
            raise InvalidInput(Problem("geometry", f"geometry must be one of {', '.join(GEOMETRIES)}", "choice"))
        features = read_list(params["features"], "features")
        labels = [_label(each, n, geometry) for n, each in enumerate(features)]
        config = {"question": question_of(instruction, QUESTION, UNTOLD), "labels": labels, "paged": True}
        item: dict[str, Any] = {"image": urls[0], "urls": urls}
        if isinstance(params.get("lang"), str):
            item["lang"] = params["lang"]
        wanted = [Wanted(url, "page", n) for n, url in enumerate(urls)]
        return Asked(self.clean(config), item, wanted, overlap_of(params))

    def respond(self, answer: dict[str, Any], params: Params, seed: str, keep: Keep, item: Params) -> dict[str, Any]:
        urls = pages_in(params)
        pages = item.get("pages") or [MADE_UP_PAGE] * len(urls)
        found = []
        for shape in answer["annotations"]:
            n = page_of(shape, pages) or 0
            found.append(
                {
                    "uuid": uuid_of(seed, shape["uuid"]),
                    "page": n,
                    "label": shape["label"],
                    "text": shape["attributes"].get(TEXT, ""),
                    "location": {name: part for name, part in moved(shape, pages[n], -1).items() if name not in ABOUT},
                    "refs": [],
                }
            )
        told = [
            {"page": n, "url": url, "width": page["width"], "height": page["height"]}
            for n, (url, page) in enumerate(zip(urls, pages, strict=False))
        ]
        return {"annotations": found, "document_pages": told}

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        raise NotImplementedError("told with its pages, by `respond`")

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        """Where the pages lie is known once they are here; before, each is by itself."""
        count = len(pages_in(params))
        pages = item.get("pages") or [MADE_UP_PAGE] * count
        shapes = []
        for n, each in enumerate(read_list(read_dict(response, "response").get("annotations"), "annotations", least=0)):
            path = f"annotations[{n}]"
            given = read_dict(each, path)
            place = given.get("page", 0)
            if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < count:
                raise InvalidInput(Problem(f"{path}.page", f"{path}.page must be from 0 to {count - 1}", "range"))
            location = read_dict(given.get("location"), f"{path}.location")
            shape = {
                "type": location.get("type", params.get("geometry", "box")),
                "label": given.get("label"),
                "attributes": {TEXT: given["text"]} if given.get("text") else {},
                **{name: part for name, part in location.items() if name != "type"},
            }
            shapes.append(moved(shape, pages[place], 1))
        return {"annotations": shapes, "global_attributes": {}}


def pages_in(params: Params) -> list[str]:
    """The addresses of the pages, in order."""
    listed = params.get("attachments") or [params["attachment"]]
    urls = []
    for n, each in enumerate(read_list(listed, "attachments", most=MOST_PAGES)):
        given = each.get("content", each.get("attachment", each.get("url"))) if isinstance(each, dict) else each
        url = read_url(given, f"attachments[{n}]")
        if url.lower().partition("?")[0].endswith(".pdf"):
            raise NotEnabled(Problem(f"attachments[{n}]", NO_PDF, "type"))
        urls.append(url)
    return urls


def moved(shape: dict[str, Any], page: dict[str, Any], way: int) -> dict[str, Any]:
    """From a page's own coordinates (`way` 1) to those of all pages together, or back (-1)."""
    dx, dy = way * page["left"], way * page["top"]
    found = dict(shape)
    try:
        if "left" in shape or "top" in shape:
            found |= {"left": shape["left"] + dx, "top": shape["top"] + dy}
        if "vertices" in shape:
            found["vertices"] = [{"x": each["x"] + dx, "y": each["y"] + dy} for each in shape["vertices"]]
    except (KeyError, TypeError):
        return found  # no shape: the check of the answer says what is wrong with it
    return found


def _label(raw: Any, n: int, geometry: str) -> dict[str, Any]:
    path = f"features[{n}]"
    given = read_dict(raw, path)
    kind = given.get("type", "block")
    if kind not in FEATURES:
        raise NotEnabled(Problem(f"{path}.type", f"{path}: features of type {kind!r} are not supported here", "type"))
    if given.get("flags"):
        raise NotEnabled(Problem(f"{path}.flags", f"{path}: flags are not supported here", "type"))
    if not isinstance(given.get("label"), str):
        raise InvalidInput(Problem(f"{path}.label", f"{path} must have a label", "required"))
    written = {"name": TEXT, "label": "Text", "type": "text"}
    return {"value": given["label"], "geometries": [geometry], "attributes": [written]}
