from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from tasks.models.data import Item
from tasks.models.moves import MovingQuerySet
from tasks.models.projects import Project
from tasks.states import AssignmentState, TaskState, choices

EVERYBODY = 0  # the lane of tasks that are kept for no batch; the others' lane is their batch
LANE = Coalesce(F("kept_for"), EVERYBODY, output_field=models.BigIntegerField())


class Task(models.Model):
    """One item asked in one project: wants `wanted` answers, has given out `taken` slots, holds `answered` answers.

    Without a ceiling it is resolved by the last answer wanted. With one the consensus decides after every answer: it is
    sure, or wants one more, up to the ceiling.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="tasks")
    state = models.CharField(max_length=10, choices=choices(TaskState), default=TaskState.OPEN)
    priority = models.SmallIntegerField(default=0)  # higher first, within the project
    own_version = models.PositiveIntegerField(null=True)  # asked under this version, whatever the project's current is
    batch = models.ForeignKey("tasks.Batch", null=True, on_delete=models.SET_NULL, related_name="tasks", db_index=False)
    # asked of nobody but this batch's groups
    kept_for = models.ForeignKey("tasks.Batch", null=True, on_delete=models.SET_NULL, related_name="+")
    suggestion = models.JSONField(null=True)  # {"value": a clean answer, "schema_version": under which it is one}
    wanted = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    answered = models.PositiveSmallIntegerField(default=0)
    ceiling = models.PositiveSmallIntegerField(null=True)  # most answers that count
    extra = models.PositiveSmallIntegerField(default=0, db_default=0)  # slots in place of answers that do not count
    is_audit = models.BooleanField(default=False, db_default=False)  # gets all answers, so that others may be judged
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "item"], name="item_once_per_project"),
            models.CheckConstraint(condition=Q(taken__lte=F("wanted")), name="task_slots_within_overlap"),
            models.CheckConstraint(condition=Q(answered__lte=F("taken")), name="answers_within_taken_slots"),
            models.CheckConstraint(
                condition=Q(ceiling=None) | Q(wanted__lte=F("ceiling") + F("extra")), name="wanted_within_ceiling"
            ),
        ]
        indexes = [
            # what a claim walks, lane by lane: what is kept for a batch is passed by those whom it is not kept for.
            # -priority, so that one row comparison with a cursor is one range of the index
            models.Index(
                F("project"),
                LANE,
                F("priority") * -1,
                F("taken"),
                F("id"),
                name="task_open",
                condition=Q(state="open", taken__lt=F("wanted")),
            ),
            models.Index(fields=["project", "state", "id"], name="task_by_state"),
            models.Index(fields=["batch", "state", "id"], name="task_by_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["batch", "id"], name="task_in_batch", condition=Q(batch__isnull=False)),
            # what waits for a decision: every answer asked for is there
            models.Index(
                fields=["project", "id"],
                name="task_undecided",
                condition=Q(state="open", ceiling__isnull=False, answered__gte=F("wanted")),
            ),
            models.Index(fields=["project", "id"], name="task_audited", condition=Q(is_audit=True)),
            models.Index(fields=["project"], name="task_with_suggestion", condition=Q(suggestion__isnull=False)),
            models.Index(fields=["project", "id"], name="task_in_order"),
            models.Index(
                fields=["project", "resolved_at", "id"], name="task_by_end", condition=Q(resolved_at__isnull=False)
            ),
        ]


class SuggestionProblem(models.Model):
    """Why the suggestion that came with an item is not used. The task is asked without it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="suggestion_problems")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="suggestion_problems")
    path = models.CharField(max_length=300)  # into the item, beginning with the column
    message = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="suggestion_problem_order")]


class Assignment(models.Model):
    """One annotator's turn on a task: one row, reused when the task comes back to the same person."""

    organization_id = models.BigIntegerField()
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=20, choices=choices(AssignmentState))
    schema_version = models.PositiveIntegerField()  # the project's version when it was given out
    expires_at = models.DateTimeField(null=True)  # of the offer or the lease
    offered_at = models.DateTimeField(null=True)
    leased_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    active_ms = models.PositiveIntegerField(default=0)
    skip_reason = models.CharField(max_length=20, blank=True)
    skip_note = models.TextField(blank=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "annotator"], name="annotator_sees_a_task_once")]
        indexes = [
            models.Index(
                fields=["annotator", "organization_id", "state"],
                name="assignment_inbox",
                condition=Q(state__in=["offered", "leased"]),
            ),
            models.Index(fields=["expires_at"], name="assignment_expiry", condition=Q(state__in=["offered", "leased"])),
            models.Index(fields=["project", "annotator", "state"], name="assignment_by_person"),
        ]


class ClaimCursor(models.Model):
    """Where an annotator stands in a project's order of open tasks.

    Without it a claim walks over all of their own answers.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    epoch = models.PositiveIntegerField(default=0)
    rank = models.SmallIntegerField(default=-32768)  # -priority of the last task claimed
    taken = models.PositiveSmallIntegerField(default=0)
    task_id = models.BigIntegerField(default=0)
    exhausted_until = models.DateTimeField(null=True)  # nothing was left: do not scan again before
    rewound_at = models.DateTimeField(null=True)  # slots open behind cursors all the time: do not go back for each

    check_rate = models.FloatField(null=True)  # share of their claims that is gold; null: nobody knows them yet
    checked = models.BooleanField(default=False)  # the last one given was gold: the next one is not

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "annotator"], name="one_cursor_per_annotator")]


class Draft(models.Model):
    """The unsent work of one assignment. The higher sequence number wins."""

    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="draft", primary_key=True)
    seq = models.PositiveBigIntegerField()
    value = models.JSONField()
    updated_at = models.DateTimeField(default=timezone.now)


class Answer(models.Model):
    """What was submitted. Never edited: a correction is a new answer that supersedes this one."""

    client_id = models.UUIDField(unique=True)  # made by the sender: a retry is the same answer
    content_hash = models.CharField(max_length=64)  # of what was sent: another body under the same id is refused
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="answers")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="answers")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="answers", db_index=False
    )  # others lead
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="answers")
    schema_version = models.PositiveIntegerField()
    value = models.JSONField()
    active_ms = models.PositiveIntegerField(default=0)
    suggestion_outcome = models.CharField(max_length=10, blank=True)  # accepted, changed, rejected; "" = none was shown
    suggestion_counts = models.JSONField(null=True)  # {"kept", "changed", "added", "removed"} where there are objects
    is_live = models.BooleanField(default=True)  # false once superseded or rejected
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    is_applied = models.BooleanField(default=False)  # has reached the project's consensus state
    is_locked = models.BooleanField(default=False)  # exported: no correction any more
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(is_live=True), name="one_live_answer_per_assignment"
            )
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="answer_waiting", condition=Q(is_applied=False)),
            models.Index(fields=["project", "id"], name="answer_by_project"),
            models.Index(fields=["annotator", "-id"], name="answer_by_annotator"),
            models.Index(fields=["annotator", "created_at"], name="answer_by_time"),
            # with the task: a page reads which tasks were answered when, or how slowly, from these alone
            models.Index(fields=["project", "created_at", "task"], name="answer_by_hour", condition=Q(is_live=True)),
            models.Index(fields=["project", "active_ms", "task"], name="answer_by_seconds", condition=Q(is_live=True)),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not self._state.adding:
            raise TypeError("an answer is never edited; write one that supersedes it")
        super().save(*args, **kwargs)
