from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Pages by position, not by number: rows that arrive meanwhile are neither skipped nor shown twice."""

    ordering = "-id"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
