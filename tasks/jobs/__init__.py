from tasks.jobs import (
    archives,
    bulk,
    checks,
    deliver,
    distribution,
    exports,
    feeds,
    ingest,
    machines,
    orders,
    quality,
)

__all__ = [
    "archives",
    "bulk",
    "checks",
    "deliver",
    "distribution",
    "exports",
    "feeds",
    "ingest",
    "machines",
    "orders",
    "quality",
]
