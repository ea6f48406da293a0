"""The whole installation as real processes, as `make run` starts it."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psycopg

from tests.services.servers import free_port, until

ROOT = Path(__file__).resolve().parents[2]
OURS = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "VAR", "PORT", "HOST", "DEMO", "DEBUG", "SECRET_KEY")

NEW_KEY = """
from django.utils import timezone
from workers.services import organizations
from workers.services.keys import create_key
name, mode = {name!r}, {mode!r}
slug, email = name.lower(), "boss@" + name.lower() + ".example"
made, _ = organizations.create(name=name, admin_email=email, slug=slug, now=timezone.now())
print(create_key(organization=made, mode=mode, name="journey", scope="admin")[1])
"""


class Stack:
    """One installation: `start`, `stop`, `manage` (a manage.py command), `query` (its database), `log`."""

    def __init__(self, var: Path, **settings: str) -> None:
        self.var, self.port = var, free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        self.env = kept | {"VAR": str(var), "PORT": str(self.port), "DEMO": "0"} | settings
        self.kind = "postgresql" if "DATABASE_URL" in settings else "sqlite"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Stack":
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "run.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run"], cwd=ROOT, env=self.env, stdout=log, stderr=subprocess.STDOUT
            )
        until(self.is_ready, f"{self.base_url}/readyz answers", 180)
        return self

    @property
    def log(self) -> str:
        return (self.var / "run.log").read_text()

    def is_ready(self) -> bool:
        assert self.process is None or self.process.poll() is None, self.log
        try:
            return urllib.request.urlopen(f"{self.base_url}/readyz", timeout=5).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, signum: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(signum)
        return self.process.wait(60)

    def manage(self, *arguments: str, check: bool = True, **env: str) -> str:
        """Run a manage.py command on this installation; its standard output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env | env, capture_output=True, text=True
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def new_key(self, organization: str, mode: str) -> str:
        """An organization of its own, with an invited admin, and an admin key of it: in one start of Django."""
        return self.manage("shell", "-v", "0", "-c", NEW_KEY.format(name=organization, mode=mode)).split()[-1]

    def query(self, sql: str, *values: Any) -> list[tuple]:
        """Rows of the installation's database; placeholders are %s."""
        if self.kind == "postgresql":
            with psycopg.connect(self.env["DATABASE_URL"]) as connection:
                return connection.execute(sql, values or None).fetchall()
        connection = sqlite3.connect(self.var / "groundwork.sqlite3", timeout=20)
        try:
            return connection.execute(sql.replace("%s", "?"), values).fetchall()
        finally:
            connection.close()

    def processes(self) -> dict[str, list[int]]:
        """Its living processes by name: gw-web, gw-ingest, gw-work, gw-deliver, gw-beat and the broker's program."""
        found: dict[str, list[int]] = {}
        mark = f"VAR={self.var}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                ours = mark in (folder / "environ").read_bytes().split(b"\0")
                # the broker writes its title over its environment; its socket's path is in the title
                ours = ours or bytes(self.var) in (folder / "cmdline").read_bytes()
                if ours and int(folder.name) != os.getpid():
                    found.setdefault((folder / "comm").read_text().strip(), []).append(int(folder.name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return {name: sorted(pids) for name, pids in found.items()}


def new_var() -> Path:
    return Path(tempfile.mkdtemp(prefix="gw-stack-"))
