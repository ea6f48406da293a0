"""SQLite for several processes that write: Django's backend, and a queue in front of the write lock."""
