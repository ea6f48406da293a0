"""pycocotools, datumaro and supervision, on one COCO file: instances.json with images/ beside it."""

import contextlib
import io
import shutil
from pathlib import Path

import datumaro
import numpy as np
import supervision
from pycocotools import mask as runs
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def judge(folder):
    annotations = folder / "annotations.json"

    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(annotations))
        results = [
            {"image_id": a["image_id"], "category_id": a["category_id"], "bbox": a["bbox"], "score": 0.9}
            for a in coco.anns.values()
            if not a.get("keypoints")
        ]
        scored = COCOeval(coco, coco.loadRes(results), "bbox")
        scored.params.imgIds = sorted({each["image_id"] for each in results})
        scored.evaluate()
        scored.accumulate()
        scored.summarize()

    names = {number: each["name"] for number, each in coco.cats.items()}
    seen = {}
    for number, image in coco.imgs.items():
        seen[image["file_name"]] = [
            {
                "label": names[each["category_id"]],
                "bbox": each["bbox"],
                "area": each["area"],
                "pixels": int(coco.annToMask(each).sum()) if each["segmentation"] else None,
                "keypoints": each.get("keypoints"),
            }
            for each in coco.loadAnns(coco.getAnnIds(imgIds=number))
        ]

    root = folder / "datumaro"
    (root / "annotations").mkdir(parents=True)
    for kind in ("instances", "person_keypoints"):
        source = folder / ("figures.json" if kind == "person_keypoints" else "annotations.json")
        shutil.copy(source, root / "annotations" / f"{kind}_train.json")
    shutil.copytree(folder / "images", root / "images" / "train")
    by_datumaro = {}
    for kind in ("coco_instances", "coco_person_keypoints"):
        data = datumaro.Dataset.import_from(str(root), kind)
        by_datumaro[kind] = {item.id: sorted(str(each.type.name) for each in item.annotations) for item in data}
        attributes = sorted({str(v) for item in data for each in item.annotations for v in each.attributes.values()})
        by_datumaro[f"{kind}_attributes"] = attributes

    detections = supervision.DetectionDataset.from_coco(str(folder / "images"), str(annotations))
    by_supervision = {
        Path(path).name: [
            [detections.classes[c], list(map(float, xy))] for c, xy in zip(d.class_id, d.xyxy, strict=True)
        ]
        for path, _, d in detections
    }
    grid = np.random.default_rng(7).random((60, 70)) > 0.7
    packed = runs.encode(np.asfortranarray(grid.astype(np.uint8)))["counts"].decode()
    flat = grid.ravel(order="F")
    ends = np.flatnonzero(np.diff(flat)) + 1
    counts = ([0] if flat[0] else []) + np.diff(np.concatenate(([0], ends, [flat.size]))).tolist()
    more = {"packed": packed, "counts": counts}
    return more | {"coco": seen, "ap": float(scored.stats[0]), "datumaro": by_datumaro, "supervision": by_supervision}


def survey(folder):
    """How many pictures each case has, and the labels of what is on them; every outline must be one."""
    found = {}
    for case in sorted(folder.iterdir()):
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(str(case / "annotations.json"))
        for each in coco.anns.values():
            x, y, wide, high = each["bbox"]
            assert wide >= 0 and high >= 0, each
            if each["segmentation"]:
                assert coco.annToMask(each).any() or not each["area"], each
        labels = {coco.cats[each["category_id"]]["name"] for each in coco.anns.values()}
        found[case.name] = {"items": sorted(each["file_name"] for each in coco.imgs.values()), "labels": sorted(labels)}
    return found
