"""XML from strangers: no document type, and so no entities that expand or fetch."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from labeling.errors import BadFile

DEEPEST = 64


def parse_xml(content: bytes, name: str) -> Element:
    """Raises BadFile with the line."""
    builder, parser = TreeBuilder(), expat.ParserCreate()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise BadFile(f"{name}: line {parser.CurrentLineNumber}: nested too deep")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: Any) -> None:
        raise BadFile(f"{name}: line {parser.CurrentLineNumber}: a document type (DOCTYPE) is refused")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BadFile(f"{name}: line {error.lineno}: not XML: {expat.ErrorString(error.code)}") from error
    except LookupError as error:
        raise BadFile(f"{name}: line 1: not XML: {error}") from error
    return builder.close()


def number_of(element: Element, name: str) -> float:
    """An attribute as a number. ValueError names it."""
    try:
        return float(element.attrib[name])
    except KeyError:
        raise ValueError(f"has no {name}") from None
    except ValueError:
        raise ValueError(f"{name} is {element.attrib[name][:40]!r}, not a number") from None
