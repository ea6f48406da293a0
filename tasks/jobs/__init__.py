from tasks.jobs import bulk, checks, deliver, distribution, exports, feeds, ingest, machines, orders, quality

__all__ = ["bulk", "checks", "deliver", "distribution", "exports", "feeds", "ingest", "machines", "orders", "quality"]
