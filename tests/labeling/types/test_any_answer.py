"""Whatever a widget can give is taken, and refused by path when a part is wrong. See also test_round_trip."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.errors import InvalidAnswer
from labeling.types import registry
from tests.labeling.types.answers import ASKED, NOT_HERE, Answers

every_type = pytest.mark.parametrize("name", ASKED)
Path = tuple[str | int, ...]
JUNK = {"surprise": 1}


def test_every_type_that_does_not_draw_has_its_answers_here() -> None:
    assert ASKED.keys() == registry.all().keys() - NOT_HERE


def clean(name: str, answer: Any) -> dict[str, Any]:
    kind, asked = registry.get(name), ASKED[name]
    return kind.clean_answer(answer, config=kind.clean_config(asked.config), item=asked.item)


def several(name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    answers: Answers = ASKED[name].answers
    return st.lists(answers, min_size=1, max_size=4)


@every_type
@settings(max_examples=60)
@given(data=st.data())
def test_any_answer_is_taken_as_it_is_also_after_a_trip_as_json(name: str, data: st.DataObject) -> None:
    answer = data.draw(ASKED[name].answers)
    assert clean(name, answer) == answer
    assert clean(name, json.loads(json.dumps(answer))) == answer


@every_type
@settings(max_examples=40)
@given(data=st.data())
def test_answers_of_several_people_make_an_answer(name: str, data: st.DataObject) -> None:
    kind = registry.get(name)
    config = kind.clean_config(ASKED[name].config)
    answers = dict(enumerate(data.draw(several(name))))
    ballot = kind.ballot(answers, config)
    assert all(vote.value in ballot.classes[vote.part] for vote in ballot.votes)
    if ballot.classes:
        one = kind.ballot({0: answers[0]}, config)
        assert clean(name, one.rebuild({vote.part: vote.value for vote in one.votes})) == answers[0]
    assert kind.distance(answers[0], answers[0], config) == 0
    for other in answers.values():
        assert 0 <= kind.distance(answers[0], other, config) == kind.distance(other, answers[0], config) <= 1


def paths_in(value: Any, at: Path = ()) -> Iterator[Path]:
    """Every part, the whole first."""
    yield at
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from paths_in(inner, (*at, step))


def changed(value: Any, at: Path, junk: Any) -> Any:
    value = copy.deepcopy(value)
    inner = value
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = junk
    return value


def written(at: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at).removeprefix(".")


def refused_at(name: str, answer: Any) -> list[str]:
    with pytest.raises(InvalidAnswer) as error:
        clean(name, answer)
    return [problem.path for problem in error.value.problems]


@every_type
@settings(max_examples=80)
@given(data=st.data())
def test_a_part_of_the_wrong_type_is_refused_by_its_path(name: str, data: st.DataObject) -> None:
    answer = data.draw(ASKED[name].answers)
    at = data.draw(st.sampled_from([path for path in paths_in(answer) if path]))
    found = refused_at(name, changed(answer, at, [JUNK, JUNK]))
    whole = at[:-1] if isinstance(at[-1], int) else at  # an order or a path in a taxonomy is one value
    assert any(path.startswith(written(at)) or path == written(whole) for path in found), (written(at), found)


@every_type
@settings(max_examples=60)
@given(data=st.data())
def test_a_field_that_nobody_asked_for_is_refused_by_its_path(name: str, data: st.DataObject) -> None:
    answer = data.draw(ASKED[name].answers)
    objects = [path for path in paths_in(answer) if isinstance(part(answer, path), dict)]
    at = (*data.draw(st.sampled_from(objects)), "surprise")
    assert written(at) in refused_at(name, changed(answer, at, 1))


def part(value: Any, at: Path) -> Any:
    for step in at:
        value = value[step]
    return value
