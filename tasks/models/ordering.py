"""What client programs order: projects as they know them, batches, and tasks with everything said about them.

An order is not the work: that is a Task, which there is from the moment people can be asked.
"""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.gold import Gold
from tasks.models.moves import MovingQuerySet
from tasks.models.projects import Project
from tasks.models.work import Task
from tasks.states import BatchState, OrderState, choices
from workers.models import Group, Organization, User
from workers.models.access import Mode


def new_public_id() -> str:
    """As long as the ids that programs written for other services expect, and nothing can be read from it."""
    return secrets.token_hex(12)


class OrderProject(models.Model):
    """A name under which tasks of one API type are ordered. `project` holds the work; none before the first task."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    public_id = models.CharField(max_length=24, default=new_public_id, unique=True)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=40)  # the API's name
    is_hidden = models.BooleanField(default=False)  # for tasks ordered without a project; one per type
    is_staged = models.BooleanField(default=False)  # its batches begin in staging
    options = models.JSONField(default=dict)  # what else was said at its creation
    version = models.PositiveIntegerField(default=0)  # of the newest OrderParams; 0 = none were ever given
    project = models.OneToOneField(Project, null=True, on_delete=models.SET_NULL, related_name="ordered_as")
    members: "models.ManyToManyField[User, models.Model]" = models.ManyToManyField(User, related_name="+", blank=True)
    groups: "models.ManyToManyField[Group, models.Model]" = models.ManyToManyField(Group, related_name="+", blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "mode", "name"], name="order_project_name_once"),
            models.UniqueConstraint(
                fields=["organization", "mode", "type"], condition=Q(is_hidden=True), name="one_hidden_project_per_type"
            ),
        ]


class OrderParams(models.Model):
    """The parameters of a project at one time: they fill in what a task does not say. Never edited."""

    project = models.ForeignKey(OrderProject, on_delete=models.CASCADE, related_name="history")
    version = models.PositiveIntegerField()
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="params_version_once_per_project")]


class BatchKind(models.TextChoices):
    PRODUCTION = "production", "Production"
    CALIBRATION = "calibration", "Calibration"
    SELF_LABEL = "self_label", "Self-label"


class Batch(models.Model):
    """Tasks asked together: completed when the last one is done, and told of once each time that happens.

    Either of a project as client programs order in it, or made of a project's tasks on our own pages: then of `work`.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    public_id = models.CharField(max_length=24, default=new_public_id, unique=True)
    project = models.ForeignKey(OrderProject, null=True, on_delete=models.CASCADE, related_name="batches")
    work = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=BatchKind.choices, default=BatchKind.PRODUCTION)
    state = models.CharField(max_length=12, choices=choices(BatchState), default=BatchState.IN_PROGRESS)
    callback = models.CharField(max_length=2000, blank=True)
    metadata = models.JSONField(default=dict)
    place = models.PositiveIntegerField(null=True)  # in the order somebody put batches into; null = by kind and age
    groups: "models.ManyToManyField[Group, models.Model]" = models.ManyToManyField(Group, related_name="+", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "mode", "name"], name="batch_name_once"),
            models.CheckConstraint(
                condition=Q(project__isnull=False, work=None) | Q(project=None, work__isnull=False),
                name="batch_is_ordered_or_our_own",
            ),
        ]
        indexes = [models.Index(fields=["organization", "mode", "-created_at", "-id"], name="batch_by_age")]

    @property
    def is_ordered(self) -> bool:
        """By a client program, task by task."""
        return self.project_id is not None

    @property
    def ordered_in(self) -> OrderProject:
        assert self.project is not None, "a batch of our own pages is ordered in nothing"
        return self.project

    @property
    def asked_in(self) -> int | None:
        """The project of ours that its tasks are in; None while nothing was ever ordered."""
        return self.project.project_id if self.project is not None else self.work_id

    @property
    def project_name(self) -> str:
        return self.project.name if self.project is not None else str(self.work)


