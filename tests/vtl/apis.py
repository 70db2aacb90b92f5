"""The APIs whose templates are rendered: every access and every response, as synthesised."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito

from ddns_constructs import DirectAccess, DirectResponse
from tests.constructs.direct.bench import Direct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

IPV4, IPV6 = "203.0.113.9", "2001:db8:1:2:3:4:5:6"
ADDRESSES = {"IPv4": IPV4, "IPv6": IPV6, "short IPv6": "2001:db8::1"}
DENIED = "denied.invalid"
NAMES = ("home", "cabin")
FULL_NAMES = ("home.example.com", "cabin.example.com")
SUBJECTS = {
    "11111111-2222-3333-4444-555555555555": "home",
    "66666666-7777-8888-9999-000000000000": "cabin",
}


class Api(NamedTuple):
    """An API, and who calls it."""

    direct: Direct
    variable: str | None
    """What tells callers apart: the path of the variable; None where nothing does."""

    callers: Mapping[str, str]
    """Full names by the value of the variable; by nothing where there is one name."""

    ttl: int = 60
    """Seconds that a record may be kept."""

    dual_stack: bool = True
    """Whether callers by IPv6 may have a record."""

    def template(self) -> str:
        """The template of every request."""
        (template,) = {each.request_template for each in self.direct.methods()}
        return template

    def values(self, caller: str, source: str) -> dict[str, str]:
        """What API Gateway knows of a caller's request."""
        known = {"context.identity.sourceIp": source}
        return known if self.variable is None else {**known, self.variable: caller}


def _keys(**arguments: Any) -> Api:  # noqa: ANN401 - any argument of it
    direct = Direct(record_names=NAMES, **arguments)
    callers = {id_: name for name, id_ in direct.keys().items()}
    return Api(direct, "context.identity.apiKeyId", callers)


def _paths(access: DirectAccess, **arguments: Any) -> Api:  # noqa: ANN401 - any argument of it
    if arguments.get("zone_id_in_path"):  # one path, and so one name
        direct = Direct(record_names=NAMES[:1], access=access, **arguments)
        return Api(direct, None, {"": FULL_NAMES[0]})
    direct = Direct(record_names=NAMES, access=access, **arguments)
    return Api(direct, "input.params.record_name", {name: name for name in FULL_NAMES})


def _cognito(**arguments: Any) -> Api:  # noqa: ANN401 - any argument of it
    direct = Direct(
        record_names=NAMES,
        access=DirectAccess.cognito(user_pools=[_pool()], subjects=SUBJECTS),
        **arguments,
    )
    callers = {sub: f"{name}.example.com" for sub, name in SUBJECTS.items()}
    return Api(direct, "context.authorizer.claims.sub", callers)


def _pool() -> cognito.IUserPool:
    from aws_cdk import App, Stack  # noqa: PLC0415 - a stack that nothing else is in

    arn = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_example"
    return cognito.UserPool.from_user_pool_arn(Stack(App(), "Pools"), "Pool", arn)


_MADE: Mapping[str, Callable[..., Api]] = {
    "api_keys": _keys,
    "iam": partial(_paths, DirectAccess.iam()),
    "cognito": _cognito,
    "none": partial(_paths, DirectAccess.none()),
}
# Every argument that a request's template could depend on.
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "": {},
    " at the zone's id": {"zone_id_in_path": True},
    " with another TTL": {"ttl": Duration.minutes(5)},
    " by IPv4 alone": {"dual_stack": False},
}
_ACCESSES = {
    f"{access}{option}": partial(make, **arguments)
    for access, make in _MADE.items()
    for option, arguments in _OPTIONS.items()
}
ACCESSES = tuple(_ACCESSES)

_RESPONSES: Mapping[str, Callable[[], DirectResponse]] = {
    "dyndns2": DirectResponse.dyndns2,
    "json": DirectResponse.json,
    "empty": DirectResponse.empty,
    "raw": DirectResponse.raw,
}
RESPONSES = tuple(_RESPONSES)


@lru_cache
def api_with(access: str) -> Api:
    """Return the API with an access and an option, synthesised once; for reading only."""
    return _ACCESSES[access]()._replace(
        ttl=300 if access.endswith("TTL") else 60, dual_stack=not access.endswith("alone")
    )


@lru_cache
def answering(response: str, access: str = "api_keys") -> Api:
    """Return the API with a response, synthesised once; for reading only."""
    return _MADE[access](response=_RESPONSES[response]())
