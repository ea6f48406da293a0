"""datumaro on Pascal VOC and CVAT, supervision on Pascal VOC (for which the first pixel is 1)."""

from pathlib import Path

import datumaro
import supervision


def by_datumaro(path, kind):
    data = datumaro.Dataset.import_from(str(path), kind)
    labels = data.categories()[datumaro.AnnotationType.label]
    found = {}
    for item in data:
        found[item.id] = []
        for each in item.annotations:
            name = labels[each.label].name if getattr(each, "label", None) is not None else None
            points = getattr(each, "points", None)
            entry = [name, each.type.name, None if points is None else [round(float(v), 2) for v in points]]
            if each.type.name == "mask":
                entry[2] = int(each.image.sum())
            found[item.id].append([*entry, {k: v for k, v in each.attributes.items() if k in ("tail", "rotation")}])
    return found


def judge(folder):
    data = supervision.DetectionDataset.from_pascal_voc(
        str(folder / "voc" / "JPEGImages"), str(folder / "voc" / "Annotations")
    )
    boxes = {
        Path(path).name: [[data.classes[c], list(map(float, xy))] for c, xy in zip(d.class_id, d.xyxy, strict=True)]
        for path, _, d in data
    }
    return {
        "voc": by_datumaro(folder / "voc", "voc_detection"),
        "supervision": boxes,
        "cvat": by_datumaro(folder / "cvat", "cvat"),
    }


def survey(folder):
    found = {}
    for case in sorted(folder.iterdir()):
        seen = by_datumaro(case, {"voc": "voc_detection", "cvat": "cvat"}[case.name.partition(" ")[0]])
        labels = {each[0] for one in seen.values() for each in one if each[0] not in (None, "image attributes")}
        found[case.name] = {"items": sorted(seen), "labels": sorted(labels)}
    return found
