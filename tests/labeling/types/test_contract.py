"""Every installed task type keeps these promises. A new type gets these tests by being there."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from labeling.errors import InvalidAnswer, InvalidConfig
from labeling.types import registry
from labeling.types.base import TaskType

TYPES = list(registry.all().values())
SAMPLES = [
    pytest.param(task_type, sample, id=f"{task_type.name}: {sample['title']}")
    for task_type in TYPES
    for sample in task_type.samples()
]
BROWSER_KEYS = frozenset(
    ["Tab", "Shift+Tab", "Space", "Enter", "Escape", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]
)
every_type = pytest.mark.parametrize("task_type", TYPES, ids=lambda each: each.name)
every_sample = pytest.mark.parametrize(("task_type", "sample"), SAMPLES)


@every_type
def test_a_type_has_at_least_two_samples_and_says_what_it_shows(task_type: TaskType) -> None:
    assert len(task_type.samples()) >= 2
    assert task_type.title
    assert task_type.inputs
    assert registry.folders()[task_type.name].name == task_type.name


@every_type
def test_the_widget_defines_the_element_that_the_page_makes(task_type: TaskType) -> None:
    source = (registry.folders()[task_type.name] / "static" / "widget.js").read_text()
    assert f'customElements.define("{task_type.element}"' in source


@every_sample
def test_a_sample_has_all_its_fields(task_type: TaskType, sample: dict[str, Any]) -> None:
    assert sample.keys() == {"title", "config", "item", "keys", "answer"}


@every_sample
def test_a_clean_config_stays_as_it_is(task_type: TaskType, sample: dict[str, Any]) -> None:
    config = task_type.clean_config(sample["config"])
    assert task_type.clean_config(config) == config


@every_sample
def test_a_clean_answer_stays_as_it_is(task_type: TaskType, sample: dict[str, Any]) -> None:
    config = task_type.clean_config(sample["config"])
    assert task_type.clean_answer(sample["answer"], config=config, item=sample["item"]) == sample["answer"]


@every_sample
def test_an_unknown_field_of_an_answer_is_refused_by_its_path(task_type: TaskType, sample: dict[str, Any]) -> None:
    config = task_type.clean_config(sample["config"])
    with pytest.raises(InvalidAnswer) as refused:
        task_type.clean_answer({**sample["answer"], "surprise": 1}, config=config, item=sample["item"])
    assert [problem.path for problem in refused.value.problems] == ["surprise"]


@every_sample
def test_an_unknown_field_of_a_config_is_refused_by_its_path(task_type: TaskType, sample: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfig) as refused:
        task_type.clean_config({**sample["config"], "surprise": 1})
    assert [problem.path for problem in refused.value.problems] == ["surprise"]


@every_type
@pytest.mark.parametrize("junk", [None, 1, "x", [], {}, [{}], True, 1.5], ids=repr)
def test_junk_is_refused_and_never_crashes(task_type: TaskType, junk: Any) -> None:
    sample = task_type.samples()[0]
    with pytest.raises(InvalidConfig):
        task_type.clean_config(junk)
    with pytest.raises(InvalidAnswer):
        task_type.clean_answer(junk, config=task_type.clean_config(sample["config"]), item=sample["item"])


@every_sample
def test_unanimous_answers_rebuild_the_answer(task_type: TaskType, sample: dict[str, Any]) -> None:
    config = task_type.clean_config(sample["config"])
    if not task_type.ballot({}, config).classes:
        return  # no votes: the consensus is one of the answers as it is
    ballot = task_type.ballot({"ann": sample["answer"], "bob": sample["answer"]}, config)
    assert all(vote.value in ballot.classes[vote.part] for vote in ballot.votes)
    assert ballot.rebuild({vote.part: vote.value for vote in ballot.votes}) == sample["answer"]


@every_type
def test_distance_is_zero_to_itself_symmetric_and_at_most_one(task_type: TaskType) -> None:
    for sample in task_type.samples():
        config = task_type.clean_config(sample["config"])
        assert task_type.distance(sample["answer"], sample["answer"], config) == 0
    for one, other in itertools.combinations(task_type.samples(), 2):
        there = task_type.distance(one["answer"], other["answer"], config)
        assert there == task_type.distance(other["answer"], one["answer"], config)
        assert 0 <= there <= 1


@every_sample
def test_an_export_row_is_flat_and_has_the_declared_columns(task_type: TaskType, sample: dict[str, Any]) -> None:
    config = task_type.clean_config(sample["config"])
    for answer in (sample["answer"], None):
        row = task_type.export_row(answer, config)
        assert list(row) == list(task_type.export_columns(config))
        assert all(isinstance(value, str | int | float | None) for value in row.values())
    assert set(row.values()) == {None}


@every_sample
def test_no_key_does_two_things_and_a_sample_uses_only_bound_keys(task_type: TaskType, sample: dict[str, Any]) -> None:
    keys = [binding.key for binding in task_type.keys(task_type.clean_config(sample["config"]))]
    assert len(set(keys)) == len(keys)
    pressed = {key for key in sample["keys"] if isinstance(key, str)}
    assert pressed <= {*keys, *BROWSER_KEYS}


@every_sample
def test_a_samples_item_can_be_asked_about_and_an_empty_one_cannot(task_type: TaskType, sample: dict[str, Any]) -> None:
    config = task_type.clean_config(sample["config"])
    assert task_type.item_problems(sample["item"], config) == []
    assert task_type.item_problems({}, config)
