"""The quality policy as a form: shares in per cent, everything else as it is."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.models import QualityPolicy
from tasks.services.policies import FIELDS

PER_CENT = ("target", "audit_share", "review_below")


class QualityForm(forms.Form):
    rule = forms.ChoiceField(
        label=_("How many answers"),
        choices=[
            ("fixed", _("A fixed number: the answers per item of the version")),
            ("agree", _("As many as it takes: stop when sure")),
        ],
        help_text=_("«Stop when sure» asks one more person only while two different models are not sure of the label."),
    )
    floor = forms.IntegerField(label=_("At least"), help_text=_("Answers that every task gets. Two is usual."))
    ceiling = forms.IntegerField(
        label=_("At most"), help_text=_("A task that is still unsure then goes to a reviewer, or takes its best label.")
    )
    target = forms.FloatField(
        label=_("Labels that shall be right, in %"),
        help_text=_("How sure is sure enough follows from it once 50 tasks of the audit sample are done."),
    )
    audit_share = forms.FloatField(
        label=_("Audit sample, in % of the tasks"),
        help_text=_("Chosen by chance, asked the most often, and not to be told from others: they measure the rest."),
    )
    review_below = forms.FloatField(
        label=_("Review below, in % sure"), help_text=_("A task with all its answers that is less sure waits for you.")
    )
    cost_per_answer = forms.DecimalField(
        label=_("Cost of one answer"), help_text=_("For the estimate on this page only.")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, data: Any = None, *, policy: QualityPolicy) -> None:
        super().__init__(data, initial=initial_of(policy), prefix="q")
        for name in (*PER_CENT, "cost_per_answer"):
            self.fields[name].widget.attrs["step"] = "any"

    def policy_fields(self) -> dict[str, Any]:
        """For the services."""
        return {name: round(value / 100, 6) if name in PER_CENT else value for name, value in self.cleaned_data.items()}

    def place_of(self, path: str) -> tuple[str, str]:
        return path, ""


def initial_of(policy: QualityPolicy) -> dict[str, Any]:
    shown = {name: getattr(policy, name) for name in FIELDS}
    shown |= {name: f"{shown[name] * 100:g}" for name in PER_CENT}
    shown["cost_per_answer"] = f"{Decimal(shown['cost_per_answer']).normalize():f}"
    return shown
