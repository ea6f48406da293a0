"""Index the texts of all items, so that a search of the items page looks at all of them at once."""

from typing import Any

from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from tasks.selectors.item_filters import SEARCH_INDEX


class Command(BaseCommand):
    help = (
        "PostgreSQL only: build a trigram index of the items' columns (extension pg_trgm). Searches of any size are "
        "quick then, but an import takes several times as long, so it is the operator's choice. --drop removes it."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--drop", action="store_true", help="remove the index")

    def handle(self, *args: Any, drop: bool, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("only PostgreSQL has such an index; searches go on in parts")
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {SEARCH_INDEX}")
            if not drop:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute(f"CREATE INDEX {SEARCH_INDEX} ON tasks_item USING gin ((data::text) gin_trgm_ops)")
        cache.delete("item-search-index")
        self.stdout.write("The index is gone." if drop else "Searches use the index from now on.")
