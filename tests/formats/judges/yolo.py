"""datumaro and supervision on YOLO folders. Poses have a judge of their own."""

from pathlib import Path

import datumaro
import numpy
import supervision


def by_datumaro(path):
    data = datumaro.Dataset.import_from(str(path), "yolo")
    labels = data.categories()[datumaro.AnnotationType.label]
    return {
        item.id: [
            [labels[each.label].name, each.type.name, [round(v, 2) for v in each.points]] for each in item.annotations
        ]
        for item in data.get_subset("train")
    }


def by_supervision(path, **options):
    data = supervision.DetectionDataset.from_yolo(
        str(path / "images" / "train"), str(path / "labels" / "train"), str(path / "data.yaml"), **options
    )
    found = {}
    for name, _, detections in data:
        entry = [
            [data.classes[c], [round(float(v), 2) for v in xy]]
            for c, xy in zip(detections.class_id, detections.xyxy, strict=True)
        ]
        if detections.mask is not None:
            for each, mask in zip(entry, detections.mask, strict=True):
                each.append(int(numpy.sum(mask)))
        corners = detections.data.get("xyxyxyxy")
        if corners is not None:
            for each, points in zip(entry, corners, strict=True):
                each.append([[round(float(v), 2) for v in point] for point in points])
        found[Path(name).name] = entry
    return found


def judge(folder):
    return {
        "detect": by_datumaro(folder / "detect"),
        "detect_by_supervision": by_supervision(folder / "detect"),
        "segment": by_supervision(folder / "segment", force_masks=True),
        "obb": by_supervision(folder / "obb", is_obb=True),
    }


def survey(folder):
    """Of the formats of each case, as supervision reads them."""
    options = {"yolo_segment": {"force_masks": True}, "yolo_obb": {"is_obb": True}}
    found = {}
    for case in sorted(folder.iterdir()):
        seen = by_supervision(case, **options.get(case.name.partition(" ")[0], {}))
        found[case.name] = {"items": sorted(seen), "labels": sorted({each[0] for one in seen.values() for each in one})}
    return found
