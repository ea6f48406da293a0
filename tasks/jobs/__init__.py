from tasks.jobs import deliver, distribution, exports, ingest, orders, quality

__all__ = ["deliver", "distribution", "exports", "ingest", "orders", "quality"]
