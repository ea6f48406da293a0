"""The moves between states."""

import pytest

from tasks.models import Project
from tasks.states import MOVES, ProjectState, UploadState
from tests.factories import make_org, make_project


def test_kinds_of_state_that_share_a_word_keep_their_own_moves():
    assert UploadState.CANCELED in MOVES[UploadState][UploadState.RUNNING]
    assert ProjectState.PAUSED in MOVES[ProjectState][ProjectState.RUNNING]


@pytest.mark.parametrize("kind", list(MOVES))
def test_every_move_stays_within_its_kind(kind):
    assert all(isinstance(to, kind) for frm, all_to in MOVES[kind].items() for to in (frm, *all_to))


def test_a_move_that_is_not_listed_is_a_mistake_of_ours(db):
    project = make_project(make_org())
    with pytest.raises(ValueError, match="running -> draft is not a move"):
        Project.objects.move(project.pk, ProjectState.RUNNING, ProjectState.DRAFT)
