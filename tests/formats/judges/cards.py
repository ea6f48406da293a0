"""datasets on TRL's lines and the Hub's folder, mlcroissant on Croissant, JSON Schema on OpenAI's and W3C's forms."""

import json
import sys
from pathlib import Path

import datasets
import jsonschema
import mlcroissant

folder = Path(sys.argv[1])
text = {"type": "string"}
turn = {
    "type": "object",
    "required": ["role", "content"],
    "additionalProperties": False,
    "properties": {"role": {"enum": ["system", "user", "assistant"]}, "content": text},
}
turns = {"type": "array", "items": turn, "minItems": 1}
one_answer = {"type": "array", "items": turn, "minItems": 1, "maxItems": 1}
OPENAI = {
    "oneOf": [
        {"type": "object", "required": ["messages"], "additionalProperties": False, "properties": {"messages": turns}},
        {
            "type": "object",
            "required": ["input", "preferred_output", "non_preferred_output"],
            "additionalProperties": False,
            "properties": {
                "input": {"type": "object", "required": ["messages"], "properties": {"messages": turns}},
                "preferred_output": one_answer,
                "non_preferred_output": one_answer,
            },
        },
    ]
}
SELECTOR = {
    "type": "object",
    "required": ["type"],
    "oneOf": [
        {"properties": {"type": {"const": "TextPositionSelector"}}, "required": ["start", "end"]},
        {"properties": {"type": {"const": "TextQuoteSelector"}}, "required": ["exact"]},
        {
            "properties": {"type": {"const": "FragmentSelector"}, "value": {"pattern": "^xywh=pixel:[0-9.,]+$"}},
            "required": ["value"],
        },
        {
            "properties": {"type": {"const": "SvgSelector"}, "value": {"pattern": "^<svg xmlns=.*</svg>$"}},
            "required": ["value"],
        },
    ],
}
ANNOTATION = {
    "type": "object",
    "required": ["id", "type", "target", "body"],
    "properties": {
        "type": {"const": "Annotation"},
        "id": {"type": "string", "format": "uri"},
        "motivation": {"enum": ["tagging", "classifying", "describing"]},
        "body": {"type": "array", "items": {"type": "object", "required": ["type", "value"]}},
        "target": {
            "type": "object",
            "required": ["source"],
            "properties": {
                "selector": {
                    "anyOf": [
                        SELECTOR,
                        {"type": "array", "items": SELECTOR},
                    ]
                }
            },
        },
    },
}
PAGE = {
    "type": "object",
    "required": ["@context", "id", "type", "items"],
    "properties": {
        "@context": {"const": "http://www.w3.org/ns/anno.jsonld"},
        "type": {"const": "AnnotationPage"},
        "items": {"type": "array", "items": ANNOTATION},
    },
}

trl = {}
for file in sorted(folder.glob("trl-*.jsonl")):
    data = datasets.load_dataset("json", data_files=str(file), split="train", cache_dir=str(folder / ".cache"))
    trl[file.stem] = {"columns": data.column_names, "rows": data.to_list()}
openai = {}
for file in sorted(folder.glob("openai-*.jsonl")):
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for line in lines:
        jsonschema.validate(line, OPENAI)
    openai[file.stem] = lines
web = {}
for file in sorted(folder.glob("web-*.jsonld")):
    page = json.loads(file.read_text("utf-8"))
    jsonschema.validate(page, PAGE)
    ids = [one["id"] for one in page["items"]]
    assert len(set(ids)) == len(ids)
    web[file.stem] = page["items"]
hub = datasets.load_dataset(str(folder / "hub"), split="train", cache_dir=str(folder / ".cache"))
croissant = mlcroissant.Dataset(jsonld=str(folder / "croissant" / "croissant.json"))
about = croissant.metadata
records = [
    {name.rpartition("/")[2]: value.decode() if isinstance(value, bytes) else value for name, value in row.items()}
    for row in croissant.records("items")
]
print(
    json.dumps(
        {
            "trl": trl,
            "openai": openai,
            "web": web,
            "hub": {"columns": hub.column_names, "rows": hub.to_list()},
            "croissant": {
                "name": about.name,
                "warnings": sorted(about.ctx.issues.warnings),
                "records": records,
                "collection": str(about.data_collection),
                "protocol": str(about.data_annotation_protocol),
            },
        },
        default=str,
    )
)
