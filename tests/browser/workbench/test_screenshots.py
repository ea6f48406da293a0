"""One command takes a picture of every type, light and dark."""

from labeling.types import registry
from tests.browser.screenshots import take


def test_there_is_a_picture_of_every_type_light_and_dark(browser, server, tmp_path) -> None:
    stand_in, address = server
    taken = take(browser, stand_in, address, tmp_path / "pictures", types=registry.all(), sizes=["desk"])
    names = {f"{name}-desk-{scheme}.png" for name in registry.all() for scheme in ("light", "dark")}
    assert {path.name for path in taken} == names
    assert all(path.stat().st_size > 5000 for path in taken)
