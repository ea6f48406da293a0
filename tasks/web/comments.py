"""The requester's page of what annotators said about tasks."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from tasks.models import Comment
from tasks.selectors import comments as selectors
from tasks.selectors.media import image_links
from tasks.services import commenting
from tasks.web import words
from tasks.web.asking import my_project
from tasks.web.keyset import keyset
from workers.web.access import needs

PAGE = 30


class Filters(forms.Form):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), ("open", _("Open")), ("resolved", _("Resolved"))]
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *words.COMMENTS.items()])


def comment_rows(comments: Iterable[Comment]) -> list[dict[str, Any]]:
    return [
        {
            "comment": comment,
            "who": selectors.pseudonym(comment),
            "kind": words.COMMENTS[comment.kind],
            "text": comment.task.item.data.get("text") or comment.task.item.name,
            "image": image_links(comment.task.item.media),
        }
        for comment in comments
    ]


@needs("see")
@require_GET
def comments(request: HttpRequest, project_id: int) -> HttpResponse:
    """Newest first."""
    project = my_project(request, project_id)
    form = Filters(request.GET)
    given = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    page = keyset(request, selectors.comments_of(project, **given), size=PAGE, newest_first=True)
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "comments",
        "form": form,
        "is_filtered": bool(given),
        "page": page,
        "rows": comment_rows(page.rows),
    }
    return render(request, "requester/comments.html", context)


@needs("manage")
@require_POST
def answer(request: HttpRequest, project_id: int, comment_id: int) -> HttpResponse:
    """Reply, resolve or open again; then back to where the button was."""
    comment = selectors.comment_of(my_project(request, project_id), comment_id)
    actor: Any = request.user
    now = timezone.now()
    try:
        if text := request.POST.get("reply", "").strip():
            commenting.reply(comment=comment, text=text, actor=actor, now=now)
        if "resolve" in request.POST:
            commenting.resolve(comment=comment, actor=actor, now=now)
        elif "reopen" in request.POST:
            commenting.reopen(comment=comment, actor=actor, now=now)
        if text or {"resolve", "reopen"} & set(request.POST):
            messages.success(request, _t("Saved."))
        else:
            messages.error(request, _t("Write a reply first."))
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    if request.POST.get("from") == "task":
        return redirect("project-task", project_id, comment.task_id)
    return redirect("project-comments", project_id)
