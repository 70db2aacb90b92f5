"""How a call of `FakeEc2Network` goes: hooks, log, scripted trouble, refusals, filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, ParamSpec, TypeVar

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.fakes.ec2_network_world import World

_P = ParamSpec("_P")
_R = TypeVar("_R")
# "Filter" in the API Reference: 200 values at most.
_FILTER_VALUES: Final = 200


class Trouble(NamedTuple):
    """What becomes of a call instead of its answer.

    Attributes:
        code: the error's code; empty where no answer comes.
        status: the HTTP status.
        done: whether EC2 did what was asked for.
    """

    code: str = ""
    status: int = 400
    done: bool = False


THROTTLED = Trouble("RequestLimitExceeded", 503)
"""The request rate is above the account's: nothing was done."""
UNAVAILABLE = Trouble("Unavailable", 503)
"""The server is overloaded: nothing was done."""
UNREACHABLE = Trouble()
"""No connection: nothing was done."""
LOST = Trouble(done=True)
"""It was done, and the answer did not come in time."""
BROKEN = Trouble("InternalError", 500, done=True)
"""It was done, and the server says that something went wrong."""


class Call(NamedTuple):
    """A call that was made, at a time of the clock."""

    operation: str
    parameters: Mapping[str, Any]
    at: float


class Refused(Exception):  # noqa: N818 - the service refuses; nothing went wrong here
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def operation(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a method a call of the API: hooks, the log, scripted trouble, latency, errors."""
    name = method.__name__

    @wraps(method)
    def call(*args: _P.args, **parameters: _P.kwargs) -> _R:
        fake: World = args[0]  # type: ignore[assignment]
        trouble = fake.begin(name, parameters)
        if trouble and not trouble.done:
            fake.end(name, trouble)
        try:
            with fake.lock:
                answer = method(*args, **parameters)
        except Refused as err:
            fake.end(name, trouble)
            raise error(err.code, str(err), 400, name) from None
        fake.end(name, trouble)
        return answer

    return call


def error(code: str, message: str, status: int, operation: str) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        operation,
    )


def refuse(code: str, message: str) -> NoReturn:
    raise Refused(code, message)


def chosen(known: Iterable[str], ids: Sequence[str], code: str) -> set[str]:
    """Return the ids that were asked for, or all; one that does not exist is an error."""
    every = set(known)
    unknown = set(ids) - every
    if unknown:
        refuse(code, f"{sorted(unknown)} do not exist")
    return set(ids) or every


def filtered(
    found: set[str],
    filters: Sequence[Mapping[str, Any]],
    known: Mapping[str, Mapping[str, set[str]]],
) -> set[str]:
    """Return the ids that pass all filters; ``known`` has the ids for each value of a filter."""
    for each in filters:
        assert each["Name"] in known, f"the fake knows no filter {each['Name']}"
        assert 0 < len(each["Values"]) <= _FILTER_VALUES
        values = known[each["Name"]]
        found = found & {i for value in each["Values"] for i in values.get(value, ())}
    return found


def themselves(ids: Iterable[str]) -> dict[str, set[str]]:
    return {each: {each} for each in ids}


def by(
    shown: Mapping[str, Mapping[str, Any]], values: Callable[[Mapping[str, Any]], Iterable[str]]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each, fields in shown.items():
        for value in values(fields):
            found.setdefault(value, set()).add(each)
    return found
