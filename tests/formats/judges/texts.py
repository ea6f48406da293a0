"""seqeval on CoNLL, spaCy on DocBins."""

import spacy
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities
from spacy.tokens import DocBin

nlp = spacy.blank("xx")


def docs(folder):
    found = []
    for file in sorted(folder.glob("*.spacy")):
        for doc in DocBin().from_disk(file).get_docs(nlp.vocab):
            found.append(
                {
                    "text": doc.text,
                    "ents": [[e.label_, e.text, e.start_char, e.end_char] for e in doc.ents],
                    "spans": [[s.label_, s.text] for s in doc.spans.get("sc", [])],
                    "cats": doc.cats,
                }
            )
    return found


def sentences(path):
    documents, words, tags = [], [], []
    for line in path.read_text("utf-8").split("\n"):
        if line.startswith("-DOCSTART-"):
            documents.append([])
        elif line.strip():
            columns = line.split(" ")
            assert len(columns) == 4, line
            words.append(columns[0])
            tags.append(columns[3])
        elif words:
            strict = [(e.tag, e.start, e.end) for e in Entities([tags], IOB2).entities[0]]
            assert strict == [(kind, start, end + 1) for kind, start, end in get_entities(tags)], tags
            documents[-1].append([[kind, " ".join(words[start:end])] for kind, start, end in strict])
            words, tags = [], []
    return documents


def judge(folder):
    return {"conll": sentences(folder / "data.conll"), "spans": docs(folder / "spacy"), "cats": docs(folder / "cats")}


def survey(folder):
    found = {}
    for case in sorted(folder.iterdir()):
        if case.name.startswith("conll"):
            (file,) = case.iterdir()
            seen = sentences(file)
            labels = {kind for one in seen for sentence in one for kind, _ in sentence}
            found[case.name] = {"items": [str(n) for n in range(len(seen))], "labels": sorted(labels)}
        else:
            seen = docs(case)
            labels = {label for doc in seen for label, *_ in [*doc["spans"], *doc["ents"]]}
            labels |= {name for doc in seen for name, is_so in doc["cats"].items() if is_so}
            found[case.name] = {"items": [doc["text"] for doc in seen], "labels": sorted(labels)}
    return found
