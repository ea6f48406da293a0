"""What the widget of each type can give, as strategies: a schema, an item, and answers in canonical form."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from labeling.types import registry

Answers = st.SearchStrategy[dict[str, Any]]
TEXT = "Ann 𠮷 left Oslo 👩‍👩‍👧 for e\u0301tude.\nمرحبا بك"
NAMES = ["a", "b", "c"]
REASON = {"required": False, "min_chars": 0}
words = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=("Cs", "Cc")), min_size=1, max_size=40
).map(str.strip).filter(bool)  # fmt: skip
maybe_words = st.just("") | words


@dataclass(frozen=True)
class Asked:
    """One schema asked about one item, and whatever people can answer to it."""

    config: dict[str, Any]
    item: dict[str, Any]
    answers: Answers


def some(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    """A part of the list, in its order."""
    return st.sets(st.sampled_from(range(len(values)))).map(lambda chosen: [values[n] for n in sorted(chosen)])


def filled(fields: dict[str, st.SearchStrategy[Any]], *, optional: tuple[str, ...] = ()) -> Answers:
    """An object with these fields in this order; those that are optional may be missing."""
    order = list(fields)
    return st.fixed_dictionaries(
        {name: each for name, each in fields.items() if name not in optional},
        optional={name: fields[name] for name in optional},
    ).map(lambda found: {name: found[name] for name in order if name in found})


preference = st.one_of(
    st.tuples(st.sampled_from("ab"), st.integers(1, 3)), st.tuples(st.sampled_from(["tie", "both_bad"]), st.just(0))
).map(lambda pair: {"preference": pair[0], "strength": pair[1]})
comparisons = st.tuples(
    preference, filled({"truth": preference, "style": preference}), words, st.permutations([0, 1])
).map(lambda each: {**each[0], "criteria": each[1], "justification": each[2], "order": each[3]})


@st.composite
def rankings(draw: Any) -> dict[str, Any]:
    ranks = draw(st.lists(st.integers(1, 4), min_size=4, max_size=4))
    used = sorted(set(ranks))
    return {
        "ranks": [used.index(rank) + 1 for rank in ranks],
        "order": draw(st.permutations(range(4))),
        "justification": draw(maybe_words),
    }


@st.composite
def ratings(draw: Any) -> dict[str, Any]:
    given = draw(
        filled({"fit": st.integers(0, 4), "tone": st.sampled_from(["bad", "good"]), "extra": st.integers(1, 5)},
               optional=("extra",))
    )  # fmt: skip
    return {"ratings": given, "justifications": {"tone": why} if (why := draw(maybe_words)) else {}}


@st.composite
def conversations(draw: Any) -> dict[str, Any]:
    why = draw(maybe_words)
    return {
        "messages": {"1": {"good": draw(st.integers(1, 3))}, "3": {"good": draw(st.integers(1, 3))}},
        "turns": draw(st.sampled_from([{}, {"0": {"flow": 2}}, {"0": {"flow": 1}, "1": {"flow": 5}}])),
        "overall": {"goal": draw(st.sampled_from(["no", "yes"]))},
        "justifications": {"messages.3.good": why} if why else {},
    }


@st.composite
def harms(draw: Any) -> dict[str, Any]:
    named = draw(some(NAMES))
    categories = {name: draw(st.sampled_from(["low", "high"])) for name in named}
    return {"categories": categories, "is_safe": not categories, "note": draw(maybe_words)}


def rewritten(text: str) -> dict[str, Any]:
    return {"response": text, "is_unchanged": text == "As it was."}


@st.composite
def spans(draw: Any) -> dict[str, Any]:
    """Any spans, overlapping or not, some linked; offsets are code points."""
    edges = st.integers(0, len(TEXT))
    one = st.tuples(edges, edges, st.sampled_from([0, 1])).filter(lambda each: each[0] < each[1])
    found = sorted(draw(st.sets(one, max_size=8)))
    marked: list[dict[str, Any]] = []
    for n, (start, end, label) in enumerate(found, 1):
        span = {"id": f"a{n}", "label": ["who", "where"][label], "start": start, "end": end, "text": TEXT[start:end]}
        if label and (kind := draw(st.none() | st.sampled_from(["town", "land"]))):
            span["attributes"] = {"kind": kind}
        marked.append(span)
    ends = list(itertools.combinations(range(1, len(found) + 1), 2))
    links = sorted(draw(st.sets(st.sampled_from(ends), max_size=4))) if ends else []
    joined = [
        {"id": f"r{n}", "name": "same", "source_ref": f"a{source}", "target_ref": f"a{target}"}
        for n, (source, target) in enumerate(links, 1)
    ]
    return {"annotations": marked, "relationships": joined}


@st.composite
def forms(draw: Any) -> dict[str, Any]:
    """Hidden fields are left out, as the page does."""
    found: dict[str, Any] = {"topic": [draw(st.sampled_from(NAMES))]}
    if tags := draw(some(NAMES)):
        found["tags"] = tags
    if pets := draw(st.sampled_from([[], ["owl"], ["cat", "owl"], ["cat", "fish"]])):
        found["pets"] = pets
    if found["topic"] == ["a"]:
        found["sum"] = [draw(st.integers(0, 100) | st.floats(0.5, 99.5).filter(lambda each: each != int(each)))]
    optional = {
        "late": st.booleans().map(lambda each: [each]),
        "why": words.map(lambda each: [each]),
        "ages": st.lists(st.integers(0, 99), min_size=2, max_size=2).map(sorted),
        "order": st.permutations(NAMES),
        "day": st.dates().map(lambda day: [day.isoformat()]),
        "at": st.datetimes().map(lambda time: [time.isoformat()[:16]]),
        "lang": st.sampled_from(NAMES).map(lambda each: [each]),
        "mood": st.integers(1, 5).map(lambda each: [each]),
    }
    optional |= {
        "when": st.lists(st.sampled_from(["00:00:00", "00:01:30.25", "10:00:00"]), min_size=2, max_size=2).map(sorted),
        "place": filled(
            {"town": words.map(lambda each: [each]), "far": st.booleans().map(lambda each: [each])}, optional=("town",)
        ).map(lambda each: [each]),
        "people": st.lists(entries(found["topic"][0]), min_size=1, max_size=3),
    }
    found |= draw(filled(optional, optional=tuple(optional)))
    return {"annotations": found}


@st.composite
def entries(draw: Any, topic: str) -> dict[str, Any]:
    """One entry of a set; a field in it may depend on one in the same entry, or on one before the set."""
    entry: dict[str, Any] = {"role": [draw(st.sampled_from(NAMES))]}
    if entry["role"] == ["a"]:
        entry["since"] = [draw(st.integers(1900, 2026))]
    if topic == "b" and draw(st.booleans()):
        entry["note"] = [draw(words)]
    return entry


def field(kind: str, name: str, **own: Any) -> dict[str, Any]:
    return {"type": kind, "field_id": name, "required": False} | own


FORM = [
    field("category", "topic", choices=NAMES, required=True),
    field("category", "tags", choices=NAMES, max_choices=3),
    field(
        "category",
        "pets",
        max_choices=2,
        choices=[{"value": "land", "subchoices": ["cat", "dog"]}, {"value": "air", "subchoices": ["owl"]}, "fish"],
    ),
    field("number", "sum", min=0, max=100, conditions={"topic": "a"}, required=True),
    *(field(kind, name) for kind, name in [("boolean", "late"), ("text", "why")]),
    field("range", "ages", min=0, max=99),
    field("ranking_order", "order", choices=NAMES),
    *(field(kind, name) for kind, name in [("date", "day"), ("datetime", "at")]),
    field("select", "lang", choices=NAMES),
    field("linear_scale", "mood", min=1, max=5),
    field("time_range", "when"),
    field("field_set", "place", fields=[field("text", "town"), field("boolean", "far", required=True)]),
    field(
        "field_set",
        "people",
        max_responses_required=3,
        fields=[
            field("category", "role", choices=NAMES, required=True),
            field("number", "since", is_integer=True, conditions={"role": "a"}, required=True),
            field("text", "note", conditions={"topic": "b"}),
        ],
    ),
]
OPTIONS = [{"value": name} for name in NAMES]
PATHS = [["a"], ["a", "b"], ["a", "c"], ["b"]]
ASKED = {
    "choice": Asked(
        {"question": "?", "options": OPTIONS}, {"text": "x"}, st.sampled_from(NAMES).map(lambda each: {"option": each})
    ),
    "multichoice": Asked(
        {"question": "?", "options": OPTIONS}, {"text": "x"}, some(NAMES).map(lambda each: {"options": each})
    ),
    "tree": Asked(
        {"question": "?", "options": [{"value": "a", "choices": OPTIONS[1:]}, {"value": "b"}], "multiple": True,
         "leaves_only": False},
        {"text": "x"}, some(PATHS).map(lambda each: {"paths": each}),
    ),
    "spans": Asked(
        {"question": "?", "labels": [{"value": "who"}, {"value": "where", "attributes": [
            {"name": "kind", "options": ["town", "land"]}]}], "relations": [{"value": "same", "directed": False}]},
        {"text": TEXT}, spans(),
    ),
    "writing": Asked(
        {"question": "?", "fields": [{"name": "one"}, {"name": "two", "required": False}]}, {"text": "x"},
        filled({"one": words, "two": maybe_words}).map(lambda each: {"fields": each}),
    ),
    "comparison": Asked(
        {"question": "?", "scale": 7, "both_bad": True, "criteria": [{"name": "truth"}, {"name": "style"}],
         "justification": {"required": True}},
        {"responses": ["x", "y"]}, comparisons,
    ),
    "ranking": Asked(
        {"question": "?", "ties": True, "justification": REASON}, {"responses": list("wxyz")}, rankings()
    ),
    "rating": Asked(
        {"question": "?", "criteria": [{"name": "fit", "scale": {"min": 0, "max": 4}}, {"name": "tone", "options": [
            {"value": "bad"}, {"value": "good"}], "justification": REASON}, {"name": "extra", "required": False}]},
        {"response": "x"}, ratings(),
    ),
    "conversation": Asked(
        {"question": "?", "message_criteria": [{"name": "good", "scale": {"min": 1, "max": 3}, "justification": {}}],
         "turn_criteria": [{"name": "flow", "required": False}],
         "overall_criteria": [{"name": "goal", "options": [{"value": "no"}, {"value": "yes"}]}]},
        {"messages": [{"role": role, "content": "x"} for role in ["user", "assistant"] * 2]}, conversations(),
    ),
    "harm": Asked(
        {"question": "?", "categories": OPTIONS, "severities": ["low", "high"], "note": REASON}, {"response": "x"},
        harms(),
    ),
    "response": Asked({"question": "?"}, {"prompt": "x"}, words.map(lambda each: {"response": each})),
    "rewrite": Asked(
        {"question": "?"}, {"response": "As it was."}, (words | st.just("As it was.")).map(rewritten),
    ),
    "textcollection": Asked({"title": "?", "fields": FORM}, {"text": "x"}, forms()),
}  # fmt: skip
NOT_HERE = {name for name, kind in registry.all().items() if kind.family == "image"}
"""Types that draw, which have tests of their own."""
