"""Fix what an export holds: which tasks, which answers, which columns."""

from datetime import datetime

from django.db import connection, transaction

from labeling import aggregation
from labeling.errors import StaleState
from labeling.importers.found import ANSWERED
from labeling.outbox import events
from labeling.types import registry
from labeling.types.base import Kind
from labeling.types.suggestions import OUTCOMES
from tasks.models import Comment, Export, ExportRow, ProjectVersion
from tasks.selectors.suggestions import with_suggestion
from tasks.states import ExportState

MOST_ITEM_COLUMNS = 200
MOST_OWN = 50  # questions of single tasks that get columns of their own
BASIS: dict[str, Kind] = {
    "tau": "float",  # how sure the models had to be; empty where a task gets a fixed number of answers
    "temperature": "float",  # what posteriors were softened by
    "curve_slope": "float",  # of the curve over the confidence, where known answers have shown one
    "curve_shift": "float",
    "policy": "int",
    "calibration": "int",
    "calibrated_on": "str",
    "fitted_at": "time",
}
"""What a consensus was judged by, of ``Consensus.basis``; its schema is that of the answers."""
USUAL = ("majority", "dawid_skene", "e4")
FIRST_COLUMNS = ("text", "image")
WERE_DATA = "t.state IN ('check', 'practice') AND t.resolved_at IS NOT NULL"  # checks made of results
RESOLVED = f"(t.state = 'resolved' OR {WERE_DATA})"
ANY = f"(t.state NOT IN ('canceled', 'check', 'practice') OR {WERE_DATA})"
WITH_GOLD = "({wanted} OR t.state IN ('check', 'practice'))"

FIX_ROWS = """INSERT INTO tasks_exportrow (export_id, task_id, value, confidence, method, by_method, answers, agreement,
        basis, schema_version, resolved_at)
    SELECT %s, t.id, c.value, c.confidence, COALESCE(c.method, ''), COALESCE(c.by_method, '{{}}'),
        COALESCE(a.ids, '[]'), c.agreement, COALESCE(c.basis, '{{}}'), a.newest, t.resolved_at
    FROM tasks_task t
    LEFT JOIN tasks_consensus c ON c.task_id = t.id
    LEFT JOIN (SELECT task_id, {collect}(id) AS ids, max(schema_version) AS newest FROM tasks_answer
               WHERE project_id = %s AND is_live GROUP BY task_id) a ON a.task_id = t.id
    WHERE t.project_id = %s AND {wanted}
    ORDER BY t.id"""
LISTED = {
    "postgresql": """SELECT e.value::bigint FROM tasks_exportrow r, jsonb_array_elements_text(r.answers) e(value)
        WHERE r.export_id = %s""",
    "sqlite": "SELECT e.value FROM tasks_exportrow r, json_each(r.answers) e WHERE r.export_id = %s",
}
LOCK = "UPDATE tasks_answer SET is_locked = {true} WHERE is_live AND NOT is_locked AND id IN ({listed})"
# Answers to checks end being correctable when the others do: else that would tell them apart.
LOCK_CHECKS = """UPDATE tasks_answer SET is_locked = {true} WHERE project_id = %s AND is_live AND NOT is_locked
    AND task_id IN (SELECT task_id FROM tasks_gold WHERE project_id = %s)"""
UNLOCKED = "SELECT count(*) FROM tasks_answer WHERE NOT (is_live AND is_locked) AND id IN ({listed})"
ITEM_COLUMNS = {
    "postgresql": r"""SELECT DISTINCT e.key, CASE WHEN jsonb_typeof(e.value) <> 'number' THEN jsonb_typeof(e.value)
            WHEN e.value::text ~ '^-?[0-9]{1,18}$' THEN 'integer'
            WHEN e.value::text ~ '^-?[0-9]+$' THEN 'long' ELSE 'real' END
        FROM tasks_exportrow r JOIN tasks_task t ON t.id = r.task_id JOIN tasks_item i ON i.id = t.item_id,
            jsonb_each(i.data) e
        WHERE r.export_id = %s""",
    "sqlite": """SELECT DISTINCT e.key,
            CASE WHEN e.type = 'integer' AND length(e.value) > 18 THEN 'long' ELSE e.type END
        FROM tasks_exportrow r JOIN tasks_task t ON t.id = r.task_id JOIN tasks_item i ON i.id = t.item_id,
            json_each(i.data) e
        WHERE r.export_id = %s""",
}
KINDS: dict[str, Kind] = {
    "string": "str", "text": "str", "integer": "int", "real": "float", "boolean": "bool", "true": "bool",
    "false": "bool",
}  # fmt: skip


