"""Settings: who needs a second factor, and who has none."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from workers.models import SecondFactorFor
from workers.selectors.second_factors import must_have_one, without_one
from workers.services import second_factors
from workers.web.access import needs
from workers.web.confirming import factor_shown

MOST_SHOWN = 100


class RuleForm(forms.Form):
    second_factor_for = forms.ChoiceField(
        label=_("Who has to have a second factor"),
        choices=SecondFactorFor.choices,
        widget=forms.RadioSelect,
        help_text=_("Whoever has none sets one up first, from the next page on. API keys are not asked."),
    )


@needs("admin")
@factor_shown("POST")
@require_http_methods(["GET", "POST"])
def organization_security(request: HttpRequest) -> HttpResponse:
    organization = request.membership.organization  # type: ignore[attr-defined]  # set by OrganizationMiddleware
    form = RuleForm(request.POST or None, initial={"second_factor_for": organization.second_factor_for})
    if request.method == "POST" and form.is_valid():
        who = form.cleaned_data["second_factor_for"]
        second_factors.require(organization=organization, who=who, actor=request.user)  # type: ignore[arg-type]
        messages.success(request, _t("Saved."))
        return redirect("organization-security")
    lacking = without_one(organization)
    context = {
        "form": form,
        "count": lacking.count(),
        "lacking": [{"row": each, "must": must_have_one(each)} for each in lacking[:MOST_SHOWN]],
        "nav_section": "settings",
    }
    return render(request, "settings/security.html", context, status=400 if form.errors else 200)
