"""Query parameters, from explicit lists: an unknown one is refused and the known ones are named."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from labeling.http.serializers import Strict, cleaned
from tasks.models import Project
from tasks.models.comments import CommentKind
from tasks.selectors.batches import batches_of
from tasks.selectors.comments import STATES
from tasks.selectors.projects import lists_things
from tasks.states import ProjectState, TaskState


class Pages(Strict):
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous` of another page.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, help_text="Rows on a page.")


class ProjectFilters(Pages):
    state = serializers.ChoiceField([state.value for state in ProjectState], required=False)


class Matching(Strict):
    """What tasks may be filtered by."""

    state = serializers.ChoiceField(TaskState.values(), required=False)
    label = serializers.CharField(  # type: ignore[assignment]  # a field, as DRF means it
        required=False, help_text="The consensus in words; where it lists shapes or spans, a label one of them has."
    )
    min_confidence = serializers.FloatField(required=False, min_value=0, max_value=1)
    max_confidence = serializers.FloatField(required=False, min_value=0, max_value=1)
    min_agreement = serializers.FloatField(required=False, min_value=0, max_value=1)
    max_agreement = serializers.FloatField(required=False, min_value=0, max_value=1)
    annotator = serializers.IntegerField(required=False, help_text="Tasks that this person answered.")
    gold = serializers.BooleanField(required=False, help_text="Only tasks with a known answer, or only others.")
    batch = serializers.CharField(required=False, max_length=24, help_text="The public id of a batch.")
    item = serializers.CharField(required=False, help_text="The key of an item.")
    q = serializers.CharField(required=False, max_length=200, help_text="A text that some column of the item holds.")
    has = serializers.CharField(
        required=False, max_length=200, help_text="A label that some object of the consensus has: a shape, a span."
    )
    method = serializers.CharField(required=False, max_length=30, help_text="What settled it: a method, or review.")


class TaskFilters(Matching, Pages):
    pass


class CommentFilters(Pages):
    state = serializers.ChoiceField(STATES, required=False)
    kind = serializers.ChoiceField(CommentKind.choices, required=False)


def filters_of(request: Request, kind: type[Pages]) -> dict[str, Any]:
    """The checked filters, without the position of the page."""
    found = cleaned(kind, request.query_params.dict())
    return {name: value for name, value in found.items() if name not in ("cursor", "limit")}


def matching_of(project: Project, given: dict[str, Any]) -> dict[str, Any]:
    """Checked filters as `selectors.items.matching` takes them: a batch of somebody else's matches nothing.

    Where answers list things, a label is one of theirs, as on the items page.
    """
    if "label" in given and "has" not in given and lists_things(project):
        given = {name: value for name, value in given.items() if name != "label"} | {"has": given["label"]}
    if "batch" not in given:
        return given
    return given | {
        "batch": batches_of(project).filter(public_id=given["batch"]).values_list("pk", flat=True).first() or 0
    }
