"""What the help page about archives shows, from the code that writes them."""

from typing import Any

from django import template

from tasks.services.archive.kinds import KINDS, LEFT_OUT, Kind, by_label, is_person
from tasks.services.archive.writing import FORMAT, VERSION

register = template.Library()


@register.simple_tag
def archive_kinds() -> list[dict[str, Any]]:
    return [
        {"file": kind.file, "about": kind.about, "fields": list(map(_shown, fields_of(kind))), "without": kind.without}
        for kind in KINDS
    ]


@register.simple_tag
def archive_left_out() -> list[tuple[str, str]]:
    return [(label.partition(".")[2] or label, reason) for label, reason in LEFT_OUT.items()]


@register.simple_tag
def archive_format() -> dict[str, Any]:
    return {"name": FORMAT, "version": VERSION}


def fields_of(kind: Kind) -> list[tuple[str, str]]:
    """Each field of a kind's records with what is in it."""
    own = [("id", "number")] if kind.has_id else []
    many = [kind.model._meta.get_field(name) for name in kind.many]
    return [*own, *((one.name, _type(one)) for one in kind.fields), *((one.name, f"[{_type(one)}]") for one in many)]


def _shown(one: tuple[str, str]) -> dict[str, str]:
    return {"name": one[0], "type": one[1]}


TYPES = {
    "BooleanField": "boolean",
    "CharField": "text",
    "DateTimeField": "time",
    "DecimalField": "decimal",
    "FloatField": "number",
    "JSONField": "JSON",
    "TextField": "text",
    "UUIDField": "UUID",
}


def _type(one: Any) -> str:
    if one.related_model is not None:
        found = "person" if is_person(one) else by_label()[one.related_model._meta.label].file
    else:
        found = TYPES.get(one.get_internal_type(), "number")
    return f"{found}?" if getattr(one, "null", False) and not one.many_to_many else found
