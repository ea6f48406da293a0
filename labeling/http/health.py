"""Two questions an orchestrator asks: is the process alive, and can it do its work?

A middleware before all others, so that neither sessions nor host names nor redirects stand in between.
"""

from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

_migrated = False


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/livez":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path == "/readyz":
            problems = {name: problem for name, check in CHECKS.items() if (problem := check())}
            status = 503 if problems else 200
            reply = JsonResponse({name: problems.get(name, "ok") for name in CHECKS}, status=status)
            if problems:
                reply["Retry-After"] = "2"
            return reply
        return self.get_response(request)


def database_problem() -> str | None:
    global _migrated
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "migrations are waiting"
            _migrated = True
    except DatabaseError as error:
        return f"the database does not answer ({type(error).__name__})"
    return None


def cache_problem() -> str | None:
    try:
        cache.get("readyz")
    except (RedisError, OSError) as error:
        return f"Redis does not answer ({type(error).__name__})"
    return None


CHECKS = {"database": database_problem, "redis": cache_problem}
