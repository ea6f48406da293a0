"""The forms of the people step."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tasks.models import Project
from tasks.selectors.gold import rules_of
from tasks.selectors.people import groups_of
from tasks.web.accepted_tests import FIELD, AcceptedTestsField, offer_tests, tests_accepted_by
from tasks.web.project_forms import PeopleForm
from workers.models import Group
from workers.services.invitations import MOST_PLACES

FIELDS = ("open_to_all", "self_selection", "members", "groups", "most_answers")
MOST_INVITED = 50
NEW = "new"
SMALL = {"class": "input input-number", "inputmode": "numeric"}


class WhoForm(PeopleForm):
    """Of the project's settings, those about people."""

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        lists = {name: sorted(one.pk for one in getattr(project, name).all()) for name in ("members", "groups")}
        initial = lists | {name: getattr(project, name) for name in FIELDS if name not in lists}
        kwargs["initial"] = initial
        super().__init__(*args, project=project, **kwargs)
        for name in set(self.fields) - set(FIELDS):
            del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """What differs from what is in force."""
        data = self.cleaned_data
        data = data | {name: [one.pk for one in data[name]] for name in ("members", "groups")}
        before = {name: sorted(value) if isinstance(value, list) else value for name, value in self.initial.items()}
        return {n: v for n, v in data.items() if (sorted(v) if isinstance(v, list) else v) != before[n]}


class QualificationForm(forms.Form):
    """Of the rules for known answers, those about what comes before live work."""

    train_first = forms.BooleanField(
        label=_("Training first"), required=False,
        help_text=_("Each answer is followed by the right one, and why it is right."),
    )  # fmt: skip
    test_size = forms.IntegerField(
        label=_("Items of the test"), min_value=0, max_value=100, help_text=_("0: no test."),
        widget=forms.NumberInput(SMALL),
    )  # fmt: skip
    pass_percent = forms.FloatField(
        label=_("Right answers to pass, in %"), min_value=1, max_value=100,
        widget=forms.NumberInput(SMALL | {"step": "any"}),
    )  # fmt: skip
    tries = forms.IntegerField(
        label=_("Tries"), min_value=1, max_value=10, help_text=_("No item is asked twice."),
        widget=forms.NumberInput(SMALL),
    )  # fmt: skip
    cool_down_hours = forms.IntegerField(
        label=_("Hours between two tries"), min_value=0, max_value=2160, widget=forms.NumberInput(SMALL)
    )
    accepted_tests = AcceptedTestsField()

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        rules = rules_of(project)
        own = [name for name in self.base_fields if hasattr(rules, name) and name != FIELD]
        initial: dict[str, Any] = {name: getattr(rules, name) for name in own}
        initial["pass_percent"] = f"{rules.pass_mark * 100:g}"
        initial["accepted_tests"] = tests_accepted_by(project)
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        offer_tests(self, project)

    def rules(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["pass_mark"] = round(data.pop("pass_percent") / 100, 6)
        if "accepted_tests" in data:
            data["accepted_tests"] = [one.pk for one in data["accepted_tests"]]
        return data

    def place_of(self, path: str) -> tuple[str, str]:
        field = re.sub(r"\[\d+\]$", "", path)
        return {"pass_mark": "pass_percent"}.get(field, field), ""


class InviteForm(forms.Form):
    emails = forms.CharField(
        label=_("E-mail addresses"), required=False, widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One a line. Each gets a link of their own, and may label once they have joined."),
    )  # fmt: skip
    places = forms.IntegerField(
        label=_("A link to pass on, for how many people"), required=False, min_value=1, max_value=MOST_PLACES,
        help_text=_("Whoever has the link may join with it until its places are taken. Empty: no link."),
        widget=forms.NumberInput(SMALL),
    )  # fmt: skip
    into = forms.ChoiceField(label=_("They join the group"), required=False)

    def __init__(self, *args: Any, project: Project, is_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_open = is_open
        self.known = {str(one.pk): one for one in groups_of(project.organization_id)}
        choices = [("", _("No group")), (NEW, _t("A new group: %(name)s") % {"name": project.name})]
        choices += [(pk, one.name) for pk, one in self.known.items()]
        self.fields["into"].choices = choices  # type: ignore[attr-defined]
        self.fields["into"].help_text = _("A group is needed where it is not open to all: it may label this then.")

    def clean_emails(self) -> list[str]:
        """Each address once, in capitals or not; as a mail program lists them, too: Ann Example <ann@example.org>."""
        found: dict[str, str] = {}
        for part in re.split(r"[\n,;]+", self.cleaned_data["emails"]):
            named = re.search(r"<([^<>]+)>\s*$", part)
            words = [named[1]] if named else part.split()
            for address in words if all("@" in word for word in words) else [part]:
                found.setdefault(address.strip().casefold(), address.strip())
        if len(found) > MOST_INVITED:
            raise forms.ValidationError(_t("At most %(number)s at a time.") % {"number": MOST_INVITED})
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.asks(data) and not self.is_open and not data.get("into"):
            self.add_error("into", _t("Say which group they join: it is not open to all."))
        return data

    @staticmethod
    def asks(data: dict[str, Any]) -> bool:
        return bool(data.get("emails") or data.get("places"))

    @property
    def group(self) -> Group | None:
        return self.known.get(self.cleaned_data["into"])
