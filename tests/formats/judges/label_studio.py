"""Label Studio's own SDK: the configuration is valid, and each annotation's regions fit it."""

import json

from label_studio_sdk.label_interface import LabelInterface


def judge(folder):
    found = {}
    for case in sorted(path for path in folder.iterdir() if (path / "config.xml").exists()):
        interface = LabelInterface((case / "config.xml").read_text("utf-8"))
        interface.validate()
        tasks = json.loads((case / "tasks.json").read_text("utf-8"))
        regions = []
        for task in tasks:
            for name in (one.value_name for one in interface.objects):
                assert task["data"].get(name), (name, task["data"])
            for annotation in task["annotations"]:
                assert interface.validate_annotation(annotation), annotation
                regions.append([result["type"] for result in annotation["result"]])
        found[case.name] = {"controls": sorted(one.tag for one in interface.controls), "regions": regions}
    return found
