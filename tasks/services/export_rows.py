"""The rows of a snapshot as an exporter wants them: flat, named, in the order of the tasks."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from labeling import exporters
from labeling.exporters.snapshot import Image, Record
from labeling.importers.found import ANSWERED
from labeling.pseudonym import annotator_pseudonym, look_again
from labeling.types import registry
from labeling.types.base import TaskType
from labeling.types.suggestions import OUTCOMES
from labeling.written import written
from tasks.models import Answer, Comment, Export, ExportRow, ProjectVersion, Task
from tasks.selectors.answering import judged
from tasks.selectors.comments import row as comment_row
from tasks.selectors.machines import votes_of_machines
from tasks.selectors.rereading import rereader_of
from tasks.services.snapshots import BASIS, config_of, label_columns, methods_of

BATCH = 200


class SnapshotReader:
    """Reads on after a task until a part is full; `last_task` tells where it stopped."""

    def __init__(self, export: Export, *, after: int) -> None:
        self.export = export
        self.last_task = after
        self.is_done = False
        self.type: TaskType = registry.get(export.project.type)
        self.config = config_of(export)
        self.labels = label_columns(export)
        self.methods = methods_of(export)
        self.own_configs: dict[int, dict[str, Any]] = {}
        self.columns = dict(export.columns)
        self.reader = rereader_of(export.project)
        look_again()

    def rows(self, *, most_rows: int, most_bytes: int) -> Iterator[dict[str, Any]]:
        """Rows of one part, for an exporter of rows."""
        for row, answers, comments in self._part(most_rows, most_bytes):
            yield self._row(row, answers) | self._said(row, comments)

    def records(self, *, most_rows: int, most_bytes: int) -> Iterator[Record]:
        """Records of one part, for an exporter of labels."""
        for row, answers, _ in self._part(most_rows, most_bytes):
            yield self._record(row, answers)

    def _part(
        self, most_rows: int, most_bytes: int
    ) -> Iterator[tuple[ExportRow, dict[int, dict[str, Any]], dict[int, list[dict[str, Any]]]]]:
        """Item data is measured, so that a few huge items make a part too."""
        waiting = ExportRow.objects.filter(export=self.export, task__gt=self.last_task).select_related(
            "task__item", "task__gold"
        )
        rows = waiting.order_by("task_id")[:most_rows].iterator(chunk_size=BATCH)
        count, size = 0, 0
        while batch := list(islice(rows, BATCH)):
            answers, comments = self._answers(batch), self._comments(batch)
            for row in batch:
                size += len(written(row.task.item.data))
                count += 1
                self.last_task = row.task_id
                yield row, answers, comments
                if size >= most_bytes:
                    return
        self.is_done = count < most_rows

    def _row(self, row: ExportRow, answers: dict[int, dict[str, Any]]) -> dict[str, Any]:
        built: dict[str, Any] = {
            "task_id": row.task_id,
            "item_id": row.task.item_id,
            "item_key": row.task.item.key,
            **self._item(properties(row.task.item.data)),
            **self._labels("consensus", row.value, row.task.own_version),
            "confidence": row.confidence,
            "method": row.method or None,
            "answer_count": len(row.answers),
            "agreement": row.agreement,
            "schema_version": row.schema_version,
            "resolved_at": row.resolved_at,
            **{name: row.basis.get(name) for name in BASIS},
        }
        for method in self.methods:
            found = row.by_method.get(method) or {}
            built |= self._labels(method, found.get("value"), row.task.own_version)
            built[f"{method}_confidence"] = found.get("confidence")
        if "gold" in self.columns:
            gold = getattr(row.task, "gold", None)
            built |= {"gold": gold and gold.answer, "gold_kind": gold and gold.kind}
        given = [answers[pk] for pk in sorted(row.answers) if pk in answers]
        if "suggestion" in self.columns:
            built["suggestion"] = self._suggestion(row.task)
            for outcome in OUTCOMES:
                built[f"suggestion_{outcome}"] = sum(answer["suggestion_outcome"] == outcome for answer in given)
        if self.export.include_answers:
            built["answers"] = given
        return built

    def _record(self, row: ExportRow, answers: dict[int, dict[str, Any]]) -> Record:
        task, item = row.task, row.task.item
        picture = item.media.get("image")
        name = item.data.get("image")
        return Record(
            task=row.task_id,
            item=item.pk,
            key=item.key,
            data=properties(item.data),
            image=picture
            and Image(
                file=name if isinstance(name, str) else "",
                width=picture["width"],
                height=picture["height"],
                format=picture["format"],
                key=picture["key"],
            ),
            answer=row.value,
            confidence=row.confidence,
            method=row.method or None,
            agreement=row.agreement,
            answers=[answers[pk] for pk in sorted(row.answers) if pk in answers] if self.export.include_answers else [],
            answer_count=len(row.answers),
            suggestion=self._suggestion(task),
            resolved_at=row.resolved_at.isoformat() if row.resolved_at else None,
            config=None if task.own_version is None else self._config(task.own_version),
        )

    def _suggestion(self, task: Task) -> dict[str, Any] | None:
        """In the labels of the export, as far as it can be said in them; else as it came."""
        if task.suggestion is None:
            return None
        value: dict[str, Any] = task.suggestion["value"]
        if self.reader is None or self.reader.current != self.export.schema_version or task.own_version:
            return value
        item = judged(task.item.data, task.item.media)
        return self.reader.read(value, task.suggestion["schema_version"], item) or value

    def _said(self, row: ExportRow, comments: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
        if "comment_count" not in self.columns:
            return {}
        mine = comments.get(row.task_id, [])
        return {"comment_count": len(mine)} | ({"comments": mine} if "comments" in self.columns else {})

    def _item(self, data: dict[str, Any]) -> dict[str, Any]:
        if self.columns.get("item") == "json":
            return {"item": data}
        return {f"item.{name}": self._number(f"item.{name}", value) for name, value in data.items()}

    def _number(self, column: str, value: Any) -> Any:
        """A column of whole and other numbers holds floats only."""
        return float(value) if self.columns.get(column) == "float" and value is not None else value

    def _labels(self, prefix: str, value: dict[str, Any] | None, own_version: int | None) -> dict[str, Any]:
        """The cells of one answer, read by the question it answers."""
        config = self.config if own_version is None else self._config(own_version)
        cells = dict.fromkeys(self.labels) | exporters.opened(self.type.export_row(value, config), self.labels)
        return {f"{prefix}.{name}": cells[name] for name in self.labels}

    def _config(self, number: int) -> dict[str, Any]:
        if number not in self.own_configs:
            version = ProjectVersion.objects.get(project=self.export.project_id, number=number)
            self.own_configs[number] = version.config
        return self.own_configs[number]

    def _answers(self, batch: list[ExportRow]) -> dict[int, dict[str, Any]]:
        if not self.export.include_answers and "suggestion" not in self.columns:
            return {}
        wanted = [pk for row in batch for pk in row.answers]
        organization_id = self.export.project.organization_id
        machines = votes_of_machines([row.task for row in batch])
        return {
            answer.pk: {
                "annotator": annotator_pseudonym(organization_id=organization_id, user_id=answer.annotator_id),
                "value": answer.value,
                "schema_version": answer.schema_version,
                "created_at": answer.created_at,
                "active_ms": answer.active_ms,
                **self._kept(answer),
                **({"machine": machines[answer.pk]} if answer.pk in machines else {}),
            }
            for start in range(0, len(wanted), 500)
            for answer in Answer.objects.filter(pk__in=wanted[start : start + 500])
        }

    def _kept(self, answer: Answer) -> dict[str, Any]:
        """What the answer made of the suggestion, in a project that has any."""
        if "suggestion" not in self.columns:
            return {}
        return {
            "suggestion_outcome": answer.suggestion_outcome or None,
            "suggestion_counts": answer.suggestion_counts,
        }

    def _comments(self, batch: list[ExportRow]) -> dict[int, list[dict[str, Any]]]:
        """By task, those made before the snapshot."""
        found: dict[int, list[dict[str, Any]]] = {}
        if "comment_count" in self.columns:
            mine = Comment.objects.filter(task__in=[row.task_id for row in batch], created_at__lte=self.export.as_of)
            for comment in mine.order_by("id"):
                found.setdefault(comment.task_id, []).append(comment_row(comment))
        return found


def properties(data: dict[str, Any]) -> dict[str, Any]:
    """An item's columns without what people answered elsewhere: answers are exported as answers, under pseudonyms."""
    return {name: value for name, value in data.items() if name != ANSWERED}
