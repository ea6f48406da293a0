"""What a requester may want to know, each with a task type and a schema to begin with, in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from labeling.types import registry

Words = str | Promise
OF_TYPE = "type:"  # before a type's name: any type may be begun with its own first example


@dataclass(frozen=True, slots=True)
class Purpose:
    name: str
    group: str
    title: Words
    text: Words
    type: str
    config: Callable[[], dict[str, Any]]
    seconds: int  # one answer takes about so long, until it is measured


GROUPS: dict[str, Words] = {
    "text": _lazy("Texts"),
    "image": _lazy("Images"),
    "model": _lazy("Answers of models"),
}


def named(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in pairs]


PURPOSES = (
    Purpose(
        "sentiment", "text", _lazy("Sentiment"), _lazy("Is a review, a post, a message positive or negative?"),
        "choice",
        lambda: {
            "question": _("How does the writer feel?"),
            "options": named(
                ("positive", _("Positive")), ("neutral", _("Neutral or mixed")), ("negative", _("Negative"))
            ),
        },
        8,
    ),
    Purpose(
        "topic", "text", _lazy("Topic or intent"), _lazy("One of several classes for each text."),
        "choice",
        lambda: {
            "question": _("What is it about?"),
            "options": named(("billing", _("Billing")), ("delivery", _("Delivery")), ("other", _("Something else"))),
        },
        10,
    ),
    Purpose(
        "tags", "text", _lazy("Several tags"), _lazy("All that apply: aspects, themes, problems."),
        "multichoice",
        lambda: {
            "question": _("Which of these does it talk about?"),
            "options": named(("price", _("Price")), ("quality", _("Quality")), ("service", _("Service"))),
        },
        14,
    ),
    Purpose(
        "entities", "text", _lazy("Names and places"),
        _lazy("Mark people, organizations, places or terms in the text."),
        "spans",
        lambda: {
            "question": _("Mark every person, organization and place."),
            "labels": named(("person", _("Person")), ("organization", _("Organization")), ("place", _("Place"))),
        },
        45,
    ),
    Purpose(
        "translation", "text", _lazy("Translation"), _lazy("A translation of each text, written by people."),
        "writing",
        lambda: {
            "question": _("Translate the text."),
            "fields": [{"name": "translation", "label": _("Translation")}],
        },
        120,
    ),
    Purpose(
        "form", "text", _lazy("A form"), _lazy("Several questions about one item: choices, numbers, dates, words."),
        "textcollection",
        lambda: {
            "title": _("Read, then fill in what you find"),
            "fields": [
                {
                    "type": "category", "field_id": "topic", "title": _("Topic"),
                    "choices": named(("billing", _("Billing")), ("delivery", _("Delivery"))),
                },
                {"type": "text", "field_id": "summary", "title": _("Summary"), "required": False},
            ],
        },
        60,
    ),
    Purpose(
        "scene", "image", _lazy("Kind of picture"), _lazy("One of several classes for each picture."),
        "choice",
        lambda: {
            "question": _("What does the picture show?"),
            "options": named(("indoors", _("Indoors")), ("outdoors", _("Outdoors")), ("other", _("Neither"))),
        },
        6,
    ),
    Purpose(
        "boxes", "image", _lazy("Objects in boxes"), _lazy("A box round each object, as detectors learn from."),
        "boxes",
        lambda: {
            "question": _("Draw a box round every person and car."),
            "labels": named(("person", _("Person")), ("car", _("Car"))),
        },
        40,
    ),
    Purpose(
        "outlines", "image", _lazy("Outlines"), _lazy("A polygon along the edge of each object."),
        "polygons",
        lambda: {"question": _("Outline every building."), "labels": named(("building", _("Building")))},
        90,
    ),
    Purpose(
        "areas", "image", _lazy("Areas, pixel by pixel"), _lazy("Painted masks for segmentation."),
        "masks",
        lambda: {
            "question": _("Paint every road and building."),
            "labels": named(("road", _("Road")), ("building", _("Building"))),
        },
        120,
    ),
    Purpose(
        "points", "image", _lazy("Points"), _lazy("Count things, or mark places and joints."),
        "points",
        lambda: {"question": _("Mark every cell."), "labels": named(("cell", _("Cell")))},
        30,
    ),
    Purpose(
        "preference", "model", _lazy("Which answer is better?"),
        _lazy("Two answers side by side, for preference training."),
        "comparison",
        lambda: {"question": _("Which response is better?"), "scale": 5},
        60,
    ),
    Purpose(
        "ranking", "model", _lazy("Order of several answers"), _lazy("From the best to the worst, ties allowed."),
        "ranking",
        lambda: {"question": _("Put the responses in order."), "ties": True},
        90,
    ),
    Purpose(
        "rating", "model", _lazy("Marks by a rubric"), _lazy("Each answer rated on scales of your own."),
        "rating",
        lambda: {
            "question": _("Rate the response."),
            "criteria": [
                {"name": "helpful", "label": _("Helpfulness"), "scale": {"min": 1, "max": 5}},
                {"name": "correct", "label": _("Correctness"), "scale": {"min": 1, "max": 5}},
            ],
        },
        45,
    ),
    Purpose(
        "answers", "model", _lazy("Model answers, written"), _lazy("People write the answer a model should give."),
        "response",
        lambda: {"question": _("Write the answer you would like to get."), "min_chars": 10},
        180,
    ),
    Purpose(
        "safety", "model", _lazy("Harmful content"), _lazy("Which harms an answer does, and how severe they are."),
        "harm",
        lambda: {
            "question": _("Which harms does the response do?"),
            "categories": named(("hate", _("Hate")), ("violence", _("Violence")), ("privacy", _("Privacy"))),
            "severities": named(("low", _("Low")), ("medium", _("Medium")), ("high", _("High"))),
        },
        30,
    ),
)  # fmt: skip


def find(name: str) -> Purpose | None:
    """One of ours, or an installed type with its own first example."""
    if name.startswith(OF_TYPE):
        task_type = registry.all().get(name.removeprefix(OF_TYPE))
        if task_type is None:
            return None
        config = task_type.samples()[0]["config"]
        return Purpose(name, task_type.family, _(task_type.title), "", task_type.name, lambda: config, 30)
    return next((one for one in PURPOSES if one.name == name), None)


def of_types() -> list[Purpose]:
    """Every installed type, as something to begin with."""
    found = [
        Purpose(
            OF_TYPE + one.name, one.family, _(one.title), one.description and _(one.description), one.name, dict, 30
        )
        for one in registry.all().values()
    ]
    return sorted(found, key=lambda one: str(one.title))
