from tasks.jobs import checks, deliver, distribution, exports, ingest, machines, orders, quality

__all__ = ["checks", "deliver", "distribution", "exports", "ingest", "machines", "orders", "quality"]
