"""Settings: all data in one file, to leave with; and, while there is nothing yet, such a file to begin with."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from labeling.errors import GroundworkError
from tasks.selectors import archives as selectors
from tasks.selectors.file_links import holder_of_user
from tasks.services.archive.linking import link_person
from tasks.services.archive.making import KEEP, bring_archive, request_archive
from tasks.services.archive.reading import open_archive
from tasks.services.archive.restoring import is_empty
from tasks.web import words
from tasks.web.asking import organization_of, show_problems
from workers.models import Membership, Organization, Placeholder
from workers.selectors.placeholders import real_members
from workers.web.access import needs

NEWEST = 20


class BringForm(forms.Form):
    file = forms.FileField(label=_("Archive"), help_text=_("The zip that another Groundwork made, as it is."))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD:
            raise forms.ValidationError(_t("The file is too large; an operator can bring it in by a command."))
        return file


class LinkForm(forms.Form):
    pseudonym = forms.CharField(label=_("Pseudonym"), max_length=40, help_text=_("As it stands among the people."))
    member = forms.ModelChoiceField(label=_("Member"), queryset=Membership.objects.none())

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.fields["member"].queryset = real_members(organization)  # type: ignore[attr-defined]
        self.fields["member"].label_from_instance = lambda one: str(one.user)  # type: ignore[attr-defined]

    def clean_pseudonym(self) -> Placeholder:
        name = self.cleaned_data["pseudonym"].strip()
        found = selectors.waiting_placeholders(self.organization).filter(pseudonym=name).first()
        if found is None:
            raise forms.ValidationError(_t("Nobody of that pseudonym waits to be known."))
        return found


@never_cache
@needs("admin")
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """GET tells what there is; POST makes an archive, or brings one in."""
    organization, posted = organization_of(request), request.POST.get("form", "")
    actor: Any = request.user
    form = BringForm(request.POST, request.FILES) if posted == "bring" else BringForm()
    waiting = selectors.waiting_placeholders(organization).count()
    link = LinkForm(request.POST if posted == "link" else None, organization=organization)
    nothing = forms.Form(request.POST if posted == "make" else None)
    try:
        if posted == "make" and nothing.is_valid():
            request_archive(organization=organization, created_by=actor)
            messages.success(request, _t("The archive is being made."))
            return redirect("archives")
        if posted == "bring" and form.is_valid():
            file = form.cleaned_data["file"]
            open_archive(file)  # so that a wrong file is told of here and now
            file.seek(0)
            bring_archive(organization=organization, stream=file, created_by=actor)
            messages.success(request, _t("The archive is being read."))
            return redirect("archives")
        if posted == "link" and link.is_valid():
            member: Membership = link.cleaned_data["member"]
            link_person(placeholder=link.cleaned_data["pseudonym"], membership=member, actor=actor)
            messages.success(request, _t("%(name)s has that person's history now.") % {"name": member.user})
            return redirect("archives")
    except GroundworkError as error:
        show_problems({"bring": form, "link": link}.get(posted, nothing), error)
    context = _rows(request) | {
        "form": form,
        "problems": nothing.non_field_errors(),
        "is_empty": is_empty(organization),
        "days": KEEP.days,
        "link": link,
        "waiting": waiting,
    }
    return render(request, "settings/archives.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@needs("admin")
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    return render(request, "settings/archives_live.html", _rows(request))


def _rows(request: HttpRequest) -> dict[str, Any]:
    newest = selectors.archives_of(organization_of(request)).select_related("created_by").order_by("-id")[:NEWEST]
    holder = holder_of_user(request.user)  # type: ignore[arg-type]  # signed in
    rows = [
        {
            "archive": archive,
            "chip": words.chip(archive.state),
            "is_under_way": archive.state in selectors.UNDER_WAY,
            "url": selectors.download_path(archive, holder=holder),
        }
        for archive in newest
    ]
    return {"nav_section": "settings", "rows": rows, "is_busy": any(row["is_under_way"] for row in rows)}
