import json
from pathlib import Path

from django.core.management import call_command
from django.utils.translation import override

SNAPSHOT = Path(__file__).with_name("openapi.json")


def test_the_openapi_document_is_the_committed_one(tmp_path):
    """Every change of the API is seen in review. `make openapi` writes the snapshot anew."""
    fresh = tmp_path / "openapi.json"
    with override("en"):
        call_command("spectacular", format="openapi-json", file=str(fresh), validate=True, fail_on_warn=True)
    assert json.loads(fresh.read_text()) == json.loads(SNAPSHOT.read_text()), "run `make openapi` and review the diff"
