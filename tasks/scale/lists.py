"""The list of tasks: every filter of the API, newest first, and a token that stays right while tasks arrive."""

import base64
import binascii
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Q, QuerySet
from django.http import QueryDict

from labeling.errors import InvalidInput, Problem
from tasks.models import Order
from tasks.scale.http import flag, moment, number, one_of, only_known
from tasks.states import OrderState

TIMES = {
    "start_time": "created_at__gte",
    "end_time": "created_at__lte",
    "completed_after": "completed_at__gte",
    "completed_before": "completed_at__lte",
    "updated_after": "updated_at__gte",
    "updated_before": "updated_at__lte",
}
WORDS = {"status": "state", "type": "type", "project": "project__name", "batch": "batch__name"}
REVIEWS = ("accepted", "fixed", "commented", "rejected", "pending")
KNOWN = (
    *TIMES, *WORDS, "unique_id", "tags", "customer_review_status", "limit", "next_token", "offset",
    "include_attachment_url", "limited_response",
)  # fmt: skip
MOST = 100


def filtered(orders: QuerySet[Order], query: QueryDict) -> QuerySet[Order]:
    only_known(query, KNOWN)
    for name, column in TIMES.items():
        if raw := query.get(name):
            orders = orders.filter(**{column: moment(str(raw), name)})
    if status := query.get("status"):
        one_of(status, "status", OrderState)
    for name, column in WORDS.items():
        if query.get(name):
            orders = orders.filter(**{column: query[name]})
    if ids := query.getlist("unique_id"):
        orders = orders.filter(unique_id__in=ids)
    if tags := query.getlist("tags"):
        orders = orders.filter(Q(tags__name__in=tags)).distinct()
    if wanted := query.get("customer_review_status"):
        reviews = [word.strip() for word in wanted.split(",")]
        if any(word not in REVIEWS for word in reviews):
            message = f"customer_review_status must be some of {', '.join(REVIEWS)}"
            raise InvalidInput(Problem("customer_review_status", message, "choice"))
        orders = orders.filter(review_status__in=["" if word == "pending" else word for word in reviews] + reviews)
    return orders


def page(orders: QuerySet[Order], query: QueryDict) -> tuple[list[Order], dict[str, Any]]:
    """One page and what is told beside it; `next_token` only when more follows."""
    found = filtered(orders, query)
    total = found.count()
    limit = number(query.get("limit"), "limit", usual=MOST, least=1, most=MOST)
    offset = number(query.get("offset"), "offset", usual=0, least=0, most=10**9)
    if token := query.get("next_token"):
        created_at, pk = read_token(token)
        found = found.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, pk__lt=pk))
        offset = 0
    rows = list(found.order_by("-created_at", "-pk")[offset : offset + limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    about: dict[str, Any] = {"total": total, "limit": limit, "offset": offset, "has_more": more}
    if more:
        about["next_token"] = token_after(rows[-1])
    return rows, about


def has_downloads(query: QueryDict) -> bool:
    """The official client asks for them unless told otherwise."""
    return flag(query.get("include_attachment_url"))


def is_limited(query: QueryDict) -> bool:
    return flag(query.get("limited_response"))


def token_after(row: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([row.created_at.isoformat(), row.pk])).decode()


def read_token(token: str) -> tuple[datetime, int]:
    try:
        created_at, pk = orjson.loads(base64.urlsafe_b64decode(token))
        return datetime.fromisoformat(created_at), int(pk)
    except (binascii.Error, ValueError, TypeError):
        raise InvalidInput(Problem("next_token", "next_token was not made by this server", "token")) from None
