import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from labeling.http.errors import problem_details
from labeling.http.serializers import Strict, cleaned


class Option(Strict):
    value = serializers.CharField()


class Schema(Strict):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField()
    options = Option(many=True, required=False)


def problems(body):
    with pytest.raises(ValidationError) as caught:
        cleaned(Schema, body)
    return {p["path"]: p["code"] for p in problem_details(caught.value, {}).data["problems"]}


def test_known_fields_pass():
    assert cleaned(Schema, {"name": "a"}) == {"name": "a"}


def test_an_unknown_field_is_refused_by_name():
    assert problems({"name": "a", "organization": 2}) == {"organization": "unknown"}


def test_a_read_only_field_is_refused_by_name():
    assert problems({"name": "a", "id": 7}) == {"id": "read_only"}


def test_a_nested_unknown_field_is_refused_with_its_path():
    assert problems({"name": "a", "options": [{"value": "x"}, {"value": "y", "is_staff": True}]}) == {
        "options[1].is_staff": "unknown"
    }


def test_a_body_that_is_not_an_object_is_refused():
    assert problems([1]) == {"": "invalid"}
