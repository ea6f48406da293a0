"""The people step: who may work on it, and invitations for those who are not here yet."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from tasks.models import Project
from tasks.selectors import gold as gold_reads
from tasks.selectors.people import groups_of, labelers_of
from tasks.services.projects import change_project
from tasks.web.asking import membership_of, organization_of, show_problems
from tasks.web.project_forms import PeopleForm
from tasks.web.setup.steps import Here, go_on, show, step_view
from workers.links import invitation_link
from workers.models import Role
from workers.selectors import access
from workers.services import invitations

FIELDS = ("open_to_all", "self_selection", "members", "groups")
MOST_INVITED = 50


class WhoForm(PeopleForm):
    """Of the project's settings, those about people."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(FIELDS):
            del self.fields[name]


class InviteForm(forms.Form):
    emails = forms.CharField(
        label=_("E-mail addresses"), required=False, widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One a line. Each gets a link of their own, and may label once they have joined."),
    )  # fmt: skip

    def clean_emails(self) -> list[str]:
        found = [each for each in self.cleaned_data["emails"].replace(",", "\n").replace(";", "\n").split() if each]
        if len(found) > MOST_INVITED:
            raise forms.ValidationError(_t("At most %(number)s at a time.") % {"number": MOST_INVITED})
        return list(dict.fromkeys(found))


@step_view
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, here: Here) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    project = here.project
    initial = {"open_to_all": project.open_to_all, "self_selection": project.self_selection} | {
        name: [one.pk for one in getattr(project, name).all()] for name in ("members", "groups")
    }
    form = WhoForm(given, project=project, initial=initial)
    invite = InviteForm(given)
    sent: list[dict[str, str]] = []
    refused: list[dict[str, str]] = []
    if given is not None and form.is_valid() and invite.is_valid() and _save(request, here, form):
        sent, refused = _invite(request, invite.cleaned_data["emails"])
        if not sent and not refused:
            return go_on(request, here, "people")
        # links are shown once, before one goes on; who could not be invited stays in the form
        invite = InviteForm(initial={"emails": "\n".join(one["email"] for one in refused)})
    waiting = access.invitations(project.organization).filter(expires_at__gt=timezone.now())
    rules = gold_reads.rules_of(project)
    context = {
        "form": form,
        "invite": invite,
        "sent": sent,
        "refused": refused,
        "able": able(project),
        "waiting": waiting.filter(role=Role.LABELER).order_by("-id")[:20],
        "groups": groups_of(project.organization_id).exists(),
        "rules": rules,
        "gold": gold_reads.gold_summary(project),
    }
    return show(request, here, "people", context, 422 if form.errors or invite.errors else 200)


def able(project: Project) -> int:
    """How many may label it now."""
    all_of_them = labelers_of(project.organization_id)
    if project.open_to_all:
        return all_of_them.count()
    chosen = set(project.members.values_list("pk", flat=True)) | set(project.groups.values_list("users__pk", flat=True))
    return all_of_them.filter(pk__in=[pk for pk in chosen if pk]).count()


def _save(request: HttpRequest, here: Here, form: WhoForm) -> bool:
    data, actor = form.cleaned_data, request.user
    changes = {name: data[name] for name in ("open_to_all", "self_selection")}
    changes |= {name: [one.pk for one in data[name]] for name in ("members", "groups")}
    try:
        change_project(project=here.project, actor=actor, now=timezone.now(), **changes)  # type: ignore[arg-type]
    except GroundworkError as error:
        show_problems(form, error)
        return False
    here.project.refresh_from_db()
    return True


def _invite(request: HttpRequest, emails: list[str]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Those who could be invited, with their links; and the others, with the reason."""
    sent, refused = [], []
    actor: Any = request.user
    for email in emails:
        try:
            invitation, token = invitations.invite(
                organization=organization_of(request),
                email=email,
                role=Role.LABELER,
                actor=actor,
                actor_role=membership_of(request).role,
                now=timezone.now(),
            )
        except GroundworkError as error:
            refused.append({"email": email, "why": error_in_words(error)})
        else:
            sent.append({"email": invitation.email, "link": invitation_link(token)})
    return sent, refused
