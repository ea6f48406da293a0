"""A short name for this build, which tells a page that was open before an update that it is an old one."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def release_of(project_file: Path, static_folders: Iterable[Path]) -> str:
    """It changes with the version and with every script; by contents, so that all machines of a server agree."""
    digest = hashlib.sha256(project_file.read_bytes())
    for folder in static_folders:
        for script in sorted(folder.rglob("*.js")):
            digest.update(script.read_bytes())
    return digest.hexdigest()[:12]
