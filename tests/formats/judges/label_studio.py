"""Label Studio's own SDK: the configuration is valid, and each annotation's regions fit it."""

import json

from label_studio_sdk.converter.brush import decode_rle
from label_studio_sdk.label_interface import LabelInterface


def mask(result):
    """How many pixels are on, and the first of them."""
    wide, high = result["original_width"], result["original_height"]
    alpha = decode_rle(result["value"]["rle"]).reshape(high, wide, 4)[:, :, 3]
    assert set(alpha.flat) <= {0, 255}
    rows, columns = alpha.nonzero()
    return [len(rows), [int(rows[0]), int(columns[0])]]


def judge(folder):
    found = {}
    for case in sorted(path for path in folder.iterdir() if (path / "config.xml").exists()):
        interface = LabelInterface((case / "config.xml").read_text("utf-8"))
        interface.validate()
        tasks = json.loads((case / "tasks.json").read_text("utf-8"))
        regions, masks = [], []
        for task in tasks:
            for name in (one.value_name for one in interface.objects):
                assert name in task["data"], (name, task["data"])
            for annotation in task["annotations"]:
                assert interface.validate_annotation(annotation), annotation
                masks += [mask(result) for result in annotation["result"] if result["type"] == "brushlabels"]
                regions.append([result["type"] for result in annotation["result"]])
        found[case.name] = {
            "controls": sorted(one.tag for one in interface.controls),
            "regions": regions,
            "masks": masks,
        }
    return found
