"""The only way out: every request this server makes to an address that somebody gave it.

The name is resolved once, each of its addresses is judged, and the connection goes to a judged one, so that a name
cannot change its mind in between. Whoever gave the address learns whether it was reached, nothing about our network.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpcore
import httpx
from django.conf import settings

from labeling.errors import GroundworkError, Problem
from labeling.http.addresses import Network, is_allowed, networks

SECONDS = 10.0
MOST_BYTES = 1024 * 1024
LONGEST_URL = 2000
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_PUBLIC = "the host has no public address"


class Refused(GroundworkError):
    """We do not send this at all: a bad address, or one inside a network that is not public."""


class Failed(GroundworkError):
    """It was sent, or tried, and no whole reply came back: time was up, no connection, too much of it."""


class TooMuch(Failed):
    """The reply is larger than we take; it will not be smaller next time."""


class Sink(Protocol):
    def write(self, content: bytes, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes
    url: str  # where it came from in the end


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    seconds: float = SECONDS,
    most: int = MOST_BYTES,
    redirects: int = 0,
    into: Sink | None = None,
) -> Reply:
    """One request, at most `seconds` from the name to the last byte. The body goes to `into` when one is given.

    Up to `redirects` redirections are followed, each judged anew; without any, a redirection is a reply like others.
    Raises Refused or Failed.
    """
    deadline = time.monotonic() + seconds
    while True:
        target = checked(url)
        sent = {"host": _host_header(target), "accept-encoding": "identity", "user-agent": "groundwork"}
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        reply = _exchange(method, target, sent, content, deadline, most, into)
        if reply.status not in REDIRECTS or redirects <= 0 or "location" not in reply.headers:
            return reply
        redirects -= 1
        url = _joined(target, reply.headers["location"])


def _joined(target: httpx.URL, location: str) -> str:
    try:
        return str(target.join(location))
    except (httpx.InvalidURL, ValueError):
        raise Refused("it redirects to what is no web address") from None


def checked(url: str) -> httpx.URL:
    """The address as far as it can be judged without the network: http or https, a host, no password in it."""
    if not isinstance(url, str) or len(url) > LONGEST_URL:
        raise Refused(f"the address is longer than {LONGEST_URL} characters")
    try:
        found = httpx.URL(url)
        host = found.host  # decoded from Punycode here, which may fail
    except (httpx.InvalidURL, ValueError):
        raise Refused("this is not a web address") from None
    if found.scheme not in ("http", "https") or not host:
        raise Refused("the address must begin with http:// or https:// and name a host")
    if found.userinfo:
        raise Refused("the address must not hold a user name or password")
    return found


def address_problem(url: Any, path: str) -> Problem | None:
    """Why a receiver's address cannot be used, for whoever types it in; its name is judged when it is called."""
    if not isinstance(url, str):
        return Problem(path, "must be a web address", "type")
    try:
        checked(url)
    except Refused as error:
        return Problem(path, str(error), "url")
    return None


def _exchange(
    method: str,
    target: httpx.URL,
    headers: Mapping[str, str],
    content: bytes,
    deadline: float,
    most: int,
    into: Sink | None,
) -> Reply:
    pool = httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=Guarded(deadline), max_keepalive_connections=0
    )
    url = httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path or b"/")
    raw_headers = [(name.encode(), value.encode()) for name, value in headers.items()]
    if content or method not in ("GET", "HEAD"):
        raw_headers.append((b"content-length", str(len(content)).encode()))
    try:
        with pool, pool.stream(method, url, headers=raw_headers, content=content) as found:
            final = found.status not in REDIRECTS
            body = _read(found.iter_stream(), most, into if final else None)
            names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in found.headers}
            return Reply(found.status, names, body, str(target))
    except (httpcore.TimeoutException, TimeoutError):
        raise Failed("no whole reply in time") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise Failed(f"no reply: {type(error).__name__}") from None


def _read(stream: Iterable[bytes], most: int, into: Sink | None) -> bytes:
    size, kept = 0, bytearray()
    for block in stream:
        size += len(block)
        if size > most:
            raise TooMuch(f"the reply is over {most} bytes")
        if into is None:
            kept += block
        else:
            into.write(block)
    return bytes(kept)


def _host_header(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


class Guarded(httpcore.NetworkBackend):
    """Connects to judged addresses only, and to nothing after the deadline."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.allowed: list[Network] = networks(settings.OUTGOING_ALLOW)
        self.plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        addresses = resolve(host, port, left(self.deadline))
        if not addresses or not all(
            is_allowed(address, self.allowed, public=settings.OUTGOING_PUBLIC) for address in addresses
        ):
            raise Refused(NOT_PUBLIC)
        failed: Exception = httpcore.ConnectError()
        for address in addresses[:4]:
            try:
                found = self.plain.connect_tcp(address, port, left(self.deadline))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return InTime(found, self.deadline)
        raise failed

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        raise Refused(NOT_PUBLIC)

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, left(self.deadline)))


class InTime(httpcore.NetworkStream):
    """A stream whose every step ends at the deadline: a receiver that sends a byte a second does not hold us."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, left(self.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, left(self.deadline))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return InTime(self.stream.start_tls(ssl_context, server_hostname, left(self.deadline)), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)

    def close(self) -> None:
        self.stream.close()


def left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("the time is up")
    return seconds


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """Every address of the name. In a thread: the system's resolver knows no time limit."""
    found: list[str] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(row[4][0]) for row in rows))

    asking = threading.Thread(target=ask, name="resolve", daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        raise httpcore.ConnectTimeout("the name was not resolved in time")
    return found
