"""A label schema as a form: its question, its lists of labels or criteria as rows, and the rest as JSON."""

import json
import re
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from labeling.errors import Problem
from labeling.problem_words import in_words
from labeling.types.base import TaskType
from tasks.web.setup.outlines import OUTLINED, read_outline, write_outline
from tasks.web.setup.rows import COLUMNS, NAMED, Row, Rows, cell_of, has_column, label_of

LISTS: dict[str, Any] = {
    "options": _("Labels"),
    "labels": _("Labels"),
    "categories": _("Categories"),
    "severities": _("Degrees"),
    "criteria": _("Criteria"),
    "message_criteria": _("Criteria of each message"),
    "turn_criteria": _("Criteria of each turn"),
    "overall_criteria": _("Criteria of the whole"),
    "fields": _("Fields"),
    "relations": _("Relations"),
}
QUESTIONS = ("question", "title")
MOST_ROWS = 200


class SchemaForm:
    """`config()` is what was typed, still to be cleaned by the type; `tell` puts its problems beside their fields."""

    def __init__(self, task_type: TaskType, config: dict[str, Any], given: QueryDict | None = None) -> None:
        self.type, self.before = task_type, config
        self.asks = next((name for name in QUESTIONS if name in config), "question")
        self.errors: list[str] = []
        self.question_error = self.rest_error = ""
        self.lists = [made for name in LISTS if (made := self._list(name, given))]
        self.question = given.get("question", "") if given else str(config.get(self.asks, ""))
        rest = {name: value for name, value in config.items() if name not in (self.asks, *self._named)}
        self.rest = given.get("rest", "") if given else json.dumps(rest, ensure_ascii=False, indent=2)

    @property
    def _named(self) -> list[str]:
        return [one.name for one in self.lists]

    def _list(self, name: str, given: QueryDict | None) -> Rows | None:
        labels = self.before.get(name)
        if not isinstance(labels, list):
            return None
        known = [one for one in labels if isinstance(one, dict)] or self._sample(name)
        if not known or not any(each in known[0] for each in NAMED) or (name == "relations" and not labels):
            return None
        if OUTLINED in known[0]:
            outline = given.get(name, "") if given else write_outline(labels)
            return Rows(name, LISTS[name], [], [], outline)
        columns = [one for one in COLUMNS if has_column(known[0], one)]
        rows = self._given(name, columns, given) if given else self._stored(labels, columns)
        return Rows(name, LISTS[name], columns, rows)

    def _sample(self, name: str) -> list[dict[str, Any]]:
        """How the type's labels look, where this schema has none yet."""
        for sample in self.type.samples():
            found = self.type.clean_config(sample["config"]).get(name)
            if isinstance(found, list) and found and isinstance(found[0], dict):
                return found
        return []

    @staticmethod
    def _stored(labels: list[dict[str, Any]], columns: list[str]) -> list[Row]:
        return [Row({one: cell_of(label, one) for one in columns}, str(n)) for n, label in enumerate(labels)]

    @staticmethod
    def _given(name: str, columns: list[str], given: QueryDict) -> list[Row]:
        cells = {one: given.getlist(f"{name}.{one}") for one in columns}
        was = given.getlist(f"{name}.was")
        count = min(max(map(len, cells.values()), default=0), MOST_ROWS)
        return [
            Row(
                {one: values[n] if n < len(values) else "" for one, values in cells.items()},
                was[n] if n < len(was) else "",
                n,
            )
            for n in range(count)
        ]

    def add_blank(self, name: str) -> None:
        for each in self.lists:
            if each.name == name:
                each.rows.append(Row(dict.fromkeys(each.columns, "")))

    def find_rows_again(self) -> None:
        """The schema is another one by now: a row belongs to the label of its name there, not to the same place."""
        for each in self.lists:
            before = self.before.get(each.name) or []
            known = [str(one.get("value", one.get("name", ""))) for one in before if isinstance(one, dict)]
            for row in each.rows:
                name = next(iter(row.cells.values())).strip()
                row.was = str(known.index(name)) if name in known else ""

    def config(self) -> dict[str, Any] | None:
        """None where something cannot be read at all; the errors say what."""
        try:
            rest = json.loads(self.rest.strip() or "{}")
        except ValueError as error:
            self.rest_error = _now("Not JSON: %(error)s") % {"error": error}
            return None
        if not isinstance(rest, dict):
            self.rest_error = _now("Must be an object.")
            return None
        lists = {one.name: self._labels(one) for one in self.lists}
        return rest | {self.asks: self.question} | lists

    def _labels(self, rows: Rows) -> list[dict[str, Any]]:
        if rows.outline is not None:
            return read_outline(rows.outline, self.before.get(rows.name) or [])
        rows.rows = [row for row in rows.rows if not row.is_blank]
        before = self.before.get(rows.name) or []
        found = []
        for row in rows.rows:
            place = int(row.was) if row.was.isascii() and row.was.isdecimal() else -1
            kept = dict(before[place]) if 0 <= place < len(before) else {}
            found.append(label_of(kept, row.cells))
        return found

    def tell(self, problems: list[Problem]) -> None:
        """Each problem beside its field; what has none above the form."""
        for problem in problems:
            path = problem.path.removeprefix("config").lstrip(".")
            text = self._named_places(in_words(problem.message))
            text = text[:1].upper() + text[1:]
            if not self._told(path, text):
                self.errors.append(f"{path}: {text}" if path else text)

    def _named_places(self, text: str) -> str:
        """`labels[0]` by the name of the label, which is what one sees."""

        def name(found: re.Match[str]) -> str:
            rows = next((each.rows for each in self.lists if each.name == found[1]), [])
            place = int(found[2])
            return f"“{next(iter(rows[place].cells.values()))}”" if place < len(rows) else found[0]

        return re.sub(r"\b(\w+)\[(\d+)\]", name, text)

    def _told(self, path: str, text: str) -> bool:
        if path == self.asks:
            self.question_error = text
            return True
        for each in self.lists:
            if path != each.name and not re.match(rf"{each.name}[\[.]", path):
                continue
            found = re.match(rf"{each.name}\[(\d+)\](?:\.(\w+))?(.*)", path)
            if found is None or each.outline is not None or int(found[1]) >= len(each.rows):
                each.error = text if path == each.name else f"{path}: {text}"
                return True
            column = found[2] or each.columns[0]
            column = "low" if column == "scale" else column
            row = each.rows[int(found[1])]
            row.errors.setdefault(column if column in each.columns else each.columns[0], text)
            return True
        if path.partition(".")[0].partition("[")[0] in json_names(self.rest):
            self.rest_error = f"{path}: {text}"
            return True
        return False

    @property
    def problems(self) -> list[dict[str, Any]]:
        """For the page's script: where, and what."""
        found: list[dict[str, Any]] = [{"at": "question", "text": self.question_error}] if self.question_error else []
        found += [{"at": "rest", "text": self.rest_error}] if self.rest_error else []
        for each in self.lists:
            if each.error:
                found.append({"at": each.name, "text": each.error})
            for row in each.rows:
                at = [(f"{each.name}.{name}", text) for name, text in row.errors.items()]
                found += [{"at": name, "row": row.place, "text": text} for name, text in at]
        return found + [{"at": "", "text": text} for text in self.errors]


def json_names(text: str) -> set[str]:
    try:
        found = json.loads(text.strip() or "{}")
    except ValueError:
        return set()
    return set(found) if isinstance(found, dict) else set()
