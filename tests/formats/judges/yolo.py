"""datumaro and supervision on YOLO folders; neither reads poses, which are held against the rule of their data.yaml."""

import json
import sys
from pathlib import Path

import datumaro
import numpy
import supervision
import yaml

folder = Path(sys.argv[1])


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


def pose(path):
    about = yaml.safe_load((path / "data.yaml").read_text("utf-8"))
    points, size = about["kpt_shape"]
    for file in (path / "labels" / "train").rglob("*.txt"):
        for line in file.read_text("utf-8").splitlines():
            values = list(map(float, line.split()))
            assert len(values) == 5 + points * size, line
            assert 0 <= values[0] < about["nc"] and all(0 <= value <= 1 for value in values[1:5]), line
            assert all(0 <= v <= (2 if n % size == 2 else 1) for n, v in enumerate(values[5:])), line
    lines = {file.stem: file.read_text("utf-8").splitlines() for file in (path / "labels" / "train").rglob("*.txt")}
    return {"about": about, "lines": lines}


print(
    json.dumps(
        {
            "detect": by_datumaro(folder / "detect"),
            "detect_by_supervision": by_supervision(folder / "detect"),
            "segment": by_supervision(folder / "segment", force_masks=True),
            "obb": by_supervision(folder / "obb", is_obb=True),
            "pose": pose(folder / "pose"),
        }
    )
)
