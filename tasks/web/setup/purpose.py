"""The first step: what one wants to know, which is a task type and a schema to begin with."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from labeling.errors import GroundworkError
from labeling.types import registry
from tasks import purposes
from tasks.models import Dataset, Project, Upload
from tasks.selectors import setup as selectors
from tasks.selectors.datasets import upload_of
from tasks.selectors.projects import launchable_datasets, projects_of
from tasks.services import setting_up
from tasks.services.projects import change_project
from tasks.states import ProjectState
from tasks.web.asking import MODE, my_project, organization_of, show_problems
from tasks.web.setup.steps import Here, go_on, show, step_view
from workers.web.access import needs

ICONS = {"text": "file-text", "image": "image", "model": "list-checks"}


class PurposeForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the project"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Annotators see it. Empty: what you choose below."),
    )  # fmt: skip
    purpose = forms.CharField(
        label=_("What you want to know"), max_length=60, error_messages={"required": _("Choose one.")}
    )

    def clean_purpose(self) -> purposes.Purpose:
        found = purposes.find(self.cleaned_data["purpose"])
        if found is None:
            raise forms.ValidationError(_t("Choose one."))
        return found


@needs("manage")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """A new draft. `?dataset=` is asked about; `?upload=` brings the labels of its file as well."""
    dataset, upload = _given(request)
    if upload is not None and request.method == "POST" and "from_file" in request.POST:
        purpose = _of_file(upload)
    else:
        purpose = None
    form = PurposeForm(request.POST if request.method == "POST" and purpose is None else None)
    if purpose or (form.is_bound and form.is_valid()):
        purpose = purpose or form.cleaned_data["purpose"]
        project = _begin(request, purpose, request.POST.get("name", ""), form)
        if project is not None:
            if dataset is not None:
                setting_up.choose_dataset(project=project, dataset=dataset)
            return redirect("setup", project.pk)
    context = {"form": form, "chosen": request.POST.get("purpose", ""), "given": dataset, "upload": upload} | _choices()
    return show(request, None, "purpose", context, 422 if form.is_bound else 200)


def _given(request: HttpRequest) -> tuple[Dataset | None, Upload | None]:
    mine = launchable_datasets(organization_id=organization_of(request).pk, mode=MODE)
    number, of_upload = request.GET.get("dataset", ""), request.GET.get("upload", "")
    dataset = mine.filter(pk=int(number[:18])).first() if number.isascii() and number.isdecimal() else None
    upload = None
    if of_upload.isascii() and of_upload.isdecimal():
        upload = upload_of(organization=organization_of(request), mode=MODE, upload_id=int(of_upload[:18]))
    return dataset or (upload.dataset if upload else None), upload if upload and upload.schema else None


def _of_file(upload: Upload) -> purposes.Purpose:
    """What the labels in an uploaded file suggest to ask."""
    schema: dict[str, Any] = upload.schema or {}
    title = registry.get(schema["type"]).title
    return purposes.Purpose(
        purposes.OF_TYPE + schema["type"], "", upload.dataset.name, title, schema["type"], lambda: schema["config"], 30
    )


def _begin(request: HttpRequest, purpose: purposes.Purpose, name: str, form: PurposeForm) -> Project | None:
    actor: Any = request.user
    organization = organization_of(request)
    rows = projects_of(organization_id=organization.pk, mode=MODE).exclude(state=ProjectState.ARCHIVED)
    try:
        return setting_up.begin(
            organization=organization,
            mode=MODE,
            actor=actor,
            name=name.strip() or setting_up.free_name(str(purpose.title), rows),
            purpose=purpose,
        )
    except GroundworkError as error:
        show_problems(form, error)
        return None


def _choices() -> dict[str, Any]:
    groups = [
        {
            "title": title,
            "icon": ICONS[name],
            "purposes": [_card(one) for one in purposes.PURPOSES if one.group == name],
        }
        for name, title in purposes.GROUPS.items()
    ]
    return {"groups": groups, "types": [_card(one) for one in purposes.of_types()]}


def _card(one: purposes.Purpose) -> dict[str, Any]:
    return {"name": one.name, "title": one.title, "text": one.text, "type": registry.get(one.type).title}


@step_view
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, here: Here) -> HttpResponse:
    """Of a draft: another purpose brings its own labels, and leaves everything else."""
    chosen = here.setup.purpose or purposes.OF_TYPE + here.project.type
    form = PurposeForm(request.POST or None, initial={"name": here.project.name, "purpose": chosen})
    if form.is_bound and form.is_valid() and _change(request, here, form, chosen):
        return go_on(request, here, "purpose")
    context = {"form": form, "chosen": request.POST.get("purpose", chosen), "is_fixed": here.setup.is_on_trial}
    return show(request, here, "purpose", context | _choices(), 422 if form.is_bound else 200)


def _change(request: HttpRequest, here: Here, form: PurposeForm, chosen: str) -> bool:
    actor: Any = request.user
    name, purpose = form.cleaned_data["name"].strip(), form.cleaned_data["purpose"]
    try:
        if name and name != here.project.name:
            change_project(project=here.project, actor=actor, now=timezone.now(), name=name)
        if purpose.name != chosen:
            setting_up.ask_otherwise(
                project=here.project, actor=actor, type=purpose.type, config=purpose.config(), purpose=purpose.name
            )
    except GroundworkError as error:
        show_problems(form, error)
        return False
    return True


@needs("manage")
@require_GET
def resume(request: HttpRequest, project_id: int) -> HttpResponse:
    """To the first step that is open."""
    project = my_project(request, project_id)
    setup = selectors.setup_of(project)
    if not selectors.may_set_up(project, setup):
        messages.info(request, _t("This project is set up. Its settings hold what the steps asked."))
        return redirect("project", project.pk)
    if setup.is_on_trial:
        return redirect("setup-trial", project.pk)
    return redirect(Here(project, setup, selectors.dataset_of(project)).next_open.view, project.pk)
