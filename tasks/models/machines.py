"""Models that answer: who they are, what they said, and how far a project trusts one of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks.models.projects import Project
from tasks.models.work import Answer, Task
from workers.models import Organization
from workers.models.access import Mode


class MachineKind(models.TextChoices):
    CLASSIFIER = "classifier", _("Classifier")
    LLM = "llm", _("Language model")


class Purpose(models.TextChoices):
    SUGGESTION = "suggestion", _("Suggestion")  # shown to people, who start from it
    VOTE = "vote", _("Vote")  # one more answer in the consensus


class Machine(models.Model):
    """One version of a model: an annotator who never signs in. A newer version is another one, as its errors are.

    `user` stands for it wherever an annotator is named. It is no member of anything, and is never paid.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="machines")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    name = models.CharField(max_length=80)
    version = models.CharField(max_length=38)
    kind = models.CharField(max_length=10, choices=MachineKind.choices)
    notes = models.TextField(blank=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="machine")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)  # takes no answers any more; what it said stays

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "mode", "name", "version"], name="machine_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class MachineAnswer(models.Model):
    """What a machine said of a task. It says it once: a model that would say something else is another version."""

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="answers")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="machine_answers")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="machine_answers")
    client_id = models.UUIDField()  # the sender's, or made from machine and task
    content_hash = models.CharField(max_length=64)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    value = models.JSONField()
    schema_version = models.PositiveIntegerField()
    confidence = models.FloatField(null=True)  # as the machine gave it
    answer = models.OneToOneField(Answer, null=True, on_delete=models.SET_NULL, related_name="by_machine")  # of a vote
    is_control = models.BooleanField(default=False)  # kept from people, so that they can be compared with those shown
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["machine", "task"], name="machine_answers_a_task_once"),
            models.UniqueConstraint(fields=["machine", "client_id"], name="machine_answer_id_once"),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1), name="machine_confidence_share"
            ),
        ]
        indexes = [models.Index(fields=["project", "machine", "-id"], name="machine_answer_newest")]
