from dataclasses import dataclass

import pytest

from labeling.written import written


@dataclass
class Row:
    data: dict


def test_whole_numbers_beyond_64_bits_are_written_as_the_floating_point_numbers_they_were():
    assert written({"a": [10**38, -(2**70)]}) == b'{"a":[1e+38,-1.1805916207174113e+21]}'
    assert written([2**63, 10**38]) == b"[9223372036854775808,1e+38]"
    assert written(Row({"a": 10**38})) == b'{"data":{"a":1e+38}}'


def test_what_is_no_json_is_still_told_of():
    with pytest.raises(TypeError):
        written({"a": object()})
