"""What is taken out of records before they are written: secrets in addresses, and what only a job at work needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tasks.states import ExportState, FeedState, SendingState, UploadState

UNDER_WAY = (UploadState.RECEIVING, UploadState.WAITING, UploadState.RUNNING)


def address(url: str) -> str:
    """Without a password and without what follows the question mark, where tokens are; an e-mail address is none."""
    if not url.startswith(("http://", "https://")):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def upload(record: dict[str, Any]) -> None:
    """Its file is not in the archive: one that was being read has ended there."""
    if record["state"] in UNDER_WAY:
        record["state"] = UploadState.CANCELED


def export(record: dict[str, Any]) -> None:
    if record["state"] in (ExportState.WAITING, ExportState.RUNNING):
        record["state"], record["error"] = ExportState.FAILED, "it was not finished when the archive was made"


def feed(record: dict[str, Any]) -> None:
    if record["state"] in (FeedState.WAITING, FeedState.RUNNING):
        record["state"] = FeedState.STOPPED


def sent_export(record: dict[str, Any]) -> None:
    if record["state"] in (SendingState.WAITING, SendingState.RUNNING):
        record["state"] = SendingState.FAILED


def connection(record: dict[str, Any]) -> None:
    record["endpoint"] = address(record["endpoint"])


def webhook(record: dict[str, Any]) -> None:
    record["url"] = address(record["url"])


def batch(record: dict[str, Any]) -> None:
    record["callback"] = address(record["callback"])


def order(record: dict[str, Any]) -> None:
    record["callback_url"] = address(record["callback_url"])


def callback_account(record: dict[str, Any]) -> None:
    record["default_url"] = address(record["default_url"])


def without_emails(value: Any, pseudonyms: Mapping[str, str]) -> Any:
    """The same JSON with pseudonyms in place of members' e-mail addresses; those of others are made empty."""
    if isinstance(value, str):
        is_address = "@" in value and " " not in value and len(value) <= 254
        return pseudonyms.get(value.lower(), "") if is_address else value
    if isinstance(value, dict):
        return {name: without_emails(each, pseudonyms) for name, each in value.items()}
    if isinstance(value, list):
        return [without_emails(each, pseudonyms) for each in value]
    return value
