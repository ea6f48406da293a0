from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.data import Item
from tasks.models.moves import MovingQuerySet
from tasks.models.projects import Project
from tasks.models.work import Answer, Task
from tasks.states import GoldState, choices


class GoldKind(models.TextChoices):
    GOLD = "gold", "Hidden check"
    TRAINING = "training", "Training, with feedback"
    QUALIFICATION = "qualification", "Qualification test"


class GoldSource(models.TextChoices):
    COLUMN = "column", "A column of the items"
    FILE = "file", "A file"
    RESULT = "result", "A result, by a click"
    API = "api", "The API"


class Gold(models.Model):
    """What is known of a task. Its task is in the state `check` (kind gold) or `practice` (the others)."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="gold")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="gold")
    kind = models.CharField(max_length=13, choices=GoldKind.choices, default=GoldKind.GOLD)
    state = models.CharField(max_length=10, choices=choices(GoldState), default=GoldState.ACTIVE)
    source = models.CharField(max_length=6, choices=GoldSource.choices)
    answer = models.JSONField()  # clean under `schema_version`
    schema_version = models.PositiveIntegerField()
    explanation = models.TextField(blank=True)  # shown with the feedback of a training
    label = models.CharField(max_length=200, blank=True)  # the answer in words: checks are spread over these
    position = models.PositiveIntegerField(default=0)  # of a training: its place in the order
    # kept by the judging's transactions
    judged = models.PositiveIntegerField(default=0)  # people whose answer was judged
    failed = models.PositiveIntegerField(default=0)
    failed_by_good = models.PositiveIntegerField(default=0)
    why = models.TextField(blank=True)  # of retired and invalid ones, in English: shown by `in_words`
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["project", "kind", "id"], name="gold_in_use", condition=Q(state="active")),
            models.Index(fields=["project", "state", "id"], name="gold_by_state"),
        ]


class GoldProblem(models.Model):
    """Why the known answer that came with an item is not used. The item is asked as any other."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="gold_problems")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    message = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="gold_problem_order")]


class Verdict(models.Model):
    """One answer measured by the known one. Written once; goes when a correction takes the answer's place."""

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="verdict")
    gold = models.ForeignKey(Gold, null=True, on_delete=models.SET_NULL, related_name="verdicts")
    kind = models.CharField(max_length=13, choices=GoldKind.choices)  # the gold's at that time
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_right = models.BooleanField()
    distance = models.FloatField()  # 0 the same, 1 nothing in common
    label = models.CharField(max_length=200, blank=True)  # the known answer in words
    counts = models.BooleanField(default=True)  # false: the gold was found to be wrong, nobody is measured by it
    at = models.DateTimeField()  # when the answer was given

    class Meta:
        indexes = [models.Index(fields=["project", "annotator", "at"], name="verdict_by_person")]


class CheckRules(models.Model):
    """How a project trains, tests and checks its people. Without a row: gold as it comes, no training, no test."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="check_rules", primary_key=True)
    train_first = models.BooleanField(default=False)
    test_size = models.PositiveSmallIntegerField(default=0)  # 0: no test
    pass_mark = models.FloatField(default=0.8)  # share of right answers
    tries = models.PositiveSmallIntegerField(default=2)
    cool_down_hours = models.PositiveSmallIntegerField(default=24)  # between two tries
    tolerance = models.FloatField(null=True)  # greatest distance that is still right; null: the type's
    tells_skill = models.BooleanField(default=True)  # annotators see how they do in this project

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pass_mark__gt=0, pass_mark__lte=1), name="pass_mark_is_a_share"),
            models.CheckConstraint(
                condition=Q(tolerance=None) | Q(tolerance__gte=0, tolerance__lte=1), name="tolerance_is_a_distance"
            ),
        ]


class Entry(models.Model):
    """One person on the way into a project: what of its training and test they have behind them."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="entries")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    trained_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)  # begun
    test = models.JSONField(default=list)  # tasks of the try under way, in their order
    scores = models.JSONField(default=list)  # [{"right", "of", "passed", "at"}] of the tries that ended
    failed_at = models.DateTimeField(null=True)  # the last try
    passed_at = models.DateTimeField(null=True)
    admitted_at = models.DateTimeField(null=True)  # may do live work; null again when a person asks for another test
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "annotator"], name="one_entry_per_annotator")]


class PaidTime(models.Model):
    """Active time of training and tests: work that is paid though it makes no data."""

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="paid_time")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="paid_time")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=13, choices=[c for c in GoldKind.choices if c[0] != GoldKind.GOLD])
    active_ms = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["annotator", "at"], name="paid_time_by_person")]
