"""Tell annotators' cursors that something opened behind them."""

from django.db.models import F

from tasks.models import Project


def slots_opened(project_id: int) -> None:
    """Say, in the transaction that made it so and after the task's update, that a task is claimable behind cursors."""
    Project.objects.filter(pk=project_id).update(epoch=F("epoch") + 1)
