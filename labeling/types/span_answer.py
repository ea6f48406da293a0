"""Reading an answer of `spans`: offsets in code points against the text, overlaps, relationships, canonical order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.errors import Problem
from labeling.types.attributes import read_attributes
from labeling.types.relations import Words, read_links
from labeling.types.strict import read_object, read_text

MOST_ANNOTATIONS = 5000
ANNOTATION_FIELDS = ("id", "label", "start", "end", "text", "attributes")
WORDS = Words(kind="name", source="source_ref", target="target_ref", thing="span", others=("id",))


def read_annotations(
    raw: Any, config: dict[str, Any], text: str, problems: list[Problem]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Spans in canonical order with canonical ids, and the place of each by the id it was given."""
    if not isinstance(raw, list) or len(raw) > MOST_ANNOTATIONS:
        problems.append(Problem("annotations", f"must be a list of at most {MOST_ANNOTATIONS} spans", "type"))
        return [], {}
    labels = {label["value"]: (place, label) for place, label in enumerate(config["labels"])}
    found: list[tuple[tuple[int, int, int], str, str, dict[str, Any]]] = []
    given_ids: set[str] = set()
    for n, given in enumerate(raw):
        path = f"annotations[{n}]"
        before = len(problems)
        span = read_object(given, ANNOTATION_FIELDS, problems, path)
        if not isinstance(given, dict):
            continue
        name = read_text(span.get("id", f"a{n + 1}"), problems, f"{path}.id", longest=100)
        if name in given_ids:
            problems.append(Problem(f"{path}.id", f"{name!r} is the id of another span", "duplicate"))
        given_ids.add(name)
        start, end = _read_offsets(span, text, problems, path)
        place, label = _read_label(span.get("label"), labels, problems, f"{path}.label")
        if "attributes" in span or label:
            attributes = read_attributes(
                span.get("attributes", {}), label["attributes"] if label else [], problems, f"{path}.attributes"
            )
        if len(problems) > before or label is None:
            continue
        covered = text[start:end]
        if span.get("text", covered) != covered:
            problems.append(Problem(f"{path}.text", f"is not the text there, {covered[:80]!r}", "text"))
            continue
        clean = {"label": label["value"], "start": start, "end": end, "text": covered}
        found.append(((start, end, place), path, name, clean | ({"attributes": attributes} if attributes else {})))
    found.sort(key=lambda each: each[0])
    _note_clashes(found, config["overlap"], problems)
    annotations = [{"id": f"a{n}", **span} for n, (_, _, _, span) in enumerate(found, 1)]
    return annotations, {name: n for n, (_, _, name, _) in enumerate(found)}


def read_relationships(
    raw: Any,
    config: dict[str, Any],
    annotations: list[dict[str, Any]],
    places: Mapping[str, int],
    problems: list[Problem],
) -> list[dict[str, Any]]:
    """Relationships in canonical order, with canonical ids."""
    labels = [annotation["label"] for annotation in annotations]
    links = read_links(raw, config["relations"], labels, places, WORDS, problems, "relationships")
    names = [relation["value"] for relation in config["relations"]]
    return [
        {"id": f"r{n}", "name": names[place], "source_ref": f"a{source + 1}", "target_ref": f"a{target + 1}"}
        for n, (source, target, place) in enumerate(links, 1)
    ]


def _read_offsets(span: dict[str, Any], text: str, problems: list[Problem], path: str) -> tuple[int, int]:
    numbers = []
    for field in ("start", "end"):
        value = span.get(field)
        if isinstance(value, bool) or not isinstance(value, int):
            problems.append(Problem(f"{path}.{field}", "must be a whole number", "type"))
        elif not 0 <= value <= len(text):
            problems.append(Problem(f"{path}.{field}", f"is {value}; the text has {len(text)} characters", "range"))
        else:
            numbers.append(value)
    if len(numbers) < 2:
        return 0, 0
    start, end = numbers
    if start >= end:
        problems.append(Problem(f"{path}.end", f"is {end}; must be more than start, {start}", "empty"))
    return start, end


def _read_label(
    raw: Any, labels: Mapping[str, tuple[int, dict[str, Any]]], problems: list[Problem], path: str
) -> tuple[int, dict[str, Any] | None]:
    if not isinstance(raw, str):
        problems.append(Problem(path, "must be a string", "type"))
    elif raw not in labels:
        problems.append(Problem(path, f"{raw[:80]!r} is not a label of this schema", "unknown_label"))
    else:
        return labels[raw]
    return 0, None


def _note_clashes(
    found: list[tuple[tuple[int, int, int], str, str, dict[str, Any]]], overlap: bool, problems: list[Problem]
) -> None:
    furthest = 0
    for n, (key, path, name, _span) in enumerate(found):
        if n and found[n - 1][0] == key:
            problems.append(Problem(path, f"is the same span with the same label as {found[n - 1][2]!r}", "duplicate"))
        elif not overlap and key[0] < furthest:
            problems.append(
                Problem(path, f"span {name!r} overlaps another, which this schema does not allow", "overlap")
            )
        furthest = max(furthest, key[1])
