"""seqeval on CoNLL, spaCy on DocBins, jsonschema on doccano's lines; brat by its rule that offsets give the text."""

import json
import re
import sys
from pathlib import Path

import jsonschema
import spacy
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities
from spacy.tokens import DocBin

folder = Path(sys.argv[1])

documents, words, tags = [], [], []
for line in (folder / "data.conll").read_text("utf-8").split("\n"):
    if line.startswith("-DOCSTART-"):
        documents.append([])
    elif line.strip():
        columns = line.split(" ")
        assert len(columns) == 4, line
        words.append(columns[0])
        tags.append(columns[3])
    elif words:
        strict = [(e.tag, e.start, e.end) for e in Entities([tags], IOB2).entities[0]]
        assert strict == [(kind, start, end + 1) for kind, start, end in get_entities(tags)], tags
        documents[-1].append([[kind, " ".join(words[start:end])] for kind, start, end in strict])
        words, tags = [], []

nlp = spacy.blank("xx")


def docs(path):
    found = []
    for file in sorted((folder / path).glob("*.spacy")):
        for doc in DocBin().from_disk(file).get_docs(nlp.vocab):
            found.append(
                {
                    "text": doc.text,
                    "ents": [[e.label_, e.text, e.start_char, e.end_char] for e in doc.ents],
                    "spans": [[s.label_, s.text] for s in doc.spans.get("sc", [])],
                    "cats": doc.cats,
                }
            )
    return found


number = {"type": "integer", "minimum": 0}
LINE = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {"type": "string"},
        "label": {
            "type": "array",
            "items": {
                "anyOf": [
                    {"type": "string"},
                    {
                        "type": "array",
                        "prefixItems": [number, number, {"type": "string"}],
                        "minItems": 3,
                        "maxItems": 3,
                    },
                ]
            },
        },
        "entities": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "label", "start_offset", "end_offset"],
                "properties": {"id": number, "start_offset": number, "end_offset": number, "label": {"type": "string"}},
            },
        },
        "relations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "from_id", "to_id", "type"],
                "properties": {"from_id": number},
            },
        },
    },
    "oneOf": [{"required": ["label"]}, {"required": ["entities", "relations"]}],
}
doccano = {}
for file in sorted(folder.glob("doccano-*.jsonl")):
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for line in lines:
        jsonschema.validate(line, LINE)
    doccano[file.stem] = lines

brat = {}
for file in sorted((folder / "brat").rglob("*.ann")):
    text = file.with_suffix(".txt").read_bytes().decode("utf-8")
    brat[file.stem] = []
    for line in file.read_bytes().decode("utf-8").split("\n"):
        if line.startswith("T"):
            number_, place, covered = line.split("\t")
            kind, _, offsets = place.partition(" ")
            parts = [text[int(a) : int(b)] for a, b in re.findall(r"(\d+) (\d+)", offsets)]
            assert " ".join(parts) == covered, line
            brat[file.stem].append([kind, covered])
        elif line:
            assert re.fullmatch(r"(R\d+\t\S+ Arg1:T\d+ Arg2:T\d+|A\d+\t\S+ T\d+( \S+)?)", line), line
print(
    json.dumps(
        {
            "conll": documents,
            "spans": docs("spacy"),
            "cats": docs("cats"),
            "doccano": doccano,
            "brat": brat,
        }
    )
)
