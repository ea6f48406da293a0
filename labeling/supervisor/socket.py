"""Where the embedded broker listens. Imported by the settings, so it knows neither Django nor the broker."""

import hashlib
import tempfile
from pathlib import Path

LONGEST_PATH = 100  # Linux allows 107 bytes in a socket address, macOS 103


def broker_socket(var: Path) -> Path:
    """The embedded broker's socket for this data folder.

    A path too long for a socket address moves to the temporary folder, into a folder of its own
    named by the hash of the data folder. Whoever starts the broker makes that folder, mode 0700.
    """
    var = var.absolute()
    path = var / "redis" / "r.sock"
    if len(bytes(path)) <= LONGEST_PATH:
        return path
    name = hashlib.sha256(bytes(var)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"groundwork-{name}" / "r.sock"
