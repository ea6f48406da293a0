"""Label Studio's own SDK: the configuration is valid, and each annotation's regions fit it."""

import importlib.util
import json
from pathlib import Path
from urllib.parse import unquote

from label_studio_sdk.label_interface import LabelInterface

# Its file only: the package it is in imports all of nltk.
SDK = Path(importlib.util.find_spec("label_studio_sdk").submodule_search_locations[0])
spec = importlib.util.spec_from_file_location("brush", SDK / "converter" / "brush.py")
brush = importlib.util.module_from_spec(spec)
spec.loader.exec_module(brush)


def mask(result):
    """How many pixels are on, and the first of them."""
    wide, high = result["original_width"], result["original_height"]
    alpha = brush.decode_rle(result["value"]["rle"]).reshape(high, wide, 4)[:, :, 3]
    assert set(alpha.flat) <= {0, 255}
    rows, columns = alpha.nonzero()
    return [len(rows), [int(rows[0]), int(columns[0])]]


def judge(folder):
    found = {}
    for case in sorted(path for path in folder.iterdir() if (path / "config.xml").exists()):
        interface = LabelInterface((case / "config.xml").read_text("utf-8"))
        interface.validate()
        tasks = json.loads((case / "tasks.json").read_text("utf-8"))
        regions, masks, labels = [], [], set()
        for task in tasks:
            for name in (one.value_name for one in interface.objects):
                assert name in task["data"], (name, task["data"])
            for annotation in task["annotations"]:
                assert interface.validate_annotation(annotation), annotation
                for result in annotation["result"]:
                    value = result.get("value", {})
                    labels |= {each for name in value if name.endswith("labels") for each in value[name]}
                    if result.get("from_name") == "choice":
                        labels |= set(value.get("choices", ())) | {each[0] for each in value.get("taxonomy", ())}
                masks += [mask(result) for result in annotation["result"] if result["type"] == "brushlabels"]
                regions.append([result["type"] for result in annotation["result"]])
        found[case.name] = {
            "controls": sorted(one.tag for one in interface.controls),
            "regions": regions,
            "masks": masks,
            "labels": sorted(labels),
        }
    return found


def survey(folder):
    """What it takes for valid, with the pictures there are to it."""
    found = {}
    for case, seen in judge(folder).items():
        tasks = json.loads((folder / case / "tasks.json").read_text("utf-8"))
        pictures = [unquote(task["data"]["image"]) for task in tasks if "image" in task["data"]]
        assert len(set(pictures)) == len(pictures) and all((folder / case / each).is_file() for each in pictures)
        found[case] = {"items": [str(task["id"]) for task in tasks], "labels": seen["labels"]}
    return found
