from __future__ import annotations

import pytest

from labeling.types import registry


def test_an_unknown_type_is_named_with_the_known_ones() -> None:
    with pytest.raises(registry.UnknownType, match="unknown task type 'poem'; known: .*choice, .*multichoice"):
        registry.get("poem")


def test_a_folder_is_enough_to_be_installed() -> None:
    for name, folder in registry.folders().items():
        assert (folder / "samples.json").is_file()
        assert registry.get(name).name == name
