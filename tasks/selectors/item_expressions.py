"""What the items page asks of a database beyond Django's own words."""

import json
from typing import Any

import orjson
from django.db.models import BooleanField, Func
from django.db.models.expressions import Combinable


class Beyond(Func):
    """(a, b) > (c, d), or <: one range of an index, which the same said with OR is not."""

    output_field = BooleanField()
    arity = 4

    def __init__(self, *expressions: Any, operator: str) -> None:
        super().__init__(*expressions, template=f"(%(a)s, %(b)s) {operator} (%(c)s, %(d)s)")

    def as_sql(self, compiler: Any, connection: Any, **options: Any) -> Any:  # type: ignore[override]  # no template
        parts, values = [], []
        for each in self.get_source_expressions():
            sql, params = compiler.compile(each)
            parts.append(sql)
            values += params
        return self.extra["template"] % dict(zip("abcd", parts, strict=True)), values


class Says(Func):
    """Whether an item's columns, as they are stored, hold a text: any case on PostgreSQL, any ASCII case on SQLite."""

    output_field = BooleanField()

    def __init__(self, column: Combinable | str, text: str, field: str = "") -> None:
        """With `field`, only as the whole value of fields of that name."""
        super().__init__(column)
        self.text, self.named = text, field

    def as_sql(self, compiler: Any, connection: Any, **options: Any) -> Any:  # type: ignore[override]  # no template
        sql, params = compiler.compile(self.get_source_expressions()[0])
        is_postgres = connection.vendor == "postgresql"
        # as JSON writes it: Django escapes what is not ASCII on SQLite, jsonb shows it as it is
        stored = orjson.dumps(self.text).decode()[1:-1] if is_postgres else json.dumps(self.text)[1:-1]
        if self.named:
            stored = f'"{self.named}": "{stored}"'
        pattern = "%" + stored.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        cast, like = ("::text", "ILIKE") if is_postgres else ("", "LIKE")
        escape = "" if is_postgres else " ESCAPE '\\'"
        return f"({sql}){cast} {like} %s{escape}", [*params, pattern]
