from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.projects import Project
from tasks.models.work import Task
from workers.models import Organization

LONGEST_COMMENT = 2000


class CommentKind(models.TextChoices):
    EDGE_CASE = "edge_case", "Edge case"
    GUIDELINE = "guideline", "Guideline unclear"
    DATA = "data", "Data problem"
    OTHER = "other", "Other"


class Comment(models.Model):
    """What an annotator tells the requester about a task, and what came of it. The answer goes on without it."""

    client_id = models.UUIDField(unique=True)  # made by the sender: a retry is the same comment
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="comments")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=CommentKind.choices)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="comment_by_project"),
            models.Index(fields=["project", "-id"], name="comment_open", condition=Q(resolved_at=None)),
            models.Index(fields=["author", "-id"], name="comment_by_author"),
        ]
