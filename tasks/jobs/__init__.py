from tasks.jobs import checks, distribution, exports, ingest, quality

__all__ = ["checks", "distribution", "exports", "ingest", "quality"]
