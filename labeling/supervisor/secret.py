"""The installation's secret, made once and kept beside its data."""

import os
import secrets
from pathlib import Path


def secret_key(var: Path) -> str:
    """Read VAR/secret-key, or make it (mode 0600).

    Several processes may start at once: each writes a file of its own and links it into place, and the first one wins.
    """
    path = var / "secret-key"
    if not path.exists():
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = var / f".secret-key.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(mine, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(mine, path)
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text().strip()
