"""Who may call `ApiGatewayDirectDdns`, and how the caller's name is found."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from aws_cdk import Token
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from ddns_constructs._common.arguments import check_kind, check_number
from ddns_constructs._direct import templates
from ddns_constructs._direct.turns import Turns

if TYPE_CHECKING:
    from aws_cdk import aws_cognito as cognito

    from ddns_constructs._common.arguments import Problems

_SUBJECT = re.compile(r"[A-Za-z0-9-]{1,128}\Z")
_MAX_GENERATION = 1_000_000
# API Gateway makes 5 keys a second for an account: docs, "quotas for configuring a REST API".
_KEYS_AT_ONCE = 5


class Callers(NamedTuple):
    """What an access turned out to be once it was defined."""

    variable: str
    """What tells callers apart in a template."""

    authorization: apigateway.AuthorizationType = apigateway.AuthorizationType.NONE
    authorizer: apigateway.IAuthorizer | None = None
    names: Mapping[str, str] = {}
    """Full names by the value of the variable."""

    api_keys: Mapping[str, apigateway.ApiKey] = {}
    """By the name as it was given."""

    user_pools: Sequence[str] = ()
    """The ARNs of the pools whose tokens are taken: of these no method of the API knows."""


class DirectAccess(ABC):
    """Who may call the API; made by one of its static methods."""

    @staticmethod
    def api_keys(*, generations: Mapping[str, int] | None = None) -> DirectAccess:
        """Give each name a key of its own, which callers send as the header `x-api-key`.

        The name follows from the key, not from the URL: with one key nobody moves another's name.
        A key is a shared secret that API Gateway sends to whoever may read it in the account, and
        AWS advises against keys as the only lock of anything valuable. Here one opens no more
        than this: its name gets the address of whoever holds it.

        Args:
            generations: How often a name got a new key, by names of `record_names`, written as
                there. To replace a key that leaked write 2 for its name, and count up from there:
                the deployment makes another key, and deletes the old one. Default: 1 for each.
        """
        return _ApiKeys({} if generations is None else generations)

    @staticmethod
    def iam() -> DirectAccess:
        """Take requests signed for AWS, with Signature Version 4, from those who were granted it.

        Each name has a path of its own, and `grant_update` allows a principal one of them.
        """
        return _Iam()

    @staticmethod
    def cognito(
        *, user_pools: Sequence[cognito.IUserPool], subjects: Mapping[str, str]
    ) -> DirectAccess:
        """Take ID tokens of Amazon Cognito, which callers send as the header `Authorization`.

        Args:
            user_pools: The pools whose tokens are taken.
            subjects: Names by the `sub` of a user: which name of `record_names`, written as there,
                a user may update. Every name needs a user. A user who is not listed is denied.
        """
        return _Cognito(user_pools, subjects)

    @staticmethod
    def none() -> DirectAccess:
        """Let everybody who knows the URL point the name at themselves.

        Each name has a path of its own. Synthesis warns of it.
        """
        return _Open()

    @property
    def is_by_path(self) -> bool:
        """Whether the name follows from the path."""
        return False

    @property
    def is_signed(self) -> bool:
        """Whether callers sign for AWS."""
        return False

    @property
    def is_open(self) -> bool:
        """Whether anybody may call."""
        return False

    @property
    def has_keys(self) -> bool:
        """Whether callers have keys, which a quota can count by."""
        return False

    def check(self, names: Mapping[str, str], problems: Problems) -> None:  # noqa: B027 - most fit
        """Note what keeps it from being made; most can always be."""

    @abstractmethod
    def define(self, scope: Construct, names: Mapping[str, str]) -> Callers:
        """Define what tells callers apart, in a scope."""


@dataclass(frozen=True)
class _ApiKeys(DirectAccess):
    generations: Mapping[str, int]

    @property
    def has_keys(self) -> bool:
        return True

    def check(self, names: Mapping[str, str], problems: Problems) -> None:
        keyword = "access.generations"
        if not check_kind(keyword, self.generations, Mapping, "e.g. {'home': 2}", problems):
            return
        for name, generation in self.generations.items():
            if name not in names:
                problems.add(
                    f"'{keyword}' must have names as 'record_names' has them, got '{name}'"
                )
            check_number(
                f"{keyword}['{name}']",
                generation,
                minimum=1,
                maximum=_MAX_GENERATION,
                hint="1 is the first key of a name",
                problems=problems,
            )

    def define(self, scope: Construct, names: Mapping[str, str]) -> Callers:
        # A scope of its own: what a name is called is then part of no other id.
        part = Construct(scope, "ApiKeys")
        turns = Turns(scope, apigateway.CfnApiKey, at_once=_KEYS_AT_ONCE)
        keys = {given: self._key(part, given, full, turns) for given, full in names.items()}
        return Callers(
            templates.API_KEY,
            names={keys[given].key_id: full for given, full in names.items()},
            api_keys=keys,
        )

    def _key(self, scope: Construct, given: str, full: str, turns: Turns) -> apigateway.ApiKey:
        key = apigateway.ApiKey(scope, self._id(given, full), description=f"Dynamic DNS of {full}")
        resource = key.node.default_child
        assert isinstance(resource, apigateway.CfnApiKey)  # noqa: S101 - for the type checker
        turns.add(resource)
        return key

    def _id(self, given: str, full: str) -> str:
        """Return the id of a name's key: another id is another key."""
        generation = self.generations.get(given, 1)
        # No name has an underscore, so this is no other name's.
        return full if generation == 1 else f"{full}_{generation}"


