from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.data import Dataset
from tasks.models.moves import MovingQuerySet
from tasks.states import ProjectState, choices
from workers.models import Group, Organization, User
from workers.models.access import Mode


class Project(models.Model):
    """One question asked of many items. What annotators see is versioned in ProjectVersion."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="projects")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=60)  # a task type's name
    state = models.CharField(max_length=10, choices=choices(ProjectState), default=ProjectState.DRAFT)
    version = models.PositiveIntegerField(default=1)  # the current ProjectVersion's number
    priority = models.SmallIntegerField(default=0)  # higher first, among projects
    aggregation = models.CharField(max_length=30, default="majority")  # an aggregation method's name
    suggestion_field = models.CharField(
        max_length=200, default="hypothesis", blank=True
    )  # the items' column; "" = none
    self_selection = models.BooleanField(default=False)  # annotators may claim a named task
    open_to_all = models.BooleanField(default=True)  # all labelers; else only members and groups
    members: "models.ManyToManyField[User, models.Model]" = models.ManyToManyField(
        User, related_name="projects", blank=True
    )
    groups: "models.ManyToManyField[Group, models.Model]" = models.ManyToManyField(
        Group, related_name="projects", blank=True
    )
    most_answers = models.PositiveIntegerField(null=True, blank=True)  # a day from one person; null: no limit
    datasets: "models.ManyToManyField[Dataset, models.Model]" = models.ManyToManyField(
        Dataset, related_name="projects", blank=True
    )
    gold_field = models.CharField(max_length=200, blank=True)  # the items' column with known answers; never shown
    checks = models.PositiveIntegerField(default=0)  # active gold of kind gold, so that a claim need not count it
    has_entry = models.BooleanField(default=False)  # a training or a test comes before live work
    accepted_tests: "models.ManyToManyField[Project, models.Model]" = models.ManyToManyField(
        "self", symmetrical=False, related_name="+", blank=True
    )  # who passed the test of one of these needs none here
    epoch = models.PositiveIntegerField(default=0)  # raised when tasks open behind the annotators' cursors
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    launched_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "mode", "name"], condition=~Q(state="archived"), name="project_name_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "-priority", "id"], name="project_running", condition=Q(state="running")
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProjectVersion(models.Model):
    """What was asked, at one time. Never edited; answers name theirs.

    The project's current one is asked of every task that has no `own_version`.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    config = models.JSONField()  # the label schema, as the type's clean_config returned it
    config_hash = models.CharField(max_length=64)  # answers with equal hashes are pooled
    guideline = models.TextField(blank=True)  # Markdown
    overlap = models.PositiveSmallIntegerField(default=1)
    end_use = models.TextField(blank=True)  # what the labels are for, told to annotators
    content_risks = models.JSONField(default=list)  # of labeling.content_risks: told to annotators, begins veiled
    content_note = models.TextField(blank=True)  # what the material is like, in the requester's words
    examples = models.JSONField(default=list)  # [{"item", "answer", "why"}], shown beside the guideline
    for_tasks = models.BooleanField(default=False)  # made for tasks that bring a question of their own
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="version_number_once_per_project"),
            models.CheckConstraint(condition=Q(overlap__gte=1), name="overlap_is_at_least_one"),
        ]