class Order(models.Model):
    """One task as it was ordered, and what its client hears of it. One made for a test is completed at once."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    public_id = models.CharField(max_length=24, default=new_public_id, unique=True)
    project = models.ForeignKey(OrderProject, on_delete=models.CASCADE, related_name="orders")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="orders")
    task = models.OneToOneField(Task, null=True, on_delete=models.SET_NULL, related_name="ordered_as")
    type = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=choices(OrderState), default=OrderState.PENDING)
    unique_id = models.CharField(max_length=500, null=True)
    instruction = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    priority = models.SmallIntegerField(default=0)
    callback_url = models.CharField(max_length=2000, blank=True)
    clears_unique_id = models.BooleanField(default=False)  # when it ends as an error
    callback_succeeded = models.BooleanField(null=True)
    response = models.JSONField(null=True)
    review = models.JSONField(default=dict)  # what customers said of the response: status, comments, audits, …
    review_status = models.CharField(max_length=10, blank=True)
    prepare_at = models.DateTimeField(null=True)  # when to fetch its attachments, and open its task; null = no need
    prepare_tries = models.PositiveSmallIntegerField(default=0)
    settle_at = models.DateTimeField(null=True)  # its task is resolved: when to look for the answer; null = no need
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "mode", "unique_id"], name="one_order_per_unique_id")
        ]
        indexes = [
            models.Index(fields=["organization", "mode", "-created_at", "-id"], name="order_by_age"),
            models.Index(fields=["project", "-created_at", "-id"], name="order_by_project"),
            models.Index(fields=["batch", "state"], name="order_by_batch"),
            models.Index(fields=["project"], name="order_pending", condition=Q(state="pending")),
            models.Index(fields=["prepare_at"], name="order_to_prepare", condition=Q(prepare_at__isnull=False)),
            models.Index(fields=["settle_at"], name="order_to_settle", condition=Q(settle_at__isnull=False)),
            models.Index(
                fields=["organization", "mode", "type", "-id"], name="order_audited", condition=~Q(review_status="")
            ),
        ]

    @property
    def tag_names(self) -> list[str]:
        return [tag.name for tag in self.tags.all()]


class OrderTag(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["order", "name"], name="tag_once_per_order")]
        indexes = [models.Index(fields=["name", "order"], name="order_by_tag")]


class ClientFile(models.Model):
    """A file a client sent, or had us fetch, to name it in orders by an address that only we can read."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    public_id = models.CharField(max_length=24, default=new_public_id, unique=True)
    reference_id = models.CharField(max_length=500, null=True)
    name = models.CharField(max_length=255, blank=True)
    project_names = models.JSONField(default=list)
    metadata = models.JSONField(default=dict)
    source_url = models.CharField(max_length=2000, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)  # "" until it is fetched
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True)  # why it could not be fetched
    fetch_at = models.DateTimeField(null=True)  # when to try to fetch it; null = no need
    fetch_tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "mode", "reference_id"], name="one_file_per_reference_id")
        ]
        indexes = [models.Index(fields=["fetch_at"], name="file_to_fetch", condition=Q(fetch_at__isnull=False))]


class QualityTask(models.Model):
    """A task with a known answer, as a client gave it: hidden among live work, or practised on before it.

    `gold` is what it became, once its attachments are here; `error` why it became none.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    public_id = models.CharField(max_length=24, default=new_public_id, unique=True)
    project = models.ForeignKey(OrderProject, on_delete=models.CASCADE, related_name="quality_tasks")
    is_training = models.BooleanField()
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+")  # audited into one
    gold = models.ForeignKey(Gold, null=True, on_delete=models.SET_NULL, related_name="+")
    error = models.TextField(blank=True)
    type = models.CharField(max_length=40)
    instruction = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    expected_response = models.JSONField()
    initial_response = models.JSONField(null=True)
    prepare_at = models.DateTimeField(null=True)  # when to fetch its attachments, and store what is known
    prepare_tries = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["prepare_at"], name="known_to_prepare", condition=Q(prepare_at__isnull=False)),
        ]
