import pytest

from labeling.errors import BadFile
from tasks.replay.compare import compare
from tasks.replay.people import address, read_secret
from tasks.replay.recording import Recording, Said, answer_map, read_recording

OPTIONS = ["yes", "no"]
SAID = [Said("w1", "a", "yes"), Said("w2", "a", "no"), Said("w1", "b", "no"), Said("w2", "b", "no")]


def rows(said=SAID):
    """An export of it: the first option wins the tie."""
    return [
        {
            "item_key": item,
            "majority.option": label,
            "dawid_skene.option": label,
            "consensus.option": label,
            "answers": [{"annotator": f"p-{s.worker}", "value": {"option": s.answer}} for s in said if s.item == item],
        }
        for item, label in (("a", "yes"), ("b", "no"))
    ]


def test_ranges_and_single_answers_get_names_and_the_others_stay():
    rename = answer_map("1..4=positive,0=neutral,-4..-1=negative")
    assert [rename(answer) for answer in ("4", "0", "-1", "7")] == ["positive", "neutral", "negative", "7"]


def test_a_rule_that_says_nothing_is_refused():
    with pytest.raises(BadFile, match="1..4"):
        answer_map("1..4")


def test_who_answered_an_item_again_is_another_person(tmp_path):
    (tmp_path / "answers.csv").write_text("worker,item,answer\nw,a,1\nw,a,2\n")
    recording = read_recording(tmp_path / "answers.csv")
    assert list(recording.by_worker()) == ["w", "w (2)"]
    assert recording.most_answers() == 2
    assert address("w", "x") != address("w (2)", "x")


def test_an_exact_export_is_exact_and_a_tie_is_shared_in_the_accuracy():
    compared = compare(rows(), Recording(SAID), OPTIONS, {"a": "yes", "b": "no"})
    assert compared.is_exact
    assert compared.accuracy["majority"] == 0.75
    assert compared.accuracy["majority_ties_to_first"] == 1


@pytest.mark.parametrize(
    ("exported", "missing", "extra"),
    [
        (SAID[:3], 1, 0),
        ([*SAID, Said("w3", "b", "no")], 0, 1),
        ([Said("w2", "a", "yes"), Said("w1", "a", "no"), *SAID[2:], Said("w1", "b", "no")], 0, 1),
        ([Said("w3", "a", "yes"), *SAID[1:]], 1, 1),  # the right answers, one under the wrong person
    ],
)
def test_a_missing_a_doubled_and_a_swapped_answer_are_noticed(exported, missing, extra):
    compared = compare(rows(exported), Recording(SAID), OPTIONS, {})
    assert (compared.missing, compared.extra, compared.is_exact) == (missing, extra, False)


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path):
    secret = read_secret(tmp_path)
    assert read_secret(tmp_path) == secret
    assert (tmp_path / "replay-secret").stat().st_mode & 0o777 == 0o600
