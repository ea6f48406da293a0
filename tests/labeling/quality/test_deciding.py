from itertools import pairwise

import pytest

from labeling.quality.audit import is_sampled
from labeling.quality.deciding import Aim, Decision, Next, decide

AIM = Aim(ceiling=5, floor=2, tau=0.95, review_below=0.7)


@pytest.mark.parametrize(
    ("answers", "sure", "expected"),
    [
        (0, 0.0, Decision(Next.MORE, 2)),
        (1, 0.99, Decision(Next.MORE, 2)),  # one answer is never enough, however good its giver
        (2, 0.94, Decision(Next.MORE, 3)),
        (2, 0.95, Decision(Next.STOP, 2)),
        (4, 0.10, Decision(Next.MORE, 5)),
        (5, 0.69, Decision(Next.REVIEW, 5)),
        (5, 0.70, Decision(Next.STOP, 5)),
        (7, 0.10, Decision(Next.REVIEW, 7)),  # late answers may exceed the ceiling
    ],
)
def test_what_comes_next(answers, sure, expected):
    assert decide(sure=sure, answers=answers, aim=AIM) == expected


def test_an_audited_item_gets_every_answer():
    decisions = [decide(sure=0.99, answers=n, aim=AIM, is_audit=True) for n in range(6)]
    assert decisions == [Decision(Next.MORE, 5)] * 5 + [Decision(Next.STOP, 5)]


def test_an_aim_that_cannot_be_met_is_refused():
    with pytest.raises(ValueError, match="floor is 6; must be from 1 to the ceiling, 5"):
        Aim(ceiling=5, floor=6)
    with pytest.raises(ValueError, match=r"tau is 1\.2"):
        Aim(ceiling=5, tau=1.2)


def test_the_audit_sample_is_stable_nested_and_of_the_share_asked_for():
    shares = [0, 0.02, 0.05, 1]
    samples = [{n for n in range(20_000) if is_sampled(share, "project 1", n)} for share in shares]
    assert [len(sample) / 20_000 for sample in samples] == pytest.approx(shares, abs=0.005)
    assert all(small <= large for small, large in pairwise(samples))
    assert samples[1] != {n for n in range(20_000) if is_sampled(0.02, "project 2", n)}
    with pytest.raises(ValueError, match=r"share is 1\.5"):
        is_sampled(1.5, 1)
