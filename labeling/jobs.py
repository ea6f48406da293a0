from labeling.outbox import jobs  # noqa: F401  (Celery looks for labeling.jobs)
