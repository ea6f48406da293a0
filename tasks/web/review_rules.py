"""How a project reviews, on its settings page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from labeling.errors import GroundworkError
from tasks.models import Project
from tasks.selectors.review_rules import FIELDS, installation_rules, own_rules
from tasks.services.review_rules import BOUNDS, set_review_rules
from tasks.web.asking import show_problems


class ReviewRulesForm(forms.Form):
    """Every field may be empty: then the installation's value holds, which is shown in its place."""

    lease_seconds = forms.IntegerField(label=_("Seconds a reviewer holds a task without a sign of life"))
    fix_hours = forms.IntegerField(label=_("Hours an annotator has to fix a returned answer"))
    rejection_brake = forms.IntegerField(
        label=_("Second person above, in % rejected"),
        help_text=_("Of somebody's last 20 answers. Rejecting more of them needs another reviewer's agreement."),
    )
    second_reviews = forms.IntegerField(
        label=_("Blind second reviews, in %"), help_text=_("Repeated by somebody who does not see the first one.")
    )

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data, initial=own_rules(project.pk), prefix="w")
        usual = installation_rules()
        for name in FIELDS:
            field = self.fields[name]
            field.required = False
            low, high = BOUNDS[name]
            limits = {"placeholder": getattr(usual, name), "min": low, "max": high}
            field.widget.attrs |= {"class": "input input-number"} | limits


def save_review_rules(request: HttpRequest, project: Project, form: ReviewRulesForm) -> bool:
    actor: Any = request.user
    try:
        set_review_rules(project=project, actor=actor, now=timezone.now(), **form.cleaned_data)
    except GroundworkError as error:
        show_problems(form, error)
        return False
    messages.success(request, _t("Saved."))
    return True
