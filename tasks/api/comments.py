"""What annotators told the requester about tasks, and the requester's answers."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.pages import CursorPages
from labeling.http.serializers import Nothing, Strict, cleaned
from tasks.api.filters import CommentFilters, filters_of
from tasks.api.projects import my_project
from tasks.models import Comment
from tasks.models.comments import LONGEST_COMMENT, CommentKind
from tasks.selectors import comments as selectors
from tasks.services import commenting


class CommentOut(serializers.Serializer):
    id = serializers.IntegerField()
    task = serializers.IntegerField()
    item = serializers.CharField(help_text="The key of the item.")
    author = serializers.CharField(help_text="A pseudonym, the same everywhere in the organization.")
    kind = serializers.ChoiceField(choices=CommentKind.choices)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    reply = serializers.CharField(allow_blank=True)
    replied_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, comment: Comment) -> dict[str, Any]:
        return {"id": comment.pk, "task": comment.task_id, "item": comment.task.item.key} | selectors.row(comment)


class Comments(APIView):
    @extend_schema(operation_id="projects_comments", parameters=[CommentFilters], responses=CommentOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Comments of annotators, newest first."""
        project = my_project(request, project_id)
        found = selectors.comments_of(project, **filters_of(request, CommentFilters))
        pages = CursorPages()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(CommentOut(page, many=True).data)


class ReplyToComment(APIView):
    class Input(Strict):
        text = serializers.CharField(max_length=LONGEST_COMMENT)
        resolve = serializers.BooleanField(required=False, default=False, help_text="Nothing is left to do then.")

    @extend_schema(operation_id="projects_comment_reply", request=Input, responses=CommentOut)
    def post(self, request: Any, project_id: int, comment_id: int) -> Response:
        """Write what its author reads. A later reply takes the place of the first."""
        comment = selectors.comment_of(my_project(request, project_id), comment_id)
        data = cleaned(self.Input, request.data)
        actor, now = request.caller.user, timezone.now()
        commenting.reply(comment=comment, text=data["text"], actor=actor, now=now)
        if data["resolve"]:
            commenting.resolve(comment=comment, actor=actor, now=now)
        return Response(CommentOut(comment).data)


class MoveComment(APIView):
    # MoveComment.as_view(to="resolve"), or "reopen"

    to = ""

    @extend_schema(request=None, responses=CommentOut)
    def post(self, request: Any, project_id: int, comment_id: int) -> Response:
        comment = selectors.comment_of(my_project(request, project_id), comment_id)
        cleaned(Nothing, request.data)
        getattr(commenting, self.to)(comment=comment, actor=request.caller.user, now=timezone.now())
        return Response(CommentOut(comment).data)
