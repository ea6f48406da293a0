"""Forms of a project. They check shapes; what may be asked is decided by its type."""

import json
import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from labeling.content_risks import LONGEST_NOTE
from labeling.types import registry
from labeling.types.classification import AUTOMATIC_KEYS
from tasks.models import Dataset, Project, ProjectVersion
from tasks.selectors.people import groups_of, labelers_of
from tasks.selectors.projects import launchable_datasets
from tasks.services.projects import MOST_OF_A_DAY, methods_for
from tasks.web import words
from workers.models import Group, Organization

SHOWN = ("guideline", "end_use", "content_risks", "content_note", "examples", "overlap")  # beside the schema
PARTS = ("value", "label", "key", "description")


class VersionForm(forms.Form):
    """What annotators see."""

    question = forms.CharField(
        label=_("Question"), max_length=2000, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Shown above the options, for example: How does the reviewer feel?"),
    )  # fmt: skip
    options = forms.CharField(
        label=_("Options"), widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("One per line. A label, a key and a description may follow: pos | Positive | p | Praise only"),
    )  # fmt: skip
    guideline = forms.CharField(
        label=_("Guideline"), required=False, strip=False, max_length=200_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("How to decide, in Markdown. Annotators open it with the key I."),
    )  # fmt: skip
    end_use = forms.CharField(
        label=_("What the labels are for"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Annotators read this before they begin."),
    )  # fmt: skip
    content_risks = forms.MultipleChoiceField(
        label=_("Sensitive material"), required=False, choices=[*words.RISKS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Annotators are told before they begin, and the material begins veiled until they lift the veil."),
    )  # fmt: skip
    content_note = forms.CharField(
        label=_("What it is like"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In your words, for example: some photos show injured animals."),
    )  # fmt: skip
    examples = forms.CharField(
        label=_("Examples"), required=False, widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            'Beside the guideline. JSON: [{"item": {"text": "Fine."}, "answer": {"option": "good"}, "why": "…"}], '
            'an item of a dataset, such as a picture, is {"id": 12}.'
        ),
    )  # fmt: skip
    overlap = forms.IntegerField(
        label=_("Answers per item"), min_value=1, max_value=100, initial=3,
        help_text=_("By different people. Three or five show how much people agree."),
    )  # fmt: skip
    more = forms.CharField(
        label=_("Further settings of the type"), required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_('JSON, seldom needed. Classification with many labels takes {"min": 1, "max": 3}.'),
    )  # fmt: skip

    def __init__(self, *args: Any, type_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task_type = registry.get(type_name)
        if not self.task_type.asks_options:
            del self.fields["question"], self.fields["options"]
            more = self.fields["more"]
            more.label, more.required = _("Schema"), False
            more.widget.attrs["rows"] = 18
            more.help_text = _("JSON: what is asked, and how. It begins with an example of the type.")
            self.initial.setdefault("more", self.example())

    def example(self) -> str:
        """The schema of the type's first sample, to begin with."""
        return as_json(self.task_type.samples()[0]["config"])

    def clean_more(self) -> dict[str, Any]:
        text = self.cleaned_data["more"].strip()
        if not text and not self.task_type.asks_options:
            shown = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            shown[self.add_prefix("more")] = self.example()
            self.data = shown
            raise forms.ValidationError(
                _now("This type takes its schema as JSON. Change this example to what you ask.")
            )
        try:
            found = json.loads(text) if text else {}
        except ValueError as error:
            raise forms.ValidationError(_now("Not JSON: %(error)s") % {"error": error}) from None
        if not isinstance(found, dict):
            raise forms.ValidationError(_now("Must be an object."))
        if self.task_type.asks_options and {"question", "options"} & set(found):
            raise forms.ValidationError(_now("Must be an object without question and options."))
        return found

    def clean_examples(self) -> Any:
        try:
            return json.loads(self.cleaned_data["examples"].strip() or "[]")
        except ValueError as error:
            raise forms.ValidationError(_now("Not JSON: %(error)s") % {"error": error}) from None

    def version_fields(self) -> dict[str, Any]:
        """For the services."""
        data = self.cleaned_data
        config = data["more"]
        if self.task_type.asks_options:
            config = config | {"question": data["question"], "options": read_options(data["options"])}
        return {"config": config} | {name: data[name] for name in SHOWN}

    def place_of(self, path: str) -> tuple[str, str]:
        """Which field a problem of the services belongs to, and what to say before it."""
        if path.startswith("examples"):
            return "examples", path + ": "
        if not self.task_type.asks_options and path.startswith("config"):
            return "more", path.removeprefix("config").lstrip(".") + ": "
        if found := re.match(r"config\.options\[(\d+)\]", path):
            return "options", _now("Option %(number)s: ") % {"number": int(found[1]) + 1}
        head, _dot, name = path.partition(".")
        if head == "config" and name:
            return (name, "") if name in ("question", "options") else ("more", f"{name}: ")
        return re.sub(r"\[\d+\]$", "", head), ""


class ProjectForm(VersionForm):
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    type = forms.ChoiceField(label=_("Type"))
    dataset: "forms.ModelChoiceField[Dataset]" = forms.ModelChoiceField(
        None, label=_("Dataset"), required=False, empty_label=_("Later"), help_text=_("What the question is asked of.")
    )
    field_order = ("name", "type", "dataset", "question", "options", "guideline", "end_use", "overlap", "more")

    def __init__(self, *args: Any, organization: Organization, mode: str, **kwargs: Any) -> None:
        given = (args[0] if args else None) or kwargs.get("initial") or {}
        known = registry.all()
        type_name = given.get("type")
        super().__init__(*args, type_name=type_name if type_name in known else next(iter(known)), **kwargs)
        self.fields["type"].choices = [(one.name, _now(one.title)) for one in registry.all().values()]  # type: ignore[attr-defined]
        self.fields["dataset"].queryset = launchable_datasets(organization_id=organization.pk, mode=mode)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "start" in self.data and not data.get("dataset") and "dataset" not in self.errors:
            self.add_error("dataset", _now("Choose what to start with, or save a draft."))
        return data


class PeopleField(forms.ModelMultipleChoiceField):
    """Two people may have one name, never one address."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.email}"


class PeopleForm(forms.Form):
    """What is not versioned: name, order, method, and who works on it."""

    name = forms.CharField(label=_("Name"), max_length=200)
    priority = forms.IntegerField(
        label=_("Priority"), min_value=-1000, max_value=1000, help_text=_("Projects with a higher number come first.")
    )
    aggregation = forms.ChoiceField(label=_("Consensus method"))
    suggestion_field = forms.CharField(
        label=_("Column with suggestions"), required=False, max_length=200,
        help_text=_(
            "Items may bring a suggested answer in this column, which annotators accept or change. It is read when "
            "tasks are opened. Empty for none."
        ),
    )  # fmt: skip
    self_selection = forms.BooleanField(label=_("Annotators may pick tasks themselves"), required=False)
    open_to_all = forms.BooleanField(label=_("Open to all labelers of the organization"), required=False)
    most_answers = forms.IntegerField(
        label=_("Answers a day from one person, at most"),
        required=False,
        min_value=1,
        max_value=MOST_OF_A_DAY,
        help_text=_("Of this project. Empty: as many as they like, or as the organization lets them."),
        widget=forms.NumberInput({"class": "input input-number", "inputmode": "numeric"}),
    )
    members = PeopleField(
        None, label=_("People"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("They may work on it even when it is not open to all."),
    )  # fmt: skip
    groups: "forms.ModelMultipleChoiceField[Group]" = forms.ModelMultipleChoiceField(
        None, label=_("Groups"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        methods = methods_for(project.type)
        if (chosen := self.initial.get("aggregation")) not in methods:  # a count of votes, where there are none
            self.initial["aggregation"] = next(iter(methods), chosen)
        self.fields["aggregation"].choices = [(name, _now(title)) for name, title in methods.items()]  # type: ignore[attr-defined]
        self.fields["members"].queryset = labelers_of(project.organization_id)  # type: ignore[attr-defined]
        self.fields["groups"].queryset = groups_of(project.organization_id)  # type: ignore[attr-defined]

    def place_of(self, path: str) -> tuple[str, str]:
        return re.sub(r"\[\d+\]$", "", path), ""


def read_options(text: str) -> list[dict[str, str]]:
    """One option a line: value | label | key | description; what is left empty gets its default."""
    found = []
    for line in text.splitlines():
        if line.strip():
            parts = [part.strip() for part in line.split("|", 3)]
            option = {name: part for name, part in zip(PARTS, parts, strict=False) if part}
            found.append({"value": ""} | option)
    return found


def write_options(options: list[dict[str, str]]) -> str:
    """The way back, as short as it can be."""
    lines = []
    for number, option in enumerate(options):
        automatic = AUTOMATIC_KEYS[number] if number < len(AUTOMATIC_KEYS) else ""
        parts = [
            option["value"],
            "" if option["label"] == option["value"] else option["label"],
            "" if option["key"] == automatic else option["key"],
            option["description"],
        ]
        lines.append(re.sub(r"( \| *)+$", "", " | ".join(parts)).replace(" |  |", " | |"))
    return "\n".join(lines)


def as_json(config: dict[str, Any]) -> str:
    return json.dumps(config, ensure_ascii=False, indent=2)


def proposal_of(type_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """The first state of a form for a project of this type and schema."""
    if not registry.get(type_name).asks_options:
        return {"type": type_name, "more": as_json(config)}
    rest = {name: value for name, value in config.items() if name not in ("question", "options")}
    options = [{"label": one["value"], "key": "", "description": ""} | one for one in config["options"]]
    return {
        "type": type_name,
        "question": config["question"],
        "options": write_options(options),
        "more": json.dumps(rest, ensure_ascii=False) if rest else "",
    }


def initial_of(version: ProjectVersion, *, asks_options: bool) -> dict[str, Any]:
    """A version as the form shows it."""
    shown = {name: getattr(version, name) for name in SHOWN if name != "examples"}
    shown["examples"] = json.dumps(version.examples, ensure_ascii=False, indent=1) if version.examples else ""
    if not asks_options:
        return {"more": as_json(version.config), **shown}
    config = dict(version.config)
    question, options = config.pop("question", ""), config.pop("options", [])
    return {
        "question": question,
        "options": write_options(options),
        "more": json.dumps(config, ensure_ascii=False) if config else "",
        **shown,
    }
