"""The frozen table of requests: what it says, read and made ready to run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("requests.json")
TABLE: dict[str, Any] = json.loads(_FILE.read_text())
NOW: int = TABLE["now"]
ROWS: list[dict[str, Any]] = TABLE["requests"]

# Milliseconds since the host was set and last verified, where a row does not say.
_AGE = 60


def items(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the items of a row's hosts, with their state, in DynamoDB's own JSON."""
    return [_item(dict(TABLE["hosts"][each]), row) for each in row["hosts"]]


def records(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the zones hold before a row's request, with what its hosts' state says."""
    found: dict[str, Any] = {}
    for item in items(row):
        name = str(item["hostname"]["S"]).removesuffix(".")
        for kind, kept in item.get("state", {"M": {}})["M"].items():
            owner = "\\052." + name if kind.startswith("*.") else name
            value = f"{kept['M']['ttl']['N']} {kept['M']['value']['S']}"
            found[f"{owner}. {kind.removeprefix('*.')}"] = value
    return row.get("zone", found)


def _item(item: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    name = item["hostname"].removesuffix(".")
    made = {key: _typed(value) for key, value in item.items()}
    then = _number((NOW - row.get("age", _AGE)) * 1000)
    if name in row.get("state", {}):
        ttl = _number(item.get("ttl", 60))
        made["state"] = {
            "M": {
                kind: {"M": {"value": {"S": value}, "ttl": ttl, "stamp": then}}
                for kind, value in row["state"][name].items()
            }
        }
        made |= {"revision": _number(3), "verified": then, "changed": then}
    if name in row.get("signed", {}):
        signed = row["signed"][name]
        made["signed"] = {
            "M": {"time": _number(signed["time"]), "nonces": {"SS": signed["nonces"]}}
        }
        made["revision"] = _number(3)
    return made


def _typed(value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return _number(value)
    if isinstance(value, list):
        return {"L": [_typed(each) for each in value]}
    return value if isinstance(value, dict) else {"S": value}


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}
