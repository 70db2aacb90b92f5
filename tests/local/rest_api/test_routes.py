"""Which path of an API a request is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ddns_constructs.local.rest_api.routes import find_route

if TYPE_CHECKING:
    from collections.abc import Mapping

PATHS = ("/", "/update", "/{zone_id}", "/update/{name}", "/{a}/{b}", "/files/{rest+}", "/{all+}")
RESOURCES = [{"path": path, "resourceMethods": {"GET": {"of": path}}} for path in PATHS]


@pytest.mark.parametrize(
    ("asked", "path", "parameters"),
    (
        ("", "/", {}),
        ("update", "/update", {}),
        ("/update/", "/update", {}),
        ("Z1", "/{zone_id}", {"zone_id": "Z1"}),
        ("Z%2F1%20", "/{zone_id}", {"zone_id": "Z/1 "}),
        ("update/home", "/update/{name}", {"name": "home"}),
        ("x/y", "/{a}/{b}", {"a": "x", "b": "y"}),
        ("files/a/b%2Fc", "/files/{rest+}", {"rest": "a/b/c"}),
        ("x/y/z", "/{all+}", {"all": "x/y/z"}),
    ),
)
def test_the_most_exact_path_is_found(asked: str, path: str, parameters: Mapping[str, str]) -> None:
    assert find_route(RESOURCES, asked) == (path, {"GET": {"of": path}}, parameters)
    assert find_route(list(reversed(RESOURCES)), asked) == (path, {"GET": {"of": path}}, parameters)


@pytest.mark.parametrize("asked", ("updates", "Update", "update/x", "", "files"))
def test_what_is_not_there_is_not_found(asked: str) -> None:
    assert find_route([{"path": "/update"}, {"path": "/files/{rest+}"}], asked) is None


def test_a_path_without_methods_has_none() -> None:
    route = find_route([{"path": "/update"}], "update")
    assert route is not None
    assert route.methods == {}
