import pytest
from django.http import Http404
from rest_framework import exceptions, serializers

from labeling.errors import InvalidAnswer, InvalidConfig, NotAllowed, Problem, StaleState
from labeling.http.errors import problem_details
from labeling.types import registry


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidAnswer([Problem("option", "is not in the schema")]), 422),
        (InvalidConfig([Problem("options[0].value", "is missing")]), 400),
        (StaleState("assignment 3 is not leased any more"), 409),
        (NotAllowed("managers only"), 403),
        (Http404(), 404),
        (exceptions.NotAuthenticated(), 401),
        (exceptions.Throttled(wait=3), 429),
    ],
)
def test_each_error_has_its_status_and_says_so_in_the_body(error, status):
    reply = problem_details(error, {})
    assert reply.status_code == reply.data["status"] == status
    assert reply.content_type == "application/problem+json"
    assert reply.data["title"]


@pytest.mark.parametrize("error", [exceptions.MethodNotAllowed("PUT"), exceptions.UnsupportedMediaType("text/x")])
def test_no_title_shows_a_place_that_was_never_filled_in(error):
    told = problem_details(error, {}).data
    assert "{" not in told["title"] + told["detail"]


def test_the_path_of_a_wrong_field_is_named():
    reply = problem_details(InvalidAnswer([Problem("options[1]", "'x' is not an option", "choice")]), {})
    assert reply.data["problems"] == [{"path": "options[1]", "message": "'x' is not an option", "code": "choice"}]


def test_nested_serializer_errors_become_paths():
    class Option(serializers.Serializer):
        value = serializers.CharField()

    class Schema(serializers.Serializer):
        options = Option(many=True)

    schema = Schema(data={"options": [{"value": "a"}, {}]})
    with pytest.raises(exceptions.ValidationError) as caught:
        schema.is_valid(raise_exception=True)
    assert problem_details(caught.value, {}).data["problems"][0]["path"] == "options[1].value"


def test_an_unknown_task_type_lists_the_known_ones():
    with pytest.raises(registry.UnknownType) as caught:
        registry.get("telepathy")
    reply = problem_details(caught.value, {})
    assert reply.status_code == 400
    assert "choice" in reply.data["detail"]


def test_what_nobody_foresaw_is_left_to_django():
    assert problem_details(RuntimeError("?"), {}) is None
