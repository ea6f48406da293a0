"""datasets on TRL's lines and the Hub's folder, mlcroissant on Croissant."""

import datasets
import mlcroissant


def judge(folder):
    trl = {}
    for file in sorted(folder.glob("trl-*.jsonl")):
        data = datasets.load_dataset("json", data_files=str(file), split="train", cache_dir=str(folder / ".cache"))
        trl[file.stem] = {"columns": data.column_names, "rows": data.to_list()}
    hub = datasets.load_dataset(str(folder / "hub"), split="train", cache_dir=str(folder / ".cache"))
    croissant = mlcroissant.Dataset(jsonld=str(folder / "croissant" / "croissant.json"))
    about = croissant.metadata
    records = [
        {name.rpartition("/")[2]: value.decode() if isinstance(value, bytes) else value for name, value in row.items()}
        for row in croissant.records("items")
    ]
    return {
        "trl": trl,
        "hub": {"columns": hub.column_names, "rows": hub.to_list()},
        "croissant": {
            "name": about.name,
            "warnings": sorted(about.ctx.issues.warnings),
            "records": records,
            "collection": str(about.data_collection),
            "protocol": str(about.data_annotation_protocol),
        },
    }


def survey(folder):
    found = {}
    for case in sorted(path for path in folder.iterdir() if path.name != ".cache"):
        name = case.name.partition(" ")[0]
        if name == "croissant":
            rows = list(mlcroissant.Dataset(jsonld=str(case / "croissant.json")).records("items"))
            keys = [row["items/key"].decode() for row in rows]
        elif name == "trl":
            (file,) = case.glob("*.jsonl")
            rows = datasets.load_dataset("json", data_files=str(file), split="train", cache_dir=str(folder / ".cache"))
            keys = [str(n) for n in range(len(rows))]
        else:
            rows = datasets.load_dataset(str(case), split="train", cache_dir=str(folder / ".cache"))
            keys = list(rows["key"])
        found[case.name] = {"items": keys, "labels": []}
    return found
