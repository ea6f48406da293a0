"""doccano's own upload: its parser, readers and checks of examples and labels. Only its database is left out."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

sys.path.append(str(Path(importlib.util.find_spec("backend").origin).parent))
MODELS = {
    "examples": ["Example"],
    "projects": ["Project"],
    "label_types": ["CategoryType", "LabelType", "RelationType", "SpanType"],
    "labels": ["Category", "Label", "Relation", "Span", "TextLabel"],
}
for name, classes in MODELS.items():
    models = ModuleType(f"{name}.models")
    vars(models).update(dict.fromkeys(classes, SimpleNamespace))
    sys.modules |= {name: ModuleType(name), f"{name}.models": models}

from data_import.pipeline.data import TextData  # noqa: E402
from data_import.pipeline.label import CategoryLabel, RelationLabel, SpanLabel, TextLabel  # noqa: E402
from data_import.pipeline.labels import Spans  # noqa: E402
from data_import.pipeline.makers import ExampleMaker, LabelMaker  # noqa: E402
from data_import.pipeline.parsers import JSONLParser  # noqa: E402
from data_import.pipeline.readers import FileName, Reader  # noqa: E402

COLUMNS = {
    "categories": {"label": CategoryLabel},
    "spans": {"label": SpanLabel},
    "texts": {"label": TextLabel},
    "links": {"entities": SpanLabel, "relations": RelationLabel},
}
OVERLAPPING = SimpleNamespace(allow_overlapping=True)


def judge(folder):
    """A file's name tells the kind of project it is for: spans-1.jsonl."""
    return {file.stem: upload(file, COLUMNS[file.stem.partition("-")[0]]) for file in sorted(folder.glob("*.jsonl"))}


def upload(file, columns):
    reader = Reader([FileName(str(file), file.name, file.name)], JSONLParser(encoding="utf_8"))
    examples = ExampleMaker(OVERLAPPING, TextData, exclude_columns=list(columns))
    makers = {column: LabelMaker(column, label) for column, label in columns.items()}
    found, order = {}, []
    for table in reader.batch(1000):
        for example in examples.make(table):
            order.append(example.uuid)
            found[example.uuid] = {"text": example.text, "meta": example.meta} | {name: [] for name in columns}
        for column, maker in makers.items():
            listed = table[column].map(len).sum()
            labels = maker.make(table)
            assert len(labels) == listed, "a label that doccano drops"
            if columns[column] is SpanLabel:
                spans = Spans(labels, None)
                spans.clean(OVERLAPPING)
                labels = spans.labels
            for label in labels:
                each = label.model_dump(exclude={"uuid", "example_uuid"})
                found[label.example_uuid][column].append(each if column == "relations" else plain(each, columns))
    errors = [*reader.errors, *examples.errors, *(each for maker in makers.values() for each in maker.errors)]
    assert not errors, [str(each) for each in errors]
    for each in found.values():
        ids = {span["id"] for span in each.get("entities", ())}
        assert all({link["from_id"], link["to_id"]} <= ids for link in each.get("relations", ()))
    return [found[uuid] for uuid in order]


def plain(label, columns):
    """Numbers of spans matter to links only."""
    return label if "relations" in columns else {name: value for name, value in label.items() if name != "id"}


def survey(folder):
    found = {}
    for case, seen in judge(folder).items():
        marked = [each for one in seen for each in [*one.get("label", ()), *one.get("entities", ())]]
        found[case] = {"items": [one["text"] for one in seen], "labels": sorted({m.get("label", "") for m in marked})}
    return found
