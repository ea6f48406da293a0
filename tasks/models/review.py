from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.moves import MovingQuerySet
from tasks.models.projects import Project
from tasks.models.work import Answer, Task
from tasks.states import AppealState, RejectionState, ReviewState, choices


class Stage(models.TextChoices):
    FIRST = "first", "First"
    SECOND = "second", "Second"  # blind: by somebody else who does not see what the first one said
    THIRD = "third", "Third"  # settles it where those two differ


class Verdict(models.TextChoices):
    ACCEPT = "accept", "Accept"  # the consensus is right
    FIX = "fix", "Fix"  # the reviewer's own answer is
    REJECT = "reject", "Reject"  # ask again


class Review(models.Model):
    """One reviewer's look at one task: leased while it is on their screen, then a verdict."""

    organization_id = models.BigIntegerField()
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reviews")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    # of a second one the first, of a third one the second
    earlier = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="later")
    stage = models.CharField(max_length=6, choices=Stage.choices, default=Stage.FIRST)
    state = models.CharField(max_length=10, choices=choices(ReviewState), default=ReviewState.LEASED)
    source = models.CharField(max_length=12, blank=True)  # the list it was taken from: queue, audit, person …
    expires_at = models.DateTimeField(null=True)  # of the lease
    schema_version = models.PositiveIntegerField()  # the project's when it was taken
    verdict = models.CharField(max_length=6, choices=Verdict.choices, blank=True)
    value = models.JSONField(null=True)  # the answer this reviewer stands for; null when they ask again
    reason = models.CharField(max_length=20, blank=True)
    clause = models.CharField(max_length=120, blank=True)  # of the guideline
    note = models.TextField(blank=True)
    # what it changed, so that it can be undone exactly: {"task": its state, "consensus": the row before}
    before = models.JSONField(null=True)
    wants_second = models.BooleanField(default=False)
    agrees = models.BooleanField(null=True)  # a second one: with the first
    active_ms = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(state="leased"), name="one_reviewer_at_a_time_on_a_task"
            ),
            models.UniqueConstraint(
                fields=["earlier"], condition=Q(state__in=["leased", "done"]), name="a_review_is_repeated_once"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "state", "stage"], name="review_by_stage"),
            models.Index(fields=["reviewer", "state"], name="review_by_reviewer"),
            models.Index(fields=["task"], name="review_by_task"),
        ]


class Rejection(models.Model):
    """An answer that a reviewer does not accept, and what became of it. Its annotator may fix it first."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="rejections")
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="rejections")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rejections")
    state = models.CharField(max_length=10, choices=choices(RejectionState))
    reason = models.CharField(max_length=20)  # one of REJECTION_REASONS
    clause = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    fix_until = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["answer"], condition=~Q(state="withdrawn"), name="an_answer_is_rejected_once"
            )
        ]
        indexes = [
            models.Index(fields=["annotator", "project", "-id"], name="rejection_by_annotator"),
            models.Index(fields=["fix_until"], name="rejection_due", condition=Q(state="returned")),
            models.Index(fields=["project", "id"], name="rejection_held", condition=Q(state="held")),
        ]


class Appeal(models.Model):
    """What an annotator has to say against a rejection; decided by another person than who rejected."""

    rejection = models.OneToOneField(Rejection, on_delete=models.CASCADE, related_name="appeal", primary_key=True)
    organization_id = models.BigIntegerField()
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    state = models.CharField(max_length=10, choices=choices(AppealState), default=AppealState.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["project"], name="appeal_open", condition=Q(state="open"))]


class ReviewRules(models.Model):
    """How a project reviews, as far as it says so itself: where a field is null, the installation's setting holds."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="review_rules", primary_key=True)
    lease_seconds = models.PositiveIntegerField(null=True)
    fix_hours = models.PositiveSmallIntegerField(null=True)
    rejection_brake = models.PositiveSmallIntegerField(null=True)  # percent
    second_reviews = models.PositiveSmallIntegerField(null=True)  # percent
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(rejection_brake=None) | Q(rejection_brake__lte=100))
                & (Q(second_reviews=None) | Q(second_reviews__lte=100)),
                name="review_rules_are_percents",
            )
        ]