@dataclass(frozen=True)
class _Iam(DirectAccess):
    @property
    def is_by_path(self) -> bool:
        return True

    @property
    def is_signed(self) -> bool:
        return True

    def define(
        self,
        scope: Construct,  # noqa: ARG002 - nothing is needed
        names: Mapping[str, str],
    ) -> Callers:
        return Callers(
            templates.NAME_IN_PATH,
            apigateway.AuthorizationType.IAM,
            names={full: full for full in names.values()},
        )


@dataclass(frozen=True)
class _Open(DirectAccess):
    @property
    def is_by_path(self) -> bool:
        return True

    @property
    def is_open(self) -> bool:
        return True

    def define(
        self,
        scope: Construct,  # noqa: ARG002 - nothing is needed
        names: Mapping[str, str],
    ) -> Callers:
        return Callers(templates.NAME_IN_PATH, names={full: full for full in names.values()})


@dataclass(frozen=True)
class _Cognito(DirectAccess):
    user_pools: Sequence[cognito.IUserPool]
    subjects: Mapping[str, str] = field(default_factory=dict)

    def check(self, names: Mapping[str, str], problems: Problems) -> None:
        self._check_pools(problems)
        example = "e.g. {'11111111-2222-3333-4444-555555555555': 'home'}"
        if check_kind("access.subjects", self.subjects, Mapping, example, problems):
            self._check_subjects(names, problems)

    def _check_pools(self, problems: Problems) -> None:
        pools: object = self.user_pools
        if isinstance(pools, str) or not isinstance(pools, Sequence):
            problems.add(
                "'access.user_pools' must be a list of user pools, "
                f"got {type(pools).__name__}: write e.g. user_pools=[pool]"
            )
            return
        if not pools:
            problems.add("'access.user_pools' must hold at least one user pool, got an empty list")
        for pool in pools:
            if not hasattr(pool, "user_pool_arn"):
                problems.add(
                    f"'access.user_pools' must hold user pools, got {pool!r}: "
                    "write e.g. UserPool.from_user_pool_arn(self, 'Pool', arn)"
                )

    def _check_subjects(self, names: Mapping[str, str], problems: Problems) -> None:
        subjects: Mapping[Any, Any] = self.subjects
        for subject, name in subjects.items():
            if not _is_subject(subject):
                problems.add(
                    "'access.subjects' must have the `sub` of users, letters, digits and hyphens, "
                    f"as its keys, got '{subject}'"
                )
            if not isinstance(name, str) or name not in names:
                problems.add(
                    "'access.subjects' must lead to names as 'record_names' has them, "
                    f"got '{name}' for '{subject}'"
                )
        for name in [each for each in names if each not in [*subjects.values()]]:
            problems.add(
                f"'access.subjects' must have a user for each name, got none for '{name}': "
                "nobody could update it"
            )

    def define(self, scope: Construct, names: Mapping[str, str]) -> Callers:
        authorizer = apigateway.CognitoUserPoolsAuthorizer(
            scope, "Authorizer", cognito_user_pools=list(self.user_pools)
        )
        return Callers(
            templates.SUBJECT,
            apigateway.AuthorizationType.COGNITO,
            authorizer,
            names={subject: names[name] for subject, name in self.subjects.items()},
            user_pools=[pool.user_pool_arn for pool in self.user_pools],
        )


def _is_subject(value: object) -> bool:
    return (
        isinstance(value, str)
        and not Token.is_unresolved(value)
        and _SUBJECT.match(value) is not None
    )
