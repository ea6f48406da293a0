"""Label Studio's labeling configuration, for what a project asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from labeling.exporters.label_studio_controls import Controls
from labeling.exporters.label_studio_shapes import TAGS
from labeling.exporters.snapshot import SHAPES, Snapshot
from labeling.exporters.xml import attribute


@dataclass(frozen=True, slots=True)
class OwnNames:
    """Of what is shown (``kind`` is image or text) and of the labels for spans; not an attribute's or a field's."""

    kind: str
    shown: str
    label: str

    @classmethod
    def beside(cls, taken: Iterable[str], kind: str) -> OwnNames:
        known = set(taken)

        def free(name: str) -> str:
            while name in known:
                name += "_"
            return name

        return cls(kind, free(kind), free("label"))


def configuration(snapshot: Snapshot, names: OwnNames, controls: Controls | None) -> str:
    lines = ["<View>", f"  <Header value={attribute(str(_question(snapshot.about.config)))}/>"]
    lines.append(f'  <{names.kind.title()} name="{names.shown}" value="${names.kind}"/>')
    lines += _controls(snapshot, snapshot.about.type, names)
    if controls:
        lines += controls.lines(names.shown)
    return "\n".join([*lines, "</View>", ""])


def field_names(snapshot: Snapshot) -> list[str]:
    """Of a form's texts: each is the name of its control."""
    return list(_each(snapshot, "fields", "name")) if snapshot.about.type == "writing" else []


def kinds_of_links(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    return {
        one["value"]: one
        for config in snapshot.configs()
        for one in config.get("relations") or config.get("links") or []
    }


def _question(config: dict[str, Any]) -> Any:
    return config.get("question") or config.get("title") or ""


def _controls(snapshot: Snapshot, kind: str, names: OwnNames) -> Iterator[str]:
    if kind in SHAPES:
        for geometry, tag in TAGS.items():
            found = _labels(snapshot, {geometry, "keypoints"} if geometry == "point" else {geometry})
            if found:
                yield f'  <{tag} name="{tag.lower()}" toName="{names.shown}">'
                yield from (f"    <Label value={attribute(name)}/>" for name in found)
                yield f"  </{tag}>"
        yield from _relations(kinds_of_links(snapshot))
    elif kind == "spans":
        yield f'  <Labels name="{names.label}" toName="{names.shown}">'
        yield from (f"    <Label value={attribute(name)}/>" for name in _labels(snapshot, None))
        yield "  </Labels>"
        yield from _relations(kinds_of_links(snapshot))
    elif kind == "writing":
        for name in _each(snapshot, "fields", "name"):
            yield f'  <TextArea name={attribute(name)} toName="{names.shown}"/>'
    else:
        tag, more = ("Taxonomy", "") if kind == "tree" else ("Choices", f' choice="{_how_many(kind)}"')
        yield f'  <{tag} name="choice" toName="{names.shown}"{more}>'
        yield from _options(_each(snapshot, "options", "value").values(), "    ")
        yield f"  </{tag}>"


def _relations(names: Iterable[str]) -> Iterator[str]:
    if names:
        yield "  <Relations>"
        yield from (f"    <Relation value={attribute(name)}/>" for name in names)
        yield "  </Relations>"


def _how_many(kind: str) -> str:
    return "multiple" if kind == "multichoice" else "single"


def _options(options: Iterable[dict[str, Any]], indent: str) -> Iterator[str]:
    for one in options:
        inner = list(_options(one.get("choices") or [], indent + "  "))
        if inner:
            yield f"{indent}<Choice value={attribute(one['value'])}>"
            yield from inner
            yield f"{indent}</Choice>"
        else:
            yield f"{indent}<Choice value={attribute(one['value'])}/>"


def _labels(snapshot: Snapshot, geometries: set[str] | None) -> list[str]:
    found = [
        label["value"]
        for config in snapshot.configs()
        for label in config["labels"]
        if geometries is None or geometries & set(label["geometries"])
    ]
    return list(dict.fromkeys(found))


def _each(snapshot: Snapshot, listed: str, name: str) -> dict[str, dict[str, Any]]:
    """Of the project's question, then of those of single tasks; the first of a name counts."""
    found: dict[str, dict[str, Any]] = {}
    for config in snapshot.configs():
        for one in config[listed]:
            found.setdefault(one[name], one)
    return found
