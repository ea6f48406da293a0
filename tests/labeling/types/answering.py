"""Short ways to clean configs and answers in tests of types."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.errors import InvalidAnswer, InvalidConfig
from labeling.types import registry


def refused(type_name: str, config: dict[str, Any], item: dict[str, Any], answer: Any) -> list[str]:
    """The paths for which this answer is refused."""
    kind = registry.get(type_name)
    with pytest.raises(InvalidAnswer) as error:
        kind.clean_answer(answer, config=kind.clean_config(config), item=item)
    return [problem.path for problem in error.value.problems]


def cleaned(type_name: str, config: dict[str, Any], item: dict[str, Any], answer: Any) -> dict[str, Any]:
    kind = registry.get(type_name)
    return kind.clean_answer(answer, config=kind.clean_config(config), item=item)


def refused_config(type_name: str, config: Any) -> set[str]:
    with pytest.raises(InvalidConfig) as error:
        registry.get(type_name).clean_config(config)
    return {problem.path for problem in error.value.problems}
