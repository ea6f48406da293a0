"""The tests of other projects that count in this one, to choose in a form."""

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tasks.models import Entry, Project
from tasks.selectors.entry import projects_with_test

FIELD = "accepted_tests"


class AcceptedTestsField(forms.ModelMultipleChoiceField):
    """Projects, each with the number of those who passed its test. Choices come with ``offer_tests``."""

    def __init__(self) -> None:
        super().__init__(
            None, label=_("Tests passed before that count here"), required=False, widget=forms.CheckboxSelectMultiple,
            help_text=_("Who passed one of them begins at once. Without a test of its own, the project is only for "
                        "them."),
        )  # fmt: skip

    def label_from_instance(self, obj: Any) -> str:
        passed = ngettext("%(number)s person passed", "%(number)s people passed", obj.passed)
        return f"{obj.name} · {passed % {'number': obj.passed}}"


def offer_tests(form: forms.Form, project: Project) -> None:
    """Those of the other projects; where there are none the form does not ask."""
    passed = Count("entries", filter=Q(entries__in=Entry.objects.filter(passed_at__isnull=False)))
    others = projects_with_test(project).annotate(passed=passed).order_by("name")
    form.fields[FIELD].queryset = others  # type: ignore[attr-defined]
    if not others.exists():
        del form.fields[FIELD]


def tests_accepted_by(project: Project) -> list[int]:
    return sorted(project.accepted_tests.values_list("pk", flat=True))
