from tasks.jobs import distribution, exports, ingest, quality

__all__ = ["distribution", "exports", "ingest", "quality"]
