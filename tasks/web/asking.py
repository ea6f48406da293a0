"""What the views here share: whose page it is, and errors beside their fields."""

from typing import Any

from django import forms
from django.http import HttpRequest

from labeling.errors import GroundworkError, Problem
from labeling.problem_words import in_words
from tasks.models import Dataset, Item, Project
from tasks.selectors import datasets as dataset_reads
from tasks.selectors.projects import project_of
from workers.models import Membership, Organization

MODE = "live"  # pages show live data; test data is for keys


def membership_of(request: HttpRequest) -> Membership:
    return request.membership  # type: ignore[attr-defined]  # set by OrganizationMiddleware


def organization_of(request: HttpRequest) -> Organization:
    return membership_of(request).organization


def my_project(request: HttpRequest, project_id: int) -> Project:
    return project_of(organization_id=organization_of(request).pk, mode=MODE, project_id=project_id)


def my_dataset(request: HttpRequest, dataset_id: int) -> Dataset:
    return dataset_reads.dataset_of(organization=organization_of(request), mode=MODE, dataset_id=dataset_id)


def other_columns(item: Item) -> dict[str, Any]:
    """What an item has besides its text; its key is shown as such."""
    return {name: value for name, value in item.data.items() if name != "text" and str(value) != item.key}


def show_problems(form: forms.BaseForm, error: GroundworkError) -> None:
    """Each problem beside the field it is about; what has no field goes above the form."""
    problems: list[Problem] = getattr(error, "problems", None) or [Problem("", str(error))]
    place: Any = getattr(form, "place_of", lambda path: (path, ""))
    for problem in problems:
        field, prefix = place(problem.path)
        text = f"{prefix}{in_words(problem.message)}"
        text = text[:1].upper() + text[1:]
        form.add_error(field if field in form.fields else None, text)
