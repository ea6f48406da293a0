"""bioc on brat's folders: each line in its place, each end of a link there, each offset at the text it names."""

from bioc.brat import load
from bioc.brat.validator import validate


def judge(folder):
    return {case.name: corpus(case) for case in sorted(folder.iterdir()) if case.is_dir()}


def corpus(folder):
    names = {file.name for file in folder.rglob("*") if file.is_file()}
    assert "annotation.conf" in names
    return {str(file.relative_to(folder).with_suffix("")): document(file) for file in sorted(folder.rglob("*.txt"))}


def document(file):
    lines = file.with_suffix(".ann").read_bytes().decode("utf-8").split("\n")
    with file.open(encoding="utf-8", newline="") as text, file.with_suffix(".ann").open(encoding="utf-8") as ann:
        doc = load(text, ann, file.stem)
    assert len(doc.annotations) == len([line for line in lines if line]), "a line of no known kind"
    whole = {line.split("\t")[0]: line.split("\t")[-1] for line in lines}
    for each in doc.entities:
        each.text = whole[each.id]  # bioc strips the lines it reads
        parts = [doc.text[part.begin : part.end] for part in sorted(each.locations)]
        if len(parts) > 1:  # brat puts a space between the parts of a span; bioc's rule expects them joined
            assert each.text == " ".join(parts), (each.text, parts)
            each.text = "".join(parts)
    validate(doc)
    return {
        "entities": [[each.type, whole[each.id]] for each in doc.entities],
        "relations": [[each.type, *(each.arguments[name] for name in ("Arg1", "Arg2"))] for each in doc.relations],
        "attributes": [[each.type, each.refid, *sorted(each.attributes)] for each in doc.attributes],
    }


def survey(folder):
    return {
        case: {"items": sorted(seen), "labels": sorted({kind for doc in seen.values() for kind, _ in doc["entities"]})}
        for case, seen in judge(folder).items()
    }
