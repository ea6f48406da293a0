from labeling.outbox.models import Event, IdempotencyKey

__all__ = ["Event", "IdempotencyKey"]
