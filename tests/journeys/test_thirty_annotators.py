"""Thirty simulated people on two projects of real processes: who works badly is found, and half of the answers do."""

import pytest

from tasks.replay.people import read_secret
from tests.journeys.thirty import boss_of, nudge_of, play

ITEMS, TAGGED = 160, 24
HELD = """
SELECT t.id, t.state, t.wanted, t.taken, t.answered, array_agg(a.state || ' ' || coalesce(a.finished_at, a.offered_at))
FROM tasks_task t JOIN tasks_assignment a ON a.task_id = t.id
WHERE t.project_id = %s AND (t.answered > t.ceiling + t.extra
                             OR t.state IN ('resolved', 'in_review') AND t.answered <> t.taken)
GROUP BY t.id
"""


@pytest.fixture(scope="module")
def story(stack, tmp_path_factory):
    return play(
        boss_of(stack),
        secret=read_secret(stack.var),
        folder=tmp_path_factory.mktemp("thirty"),
        nudge=nudge_of(stack),
        items=ITEMS,
        tagged=TAGGED,
    )


@pytest.mark.only("postgresql")  # the rules themselves are tested on both; this is about the processes together
def test_thirty_annotators(stack, story):
    """One test, for one long story: each group of assertions is a chapter of it."""
    signs = story.signs
    seen = {name.rstrip("0123456789") for name, rules in signs.items() if rules}
    assert seen - {"sloppy"} == {"random", "same", "fast", "copying", "drifting"}, "nobody who is good"
    assert all(rules for name, rules in signs.items() if not name.startswith(("good", "sloppy")))
    assert all("low_accuracy" in signs[name] for name in ("random0", "random1"))
    assert "too_fast" in signs["fast0"] and "repeats" in signs["same0"] and "drift" in signs["drifting0"]
    assert "collusion" in signs["copying0"] and "collusion" in signs["copying1"]

    assert all(one["left_out"][0]["answers"] > 0 for one in story.foreseen)
    reopened = sum(one["left_out"][0]["reopened"] for one in story.foreseen)
    assert reopened and story.settled[1] < story.settled[0], "what they had settled is asked again"

    assert story.fixed.answers == 5 * ITEMS
    assert story.sure.answers <= 0.6 * story.fixed.answers, "with every answer that was left out"
    assert story.sure.accuracy >= story.fixed.accuracy - 0.01
    assert story.tagged.answers <= 5 * TAGGED and story.tagged.accuracy >= 0.85, "with every spammer still in it"

    for arm in (story.sure, story.tagged):
        # a fit after the last answer may have opened a task again
        assert stack.query(HELD, arm.project) == [], "more answers than the ceiling, or a slot on a settled task"
    saved = story.crowd.boss.get(f"/projects/{story.sure.project}/quality")["saved"]
    assert saved["saved"] >= 0.3 * 5 * saved["tasks"]

    rows = {row["item_key"]: row["consensus.option"] for row in story.exported}
    assert sorted(rows) == sorted(story.crowd.messages)
    right = sum(story.crowd.is_right("choice", key, {"option": said}) for key, said in rows.items())
    assert right / len(rows) == story.sure.accuracy
