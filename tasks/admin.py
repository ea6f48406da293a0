"""For operators, to look: the work changes by its services only."""

from typing import Any

from django.contrib import admin
from django.db.models import Model

from tasks.models import Answer, Assignment, Dataset, Export, Project, Task, Upload
from workers.admin import ReadOnly


def look(model: type[Model], columns: list[str], **more: Any) -> None:
    """Register the model read-only. Counting millions of rows for the pager is left out."""
    options = {"list_display": columns, "show_full_result_count": False, "list_per_page": 50}
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnly,), options | more))


look(Project, ["id", "name", "organization", "mode", "type", "state", "created_at"], list_filter=["state", "mode"])
look(Dataset, ["id", "name", "organization", "mode", "item_count"])
look(Upload, ["id", "dataset", "state"], list_filter=["state"])
look(Task, ["id", "project", "state", "wanted", "taken", "answered"], list_select_related=["project"])
look(Assignment, ["id", "task_id", "annotator", "state"], list_filter=["state"], list_select_related=["annotator"])
look(Answer, ["id", "task_id", "annotator", "created_at"], list_select_related=["annotator"])
look(Export, ["id", "project", "state"], list_filter=["state"])
