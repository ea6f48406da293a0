"""Several questions of Argilla become a form, with who answered what."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from labeling.types import registry
from tests.formats.coming_back import items, resumes_anywhere, rows_of, schema_of, troubles

RANKS = [{"value": "b", "rank": 2}, {"value": "a", "rank": 1}]


def given(value: Any, who: str = "u1", status: str = "submitted") -> dict[str, Any]:
    return {"value": value, "user_id": who, "status": status}


RECORD = {
    "id": "r1", "fields": {"text": "Ada"}, "metadata": {}, "vectors": {},
    "suggestions": {"label": {"value": "good", "score": 0.9, "agent": "m"}, "stars": {"value": 0}},
    "responses": {
        "label": [given("bad"), given("good", "u2"), given("good", "u3", "draft")],
        "topics": [given(["x", "y"])], "stars": [given(4)], "why": [given("It is so, for once.")],
        "best of all": [given(RANKS)], "odd": [given({"a": 1})],
    },
}  # fmt: skip


def test_several_questions_are_a_form_with_its_responses_and_suggestions() -> None:
    content = orjson.dumps([RECORD, RECORD | {"id": "r2", "suggestions": {}, "responses": {}}])
    rows = rows_of(content, "records.json", "argilla", labels_as="answers")
    assert troubles(rows) == [("odd", "its answers are of no kind that is taken here")]
    first, second = items(rows)
    whole = {"label": ["bad"], "topics": ["x", "y"], "stars": [4], "why": ["It is so, for once."]}
    assert first.data["worker_answers"] == [
        {"worker": "u1", "answer": {"annotations": whole | {"best_of_all": ["a", "b"]}}},
        {"worker": "u2", "answer": {"annotations": {"label": ["good"]}}},
    ]
    assert first.data["hypothesis"] == {"annotations": {"label": ["good"], "stars": [0]}}
    assert second.data == {"text": "Ada"} and resumes_anywhere(content, "records.json")
    schema = schema_of(content, "records.json")
    assert schema and schema.type == "textcollection"
    config = registry.get(schema.type).clean_config(schema.config)
    for each in [*first.data["worker_answers"], {"answer": first.data["hypothesis"]}]:
        assert registry.get(schema.type).clean_answer(each["answer"], config=config, item=first.data)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([{"value": "a", "rank": 1}, {"value": "b", "rank": 1}], "is no answer of the kind of the others"),
        ([{"value": "a", "rank": 1}], "is a ranking of some only: a form asks for all"),
    ],
)
def test_a_ranking_that_a_form_has_no_place_for_is_told(value: list[Any], reason: str) -> None:
    records = [RECORD, RECORD | {"suggestions": {}, "responses": {"best of all": [given(value)]}}]
    rows = rows_of(orjson.dumps(records), "records.json", "argilla")
    ((_, _), (field, why)) = troubles(rows)
    assert field == "best of all" and why.endswith(reason)


def test_spans_are_taken_alone_and_the_rest_is_told() -> None:
    spans = {"who": [given([{"start": 0, "end": 3, "label": "P"}])]}
    rows = rows_of(
        orjson.dumps([RECORD | {"responses": {"label": [given("bad")], **spans}, "suggestions": {}}]), "r.json"
    )
    assert [each["label"] for each in items(rows)[0].data["hypothesis"]["annotations"]] == ["P"]
    assert troubles(rows) == [("label", "a further question is not taken")]
