"""Loaded into the run of the official client's own tests: points the client at our server. It patches nothing else."""

import os

import scaleapi.api
from scaleapi.api_client.v2.configuration import Configuration

base = os.environ["SCALE_TEST_SERVER"]
scaleapi.api.SCALE_API_BASE_URL_V1 = f"{base}/v1"


def pytest_configure() -> None:
    """The host of the v2 client has no parameter: its configuration's default is what it uses."""
    usual = Configuration.__init__

    def ours(self: Configuration, *args: object, **options: object) -> None:
        usual(self, *args, **options)
        self.host = base

    Configuration.__init__ = ours  # type: ignore[method-assign]
