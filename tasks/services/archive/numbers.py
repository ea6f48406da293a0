"""New ids for old ones, in eight bytes each: an archive may tell of millions of rows."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right

from django.core.management.color import no_style
from django.db import connection, models


class Numbers:
    """Of one kind. Old ids come in ascending order, as archives hold them; then `settle` gives the new ones."""

    def __init__(self) -> None:
        self.old = array("q")
        self.new = array("q")

    def add(self, old: int) -> bool:
        """False when it is not greater than the one before."""
        if self.old and old <= self.old[-1]:
            return False
        self.old.append(old)
        return True

    def settle(self, model: type[models.Model]) -> None:
        """In an empty table rows keep their ids; beside others they get the next free ones."""
        if not self.old:
            return
        if not model._base_manager.exists():
            self.new = self.old
        elif connection.vendor == "postgresql":
            self.new = _reserved(model, len(self.old))
        else:
            first = _highest(model) + 1
            self.new = array("q", range(first, first + len(self.old)))

    @property
    def are_kept(self) -> bool:
        return bool(self.old) and self.new is self.old

    def of(self, old: int) -> int | None:
        at = bisect_left(self.old, old)
        return self.new[at] if at < len(self.old) and self.old[at] == old else None

    def near(self, old: int) -> int:
        """The new id of the last row up to this one; 0 before the first."""
        at = bisect_right(self.old, old)
        return self.new[at - 1] if at else 0


def _reserved(model: type[models.Model], count: int) -> array[int]:
    """From the table's sequence: nobody else gets these, whatever they write meanwhile."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                       [f'"{table}"', column, count])  # fmt: skip
        found = array("q")
        while rows := cursor.fetchmany(10_000):
            found.extend(row[0] for row in rows)
    return array("q", sorted(found))


def _highest(model: type[models.Model]) -> int:
    """SQLite's one writer is us. Ids of rows that are gone are not used again."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    last = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    return max(row[0] if row else 0, last or 0)


def go_on_after(models_written: list[type[models.Model]]) -> None:
    """Let sequences go on after the ids of tables that were empty. SQLite does so itself."""
    statements = connection.ops.sequence_reset_sql(no_style(), models_written)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
