"""segmentannotation: every pixel under a label, told as pictures."""

from __future__ import annotations

import io
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labeling.errors import InvalidInput, Problem
from labeling.types.rle import decode, encode
from tasks.scale.kinds.base import (
    Asked,
    Keep,
    NotEnabled,
    Params,
    Wanted,
    from_ontology,
    names_of,
    overlap_of,
    question_of,
    read_dict,
    read_list,
    read_url,
)
from tasks.scale.kinds.images import QUESTION, UNTOLD, ImageAnnotation, with_context

MOST_LABELS = 50
COLOURS = ("#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#46f0f0", "#f032e6", "#bcf60c", "#008080", "#9a6324")
MASKS = "masks"  # of an item: what a suggestion paints, by the place of its label
MADE_UP_SIZE = (40, 60)  # height and width


class SegmentAnnotation(ImageAnnotation):
    name = "segmentannotation"
    core = "masks"
    required = ("attachment", "labels")
    draws = True

    lacking: ClassVar[dict[str, str]] = {"annotation_attributes": "segments have none"}

    def filled(self, params: Params, ontology: list[Any] | None) -> Params:
        return (
            params if ontology is None else params | {"labels": from_ontology(params.get("labels"), ontology, "labels")}
        )

    def ask(self, params: Params, instruction: str) -> Asked:
        labels = names_of(read_list(params["labels"], "labels", most=MOST_LABELS), "labels")
        config: dict[str, Any] = {"question": question_of(instruction, QUESTION, UNTOLD), "labels": labels}
        if params.get("allow_unlabeled") is not True:
            config["cover"] = True
        image = Wanted(read_url(params["attachment"], "attachment"), "image")
        item, wanted = with_context({"image": image.url}, [image], params)
        return Asked(self.clean(config), item, [*wanted, *suggested(params, labels)], overlap_of(params))

    def respond(self, answer: dict[str, Any], params: Params, seed: str, keep: Keep, item: Params) -> dict[str, Any]:
        """Labels are numbered from 1, 0 is what nobody painted; where two overlap, the upper one counts."""
        names = [each["value"] for each in names_of(params["labels"], "labels")]
        mapping = {name: {"index": n, "color": colour_of(n)} for n, name in enumerate(names, 1)}
        if not answer["annotations"]:
            return {"labelMapping": mapping, "annotations": {"unlabeled": None, "labeled": {}, "combined": {}}}
        index = np.zeros(answer["annotations"][0]["size"], dtype=np.uint8)
        for mask in answer["annotations"]:
            index[decode(mask["size"], mask["counts"])] = mapping[mask["label"]]["index"]
        used = [name for name in names if (index == mapping[name]["index"]).any()]
        palette = np.array([(0, 0, 0), *(_rgb(colour_of(n)) for n in range(1, len(names) + 1))], dtype=np.uint8)
        return {
            "labelMapping": mapping,
            "annotations": {
                "unlabeled": keep(png(_black_and_white(index == 0))),
                "labeled": {name: keep(png(_black_and_white(index == mapping[name]["index"]))) for name in used},
                "combined": {"image": keep(png(palette[index])), "indexedImage": keep(png(index))},
            },
        }

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        """Of a suggestion whose pictures are here: its labels are where they are white."""
        if MASKS not in item:
            raise NotEnabled(Problem("response", "known answers of segments are not supported here", "type"))
        names = [each["value"] for each in names_of(params["labels"], "labels")]
        shapes = [
            {"uuid": str(n), "type": "mask", "label": names[n], "size": list(pixels.shape), "counts": encode(pixels)}
            for n, pixels in item[MASKS].items()
            if pixels.any()
        ]
        return {"annotations": [shape | {"attributes": {}} for shape in shapes], "global_attributes": {}}

    def as_answered(self, made: dict[str, Any], asked: Asked) -> dict[str, Any]:
        return made  # told as pictures, of a size that no picture of the task has

    def invent(self, asked: Asked) -> dict[str, Any]:
        height, width = MADE_UP_SIZE
        mask = np.zeros(MADE_UP_SIZE, dtype=bool)
        mask[: height // 2, : width // 2] = True
        labels = asked.config["labels"]
        painted = [(labels[0]["value"], mask)]
        if asked.config.get("cover"):
            painted.append((labels[-1]["value"], ~mask))
        shapes = [
            {"uuid": str(n), "type": "mask", "label": label, "size": [height, width], "counts": encode(pixels)}
            for n, (label, pixels) in enumerate(painted, 1)
        ]
        return {"annotations": [shape | {"attributes": {}} for shape in shapes], "global_attributes": {}}


def suggested(params: Params, labels: list[dict[str, Any]]) -> list[Wanted]:
    """The pictures of a suggestion, as a response names them: one of each label."""
    if params.get("hypothesis") is None:
        return []
    path = "hypothesis.annotations"
    given = read_dict(read_dict(params["hypothesis"], "hypothesis").get("annotations"), path)
    places = {each["value"]: n for n, each in enumerate(labels)}
    wanted = []
    for label, url in read_dict(given.get("labeled"), f"{path}.labeled").items():
        if label not in places:
            message = f"{path}.labeled: {label!r} is none of the labels"
            raise InvalidInput(Problem(f"{path}.labeled.{label}", message, "choice"))
        wanted.append(Wanted(read_url(url, f"{path}.labeled.{label}"), "mask", places[label]))
    return wanted


def colour_of(n: int) -> str:
    return COLOURS[(n - 1) % len(COLOURS)]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _black_and_white(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return mask.astype(np.uint8) * np.uint8(255)


def png(pixels: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()
