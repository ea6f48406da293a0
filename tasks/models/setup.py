from django.db import models

from tasks.models.projects import Project


class Setup(models.Model):
    """How far the wizard of a project has come. One that was made otherwise has none, and needs none."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="setup", primary_key=True)
    purpose = models.CharField(max_length=60, blank=True)  # of tasks.purposes, or a type's name after "type:"
    passed = models.JSONField(default=list)  # names of the steps that were saved
    seconds = models.PositiveSmallIntegerField(default=20)  # what one answer is thought to take, until it is measured
    trial_at = models.DateTimeField(null=True)  # a few items are asked first; the others wait for the launch
    finished_at = models.DateTimeField(null=True)  # everything is launched

    @property
    def is_on_trial(self) -> bool:
        return self.trial_at is not None and self.finished_at is None
