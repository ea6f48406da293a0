"""Files that others wrote are here as they wrote them."""

import hashlib
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORDS = tomllib.loads((ROOT / "labeling/static/vendor/VENDORED.toml").read_text("utf-8"))["vendored"]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["name"])
def test_a_vendored_folder_is_as_it_was_published(record):
    digest = hashlib.sha256()
    for file in sorted((ROOT / record["folder"]).glob("*")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    assert digest.hexdigest() == record["sha256"]
    assert record["licence"] and record["version"]
