from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.projects import Project
from tasks.models.work import Task


class Consensus(models.Model):
    """The answer a task's answers add up to. Rebuilt as a whole, never patched."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="consensus")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    value = models.JSONField()  # an answer, by the project's method
    confidence = models.FloatField()
    method = models.CharField(max_length=30)
    # {method: {"value", "confidence", "posterior": {part: {class: p}}}} for every method that is kept up to date;
    # majority also "left_out": ids of answers under an older schema that do not fit this one; the method that counts
    # (dawid_skene or e4) also "epoch", and "sure": how sure its least sure part is
    by_method = models.JSONField(default=dict)
    answers = models.JSONField(default=list)  # ids of the answers it was made from
    # what it was judged by: {"tau", "temperature", "policy", "calibration", "schema": their numbers,
    # "calibrated_on": what those come from, "curve_slope", "curve_shift": of the method shown, "fitted_at"}
    basis = models.JSONField(default=dict)
    # what it has put into its annotators' counts, where they are named sums: {"epoch", "workers": {id: sums}, "crowd"}
    evidence = models.JSONField(default=dict)
    agreement = models.FloatField(null=True)  # mean pairwise 1 - distance of those answers; null below two
    label = models.CharField(max_length=200, blank=True)  # the value in words, for filters
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["project", "label", "task"], name="consensus_by_label"),
            models.Index(fields=["project", "method", "task"], name="consensus_by_method"),
            models.Index(fields=["project", "confidence", "task"], name="consensus_by_confidence"),
            models.Index(
                fields=["project", "agreement", "task"],
                name="consensus_by_agreement",
                condition=Q(agreement__isnull=False),
            ),
        ]


class QualityState(models.Model):
    """A project's aggregation state: who consumes its answers now, and the Dawid-Skene model of the last fit."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="quality_state", primary_key=True)
    consumer = models.CharField(max_length=60, blank=True)  # taken by compare-and-set; "" = free
    consumer_until = models.DateTimeField(null=True)
    applied = models.PositiveBigIntegerField(default=0)  # answers applied since the beginning
    fitted_at_applied = models.PositiveBigIntegerField(default=0)  # and at the last batch fit
    config_hash = models.CharField(max_length=64, blank=True)  # the schema the counts belong to
    classes = models.JSONField(default=dict)  # {part: [class]}
    # {"method", "epoch": raised when counting starts over, "parts": {part: {"pooled": [true][voted], "mass": [class]}}}
    model = models.JSONField(default=dict)
    fitted_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)  # raised when somebody is left out or taken back in
    must_refit = models.BooleanField(default=False)  # at once, and into every row
    is_exact = models.BooleanField(default=True)  # every row is what a fit of all answers says
    settled_at = models.DateTimeField(null=True)  # when a row last changed
    skilled_at = models.DateTimeField(null=True)  # when people's skills were last worked out
    skilled_at_applied = models.PositiveBigIntegerField(default=0)  # and the answers applied then


class AnnotatorCounts(models.Model):
    """What one annotator's answers in one project tell about them, summed over tasks.

    {part: [true class][class voted]} of expected votes; for types whose `aggregate` keeps them, {"sums": {name: sum}}.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="annotator_counts")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    counts = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "annotator"], name="counts_once_per_annotator")]


class AgreementReport(models.Model):
    """How far a project's people agree, as a job measured it at one time. The newest one is shown."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="agreement_reports")
    measured_at = models.DateTimeField(default=timezone.now)
    newest_answer = models.BigIntegerField(default=0)  # it knows; a report is stale when there is a newer one
    live_answers = models.PositiveIntegerField(default=0)  # and when there are more or fewer
    config_hash = models.CharField(max_length=64)
    figures = models.JSONField()  # of labeling.agreement.figures, and {"reviews": …}

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="agreement_newest")]
