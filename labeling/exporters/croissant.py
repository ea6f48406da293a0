"""Croissant: JSON Lines, and croissant.json, which describes them; its fields of responsible AI are facts."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from labeling.exporters import jsonl
from labeling.exporters.cards import columns_of, question_of, rows_of, sentences
from labeling.exporters.folders import Folder
from labeling.exporters.pictures import write_pictures
from labeling.exporters.snapshot import UNFINISHED, Snapshot
from labeling.exporters.texts import one_to_one, one_word
from labeling.types import registry

NAME = "croissant"
TITLE = "Croissant (JSON-LD, JSONL)"
SUFFIX = ".zip"
CONTENT_TYPE = "application/zip"
TYPES = frozenset(registry.all())
FILE = "data.jsonl"
KINDS = {
    "str": "sc:Text", "int": "sc:Integer", "float": "sc:Float", "bool": "sc:Boolean", "json": "sc:Text",
    "time": "sc:DateTime",
}  # fmt: skip
CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract", "field": "cr:field",
    "fileObject": "cr:fileObject", "fileProperty": "cr:fileProperty", "fileSet": "cr:fileSet", "format": "cr:format",
    "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key",
    "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated",
    "replace": "cr:replace", "sc": "https://schema.org/", "separator": "cr:separator", "source": "cr:source",
    "subField": "cr:subField", "transform": "cr:transform",
}  # fmt: skip
RAI = {
    "rai:dataCollection": ("collection",),
    "rai:dataAnnotationProtocol": ("protocol", "quality"),
    "rai:dataAnnotationAnalysis": ("analysis", "agreement"),
    "rai:machineAnnotationTools": ("machines",),
    "rai:dataUseCases": ("use",),
    "rai:personalSensitiveInformation": ("sensitive",),
}


def build(snapshot: Snapshot, folder: Folder) -> None:
    for record in snapshot.records():
        if record.answer is None:
            snapshot.losses.note(record, "answer", UNFINISHED)
    columns = columns_of(snapshot)
    digest, size = hashlib.sha256(), 0
    with folder.open(FILE) as file:
        for row in rows_of(snapshot):
            flat = {name: _flat(row.get(name), kind) for name, kind in columns.items()}
            line = orjson.dumps(flat, option=jsonl.OPTIONS)
            file.write(line)
            digest.update(line)
            size += len(line)
    about = _about(snapshot, list(columns.items()), digest.hexdigest(), size)
    folder.write("croissant.json", orjson.dumps(about, option=orjson.OPT_INDENT_2))
    write_pictures(snapshot, folder)


def _flat(value: Any, kind: str) -> Any:
    """A field of Croissant is one value: what is nested is JSON text."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode() if kind == "json" and value is not None else value


def _about(snapshot: Snapshot, columns: list[tuple[str, Any]], sha256: str, size: int) -> dict[str, Any]:
    about, facts = snapshot.about, snapshot.about.facts
    ids = one_to_one((name for name, _ in columns), one_word)
    made = sentences(snapshot)
    rai: dict[str, Any] = {}
    for field, names in RAI.items():
        if told := [made[name] for name in names if name in made]:
            rai[field] = told
    if facts.get("first_answer"):
        rai["rai:dataCollectionTimeframe"] = [facts["first_answer"], facts["last_answer"]]
    if facts.get("annotators"):
        rai |= {"rai:annotationsPerItem": str(facts["overlap"]), "rai:dataAnnotationPlatform": ["Groundwork"]}
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": about.name,
        "description": question_of(about.config) or about.name,
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "version": "1.0.0",
        **({"datePublished": about.as_of} if about.as_of else {}),
        **_creator(facts.get("organization")),
        **rai,
        "distribution": [{
            "@type": "cr:FileObject", "@id": "data", "name": FILE, "contentUrl": FILE, "contentSize": f"{size} B",
            "encodingFormat": "application/jsonlines", "sha256": sha256,
        }],
        "recordSet": [{
            "@type": "cr:RecordSet", "@id": "items", "name": "items",
            "field": [
                {
                    "@type": "cr:Field", "@id": f"items/{ids[name]}", "name": f"items/{name}", "dataType": KINDS[kind],
                    "source": {"fileObject": {"@id": "data"}, "extract": {"column": name}},
                }
                for name, kind in columns
            ],
        }],
    }  # fmt: skip


def _creator(name: str | None) -> dict[str, Any]:
    return {"creator": {"@type": "sc:Organization", "name": name}} if name else {}
