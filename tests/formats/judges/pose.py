"""sleap-io on the points of YOLO poses, supervision on their boxes."""

import warnings
from pathlib import Path

import supervision
from PIL import Image
from sleap_io.io.ultralytics import create_skeleton_from_config, parse_data_yaml, parse_label_file


def judge(folder):
    return {case.name: {"points": points(case), "boxes": boxes(case)} for case in sorted(folder.iterdir())}


def points(folder):
    about = parse_data_yaml(folder / "data.yaml")
    skeleton, found = create_skeleton_from_config(about), {}
    images = folder / about["train"]
    for picture in sorted(path for path in images.rglob("*") if path.is_file()):
        label = folder / "labels" / "train" / picture.relative_to(images).with_suffix(".txt")
        wide, high = Image.open(picture).size
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what it warns of it leaves out
            instances, areas, lone = parse_label_file(label, skeleton, (high, wide), about["names"])
        assert not areas and not lone, "a line that is no pose"
        found[str(picture.relative_to(images))] = [listed(each.numpy()) for each in instances]
    return found


def listed(array):
    """None for a point that is not marked."""
    return [None if (point != point).any() else [round(float(value), 2) for value in point] for point in array]


def boxes(folder):
    data = supervision.DetectionDataset.from_yolo(
        str(folder / "images" / "train"), str(folder / "labels" / "train"), str(folder / "data.yaml")
    )
    return {
        Path(name).name: [
            [data.classes[c], [round(float(v), 2) for v in xy]] for c, xy in zip(each.class_id, each.xyxy, strict=True)
        ]
        for name, _, each in data
    }


def survey(folder):
    found = {}
    for case, seen in judge(folder).items():
        assert {name: len(each) for name, each in seen["points"].items()} == {
            name: len(each) for name, each in seen["boxes"].items()
        }
        labels = {each[0] for one in seen["boxes"].values() for each in one}
        found[case] = {"items": sorted(seen["points"]), "labels": sorted(labels)}
    return found