@transaction.atomic
def fix_rows(*, export: Export, now: datetime) -> None:
    """Write down the tasks and their answers in one statement, and lock those answers against corrections.

    Raises StaleState when a correction came in between the two; the caller tries again.
    """
    vendor = connection.vendor
    collect = "jsonb_agg" if vendor == "postgresql" else "json_group_array"
    wanted = ANY if export.include_unresolved else RESOLVED
    if export.include_gold:
        wanted = WITH_GOLD.format(wanted=wanted)
    true = "true" if vendor == "postgresql" else "1"
    with connection.cursor() as cursor:
        cursor.execute(FIX_ROWS.format(collect=collect, wanted=wanted), [export.pk, *2 * [export.project_id]])
        total = max(0, cursor.rowcount)
        listed = LISTED[vendor]
        cursor.execute(LOCK.format(true=true, listed=listed), [export.pk])
        cursor.execute(LOCK_CHECKS.format(true=true), 2 * [export.project_id])
        cursor.execute(UNLOCKED.format(listed=listed), [export.pk])
        if cursor.fetchone()[0]:
            raise StaleState("an answer was corrected while the snapshot was taken")
    changes = {"as_of": now, "total": total, "schema_version": export.project.version, "worked_at": now}
    unbegun = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING, as_of=None, worked_at=export.worked_at)
    if not unbegun.update(**changes):
        raise StaleState(f"export {export.pk} was taken over")
    for name, value in changes.items():
        setattr(export, name, value)
    events.emit(
        "export.started",
        organization_id=export.project.organization_id,
        object_id=export.pk,
        project_id=export.project_id,
        total=total,
    )


def columns_of(export: Export) -> list[tuple[str, Kind]]:
    """Names and kinds in the order of the file. Items never change, so this may come after the rows were fixed."""
    labels = label_columns(export)
    columns: list[tuple[str, Kind]] = [("task_id", "int"), ("item_id", "int"), ("item_key", "str")]
    columns += _item_columns(export)
    columns += [(f"consensus.{name}", kind) for name, kind in labels.items()]
    columns += [("confidence", "float"), ("method", "str")]
    for method in methods_of(export):
        columns += [(f"{method}.{name}", kind) for name, kind in labels.items()]
        columns.append((f"{method}_confidence", "float"))
    columns += [("answer_count", "int"), ("agreement", "float"), ("schema_version", "int"), ("resolved_at", "time")]
    columns += BASIS.items()
    if export.include_gold:
        columns += [("gold", "json"), ("gold_kind", "str")]
    if with_suggestion(export.project).exists():
        columns += [("suggestion", "json"), *((f"suggestion_{outcome}", "int") for outcome in OUTCOMES)]
    if Comment.objects.filter(project=export.project_id, created_at__lte=export.as_of).exists():
        columns.append(("comment_count", "int"))
        columns += [("comments", "json")] if export.include_answers else []
    return [*columns, ("answers", "json")] if export.include_answers else columns


def methods_of(export: Export) -> list[str]:
    """Those with columns of their own: what every project has had, and the project's."""
    return [name for name in aggregation.live_methods() if name in USUAL or name == export.project.aggregation]


def label_columns(export: Export) -> dict[str, Kind]:
    """Of the project's question, and of those that single tasks brought along; a name keeps its first kind."""
    task_type = registry.get(export.project.type)
    labels = task_type.export_columns(config_of(export))
    own = ProjectVersion.objects.filter(project=export.project_id, for_tasks=True).order_by("number")
    different = dict(own.values_list("config_hash", "config"))
    for config in list(different.values())[:MOST_OWN]:
        labels = task_type.export_columns(config) | labels
    return labels


def config_of(export: Export) -> dict:
    return ProjectVersion.objects.get(project=export.project_id, number=export.schema_version).config


def _item_columns(export: Export) -> list[tuple[str, Kind]]:
    """One column for each name in the items' data; a single JSON column when there are very many."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(ITEM_COLUMNS[connection.vendor], [export.pk])
        for name, kind in cursor.fetchall():
            if name != ANSWERED:
                found.setdefault(name, set()).add(kind)
    if len(found) > MOST_ITEM_COLUMNS:
        return [("item", "json")]
    first = [name for name in FIRST_COLUMNS if name in found]
    return [(f"item.{name}", _kind(found[name])) for name in [*first, *sorted(set(found) - set(first))]]


def _kind(found: set[str]) -> Kind:
    kinds = {KINDS.get(kind, "json") for kind in found if kind != "null"}
    if kinds == {"int", "float"}:
        return "float"
    return kinds.pop() if len(kinds) == 1 else "json" if kinds else "str"


def forget_rows(export: Export) -> None:
    rows = ExportRow.objects.filter(export=export)
    rows._raw_delete(rows.db)
