"""What is known of how the labels of an export were made: counted, not claimed. For cards and responsible-AI fields."""

from typing import Any

from django.db.models import Avg, Count, Max, Min, Q, Sum

from tasks.models import Answer, Export, ExportRow, Machine, ProjectVersion


def facts_of(export: Export) -> dict[str, Any]:
    """While the rows of the snapshot are there. Times are ISO text."""
    version = ProjectVersion.objects.get(project=export.project_id, number=export.schema_version)
    rows = ExportRow.objects.filter(export=export)
    found = rows.aggregate(
        items=Count("id"), labeled=Count("id", filter=Q(value__isnull=False)), agreement=Avg("agreement")
    )
    machines = Machine.objects.filter(organization=export.project.organization_id).values("user_id")
    given = Answer.objects.filter(project=export.project_id, is_live=True, created_at__lte=export.as_of)
    by_people = given.exclude(annotator__in=machines)
    people = by_people.aggregate(
        answers=Count("id"), annotators=Count("annotator", distinct=True), active_ms=Sum("active_ms"),
        first=Min("created_at"), last=Max("created_at"),
    )  # fmt: skip
    return {
        "organization": export.project.organization.name,
        "guideline": version.guideline,
        "end_use": version.end_use,
        "content_risks": version.content_risks,
        "content_note": version.content_note,
        "overlap": version.overlap,
        "items": found["items"],
        "labeled": found["labeled"],
        "agreement": found["agreement"],
        "methods": sorted(filter(None, rows.order_by().values_list("method", flat=True).distinct())),
        "answers": people["answers"],
        "annotators": people["annotators"],
        "active_hours": round((people["active_ms"] or 0) / 3_600_000, 2),
        "first_answer": people["first"] and people["first"].isoformat(),
        "last_answer": people["last"] and people["last"].isoformat(),
        "machine_answers": given.filter(annotator__in=machines).count(),
        "checks": export.project.checks,
    }
