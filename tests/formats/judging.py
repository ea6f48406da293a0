"""Ask a program that is not ours what it reads in our files. See judges/: they live in .venv-judges.

One interpreter answers for all of them: most of a judge's time goes into importing what it judges with.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from threading import Timer
from typing import IO, Any

import pytest

from tests.services.stack import ROOT

PYTHON = ROOT / ".venv-judges" / "bin" / "python"
JUDGES = Path(__file__).parent / "judges"
LONGEST = 180
QUIET = {
    "PYTHONWARNINGS": "ignore",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TQDM_DISABLE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def judge(name: str, folder: Path, question: str = "judge") -> Any:
    """What the judge saw in the folder, which holds everything it has to read. ``question`` is a function of it."""
    if not PYTHON.exists():
        pytest.skip("no .venv-judges here: make judges")
    process, words = _process()
    too_long = Timer(LONGEST, process.kill)
    too_long.start()
    try:
        process.stdin.write(json.dumps([name, question, str(folder)]) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    finally:
        too_long.cancel()
    if not line:
        _process.cache_clear()
        words.seek(0)
        pytest.fail(f"the judges ended with {process.wait()}: {words.read()[-6000:]}")
    answer = json.loads(line)
    assert "error" not in answer, answer["error"][-6000:]
    return answer["seen"]


@cache
def _process() -> tuple[Any, IO[str]]:
    """The judges, started when the first is asked; they end when nobody can ask any more."""
    own = tempfile.TemporaryDirectory(prefix="judges-")
    words = (Path(own.name) / "said").open("w+")
    process = subprocess.Popen(
        [PYTHON, "-P", JUDGES / "__main__.py"],
        env=os.environ | QUIET | {"HF_HOME": own.name, "MPLCONFIGDIR": own.name},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=words,
        text=True,
        encoding="utf-8",
    )

    def end() -> None:
        process.stdin.close()  # type: ignore[union-attr]  # a pipe
        process.wait(LONGEST)
        words.close()
        own.cleanup()

    atexit.register(end)
    return process, words
