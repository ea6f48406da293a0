"""Models that answer: who they are, what they said, and how far a project trusts one of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks.models.projects import Project
from tasks.models.work import Answer, Task
from workers.models import ApiKey, Organization
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
    # its own, good for nothing but its answers; a requester's key may send them, too
    key = models.OneToOneField(ApiKey, null=True, on_delete=models.SET_NULL, related_name="machine")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)  # takes no answers any more; what it said stays

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "mode", "name", "version"], name="machine_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def key_shown(self) -> str:
        """How the key it has begins; nothing when it has none that works."""
        return self.key.prefix if self.key and self.key.revoked_at is None else ""


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


class MachinePolicy(models.Model):
    """How a project works with machines. Without one the fields' defaults hold."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="machine_policy", primary_key=True)
    control_share = models.FloatField(default=0.1)  # of the tasks: what machines say of them is kept from people
    accepts = models.ForeignKey(Machine, null=True, on_delete=models.SET_NULL, related_name="+")  # null: off
    target_error = models.FloatField(default=0.05)  # most of what is accepted that may be wrong
    level = models.FloatField(default=0.95)  # how sure of that
    least_checked = models.PositiveIntegerField(default=100)  # answers checked by people before anything is accepted
    looks = models.PositiveIntegerField(default=0)  # tests for a threshold so far
    looked_at = models.PositiveIntegerField(default=0)  # answers checked at the last one
    stopped_at = models.DateTimeField(null=True)  # when it stopped by itself
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)


class Acceptance(models.Model):
    """From which confidence on a machine's answers are taken without a look, found when and on what evidence."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="acceptances")
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="+")
    threshold = models.FloatField()
    # {"checked", "errors", "bound", "target_error", "level", "look", "doubt"}; at its end also "recent" and "since"
    evidence = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(ended_at=None), name="one_acceptance_at_a_time")
        ]


class AcceptedTask(models.Model):
    """A task that a machine settled alone. One that was opened again is not settled so a second time."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="accepted", primary_key=True)
    acceptance = models.ForeignKey(Acceptance, on_delete=models.CASCADE, related_name="tasks")
    said = models.ForeignKey(MachineAnswer, on_delete=models.CASCADE, related_name="+")
    accepted_at = models.DateTimeField(default=timezone.now)
    reopened_at = models.DateTimeField(null=True)
