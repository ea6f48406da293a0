"""The public API, called with patience: what is busy or unreachable for a moment is asked again."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from labeling.errors import GroundworkError

BUSY = frozenset({429, 502, 503, 504})
PATIENCE = 180.0  # seconds one call may take with all its repeats
BLOCK = 64 * 1024


class Refused(GroundworkError):
    """The server said no, and asking again would not help."""

    def __init__(self, method: str, path: str, reply: httpx.Response) -> None:
        super().__init__(f"{method} {path}: {reply.status_code} {_detail(reply)}")
        self.status = reply.status_code


class Unreachable(GroundworkError):
    """Nobody answered within our patience."""


class Api:
    """One caller: a program with a key, or a person with a session (`sign_in`, `accept`)."""

    def __init__(self, url: str, *, key: str = "") -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.url = url.rstrip("/")
        self.user = 0  # the person's id, once signed in
        self.http = httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def get(self, path: str, **params: Any) -> Any:
        return self.call("GET", path, params=params)

    def post(self, path: str, body: Any = None, **given: Any) -> Any:
        """Creating calls carry an idempotency key, so that a repeat after a lost reply makes nothing twice."""
        given.setdefault("headers", {})["Idempotency-Key"] = str(uuid4())
        if "content" not in given:
            given["json"] = {} if body is None else body
        return self.call("POST", path, **given)

    def call(self, method: str, path: str, **given: Any) -> Any:
        end, pause = time.monotonic() + PATIENCE, 0.1
        while True:
            try:
                reply = self.http.request(method, f"/api/v1{path}", **given)
            except httpx.TransportError as error:
                if time.monotonic() + pause > end:
                    raise Unreachable(f"{method} {self.url}{path}: {error}") from error
                wait = pause
            else:
                is_busy = reply.status_code in BUSY or (reply.status_code == 409 and "Retry-After" in reply.headers)
                if reply.is_success:
                    return reply.json() if reply.content else None
                wait = float(reply.headers.get("Retry-After") or pause)
                if not is_busy or time.monotonic() + wait > end:
                    raise Refused(method, path, reply)
            time.sleep(wait)
            pause = min(pause * 2, 5)

    def pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        page = self.get(path, limit=200, **params)
        yield from page["results"]
        while page.get("next"):
            query = dict(httpx.URL(page["next"]).params)
            page = self.get(path, **query)
            yield from page["results"]

    def download(self, url: str, path: Path) -> str:
        """Save what the link gives; the sha256 of the bytes that arrived."""
        digest = hashlib.sha256()
        with self.http.stream("GET", url, headers={"Authorization": ""}) as reply, path.open("wb") as file:
            if not reply.is_success:
                reply.read()
                raise Refused("GET", url.partition("?")[0], reply)
            for block in reply.iter_bytes(BLOCK):
                digest.update(block)
                file.write(block)
        return digest.hexdigest()

    def sign_in(self, email: str, password: str) -> None:
        self._as_person(self.call("POST", "/session", json={"email": email, "password": password}))

    def accept(self, token: str, name: str, password: str) -> None:
        self._as_person(self.call("POST", f"/invitations/{token}/accept", json={"name": name, "password": password}))

    def _as_person(self, session: dict[str, Any]) -> None:
        self.http.headers["X-CSRFToken"] = session["csrf_token"]
        self.user = int(session["user"]["id"])

    def close(self) -> None:
        self.http.close()


def _detail(reply: httpx.Response) -> str:
    try:
        body = reply.json()
    except ValueError:
        return reply.text[:200]
    problems = [f"{p['path']}: {p['message']}" for p in body.get("problems", [])]
    return "; ".join([str(body.get("detail") or body.get("title") or ""), *problems])
