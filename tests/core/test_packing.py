"""Lists as the constructs pack them for a function's environment."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from ddns.core.packing import unpacked, unpacked_zones

_NAMES = [f"host-{n}.example.com" for n in range(3)]
_ZONES = [{"id": "Z1", "name": "example.com", "private": None}, {"id": "Z2", "name": "example.org"}]


def _deflated(value: object) -> str:
    return base64.b64encode(zlib.compress(json.dumps(value).encode())).decode()


@pytest.mark.parametrize("text", (json.dumps(_NAMES), _deflated(_NAMES)), ids=("plain", "deflated"))
def test_a_list_is_read_whichever_way_it_comes(text: str) -> None:
    assert unpacked(text) == _NAMES


def test_zones_are_read_whichever_way_they_come() -> None:
    names = [{key: value for key, value in zone.items() if key != "id"} for zone in _ZONES]
    assert unpacked_zones(json.dumps(_ZONES)) == _ZONES
    assert unpacked_zones(f"{_deflated(names)},Z1,Z2") == _ZONES


@pytest.mark.parametrize("ids", ("", ",Z1", ",Z1,Z2,Z3"))
def test_zones_that_lack_an_id_are_no_list_of_zones(ids: str) -> None:
    with pytest.raises(ValueError, match="zip"):
        unpacked_zones(_deflated(_ZONES) + ids)


@pytest.mark.parametrize("text", ("{}", "soon", "", "eJw="))
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each library has its own words
        unpacked(text)
