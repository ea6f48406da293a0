"""Ask a program that is not ours what it reads in our files. See judges/: each runs in .venv-judges."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.services.stack import ROOT

PYTHON = ROOT / ".venv-judges" / "bin" / "python"
JUDGES = Path(__file__).parent / "judges"
QUIET = {
    "PYTHONWARNINGS": "ignore",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TQDM_DISABLE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def judge(name: str, folder: Path) -> Any:
    """What the judge prints on its last line, as JSON. It gets the folder with everything it has to read."""
    if not PYTHON.exists():
        pytest.skip("no .venv-judges here: make judges")
    done = subprocess.run(
        [PYTHON, "-P", JUDGES / f"{name}.py", folder],
        env=os.environ | QUIET | {"HF_HOME": str(folder / ".hf"), "MPLCONFIGDIR": str(folder / ".mpl")},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-6000:]
    return json.loads(done.stdout.strip().splitlines()[-1])
