from tasks.jobs import deliver, distribution, exports, ingest, machines, orders, quality

__all__ = ["deliver", "distribution", "exports", "ingest", "machines", "orders", "quality"]
