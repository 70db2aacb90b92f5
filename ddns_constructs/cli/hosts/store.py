"""The items of hosts, as an administrator writes them; what the function writes is only read."""

from __future__ import annotations

import contextlib
import shlex
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ddns.core.client.hosts import PREFIX
from ddns_constructs.cli.deployment import UNKNOWN, Defaults
from ddns_constructs.cli.errors import CommandError
from ddns_constructs.cli.hosts.item import HostItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ddns.core.client.items import Credentials

__all__ = ["HostStore"]

# What is read of each item. Its credentials are for comparing hosts, and tell whether the function
# can read them; what is shown has none.
_READ = (
    *("hostname", "zone_id", "ttl", "types", "address_policy", "disabled", "adopt", "wildcard"),
    *("behind", "suffix", "members", "prefix_length", "note", "created"),
    *("state", "state_zone", "pending", "revision", "verified", "changed", "signed", "data"),
    *("tokens", "secrets"),
)


class HostStore:
    """The table of hosts.

    Args:
        client: A boto3 client of DynamoDB.
        table: The table's name.
        where: The options of `ddns` that name the deployment, as `as_given` returns them.
        defaults: What hosts leave to the deployment. Default: that is not known.

    Attributes:
        table: The table's name.
        where: The options that name the deployment.
        defaults: What hosts leave to it.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - boto3's
        table: str,
        where: str = "",
        defaults: Defaults = UNKNOWN,
    ) -> None:
        from boto3.dynamodb.types import TypeSerializer  # noqa: PLC0415 - extra `cli`

        self._client = client
        self.table = table
        self.where = where
        self.defaults = defaults
        self._write = TypeSerializer().serialize

    def find(self, name: str) -> HostItem | None:
        """Return the item of a host, as the function finds it.

        The key of an item of the AWS blog sample may have a dot at its end, and capitals.

        Raises:
            CommandError: Several keys differ in their capitals only.
        """
        return self.at(name) or self.at(f"{name}.") or self._with_capitals(name)

    def _with_capitals(self, name: str) -> HostItem | None:
        keys = [each for each in self._odd_keys if each.removesuffix(".").lower() == name]
        if len(keys) > 1:
            raise CommandError(
                f"several items are {name}: {', '.join(keys)}: delete all but one in DynamoDB"
            )
        return self.at(keys[0]) if keys else None

    @cached_property
    def _odd_keys(self) -> list[str]:
        """Every key with a capital in it."""
        keys = (item.key for item in self._scan(("hostname",)))
        return sorted(key for key in keys if key != key.lower())

    def at(self, key: str) -> HostItem | None:
        """Return the item with exactly this key.

        Raises:
            CommandError: There is no such table.
        """
        with self._table_is_there():
            answer = self._client.get_item(
                TableName=self.table, Key={"hostname": {"S": key}}, ConsistentRead=True
            )
        return HostItem(answer["Item"]) if "Item" in answer else None

    def get(self, name: str) -> HostItem:
        """Return the item of a host.

        Raises:
            CommandError: There is none.
        """
        found = self.find(name)
        if found is None:
            raise CommandError(
                f"there is no host {name} in table {self.table}: `ddns host list{self.where}` "
                "shows those that are there"
            )
        return found

    def usable(self, name: str) -> HostItem:
        """Return the item of a host that the function can use.

        Raises:
            CommandError: There is none, or the function cannot use it.
        """
        item = self.get(name)
        _ = item.host
        return item

    def all(self) -> Iterator[HostItem]:
        """Yield every host as it is in the table now, page by page."""
        yield from self._scan(_READ)

    def count(self) -> int:
        """Return how many hosts there are, page by page."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self.table, ConsistentRead=True, Select="COUNT"
        )
        with self._table_is_there():
            return sum(page["Count"] for page in pages)

    def _scan(self, attributes: Sequence[str]) -> Iterator[HostItem]:
        names = {f"#{number}": name for number, name in enumerate(attributes)}
        pages = self._client.get_paginator("scan").paginate(
            TableName=self.table,
            ConsistentRead=True,
            ProjectionExpression=", ".join(names),
            ExpressionAttributeNames=names,
        )
        with self._table_is_there():
            for page in pages:
                yield from map(HostItem, page["Items"])

    @contextlib.contextmanager
    def _table_is_there(self) -> Iterator[None]:
        try:
            yield
        except self._client.exceptions.ResourceNotFoundException:
            region = self._client.meta.region_name
            raise CommandError(
                f"there is no table {self.table} in {region} of this account: "
                "set AWS_REGION or AWS_PROFILE, or name another --table"
            ) from None

    def add(self, values: Mapping[str, object], parent: HostItem | None = None) -> None:
        """Write a new item, of a name that is free.

        Args:
            values: Its attributes.
            parent: The host that it is behind, which mentions it from the same step on.

        Raises:
            CommandError: There is such a host just now, or the one that it is behind has gone.
        """
        name = str(values["hostname"])
        put = {
            "TableName": self.table,
            "Item": self._written(values),
            "ConditionExpression": "attribute_not_exists(hostname)",
        }
        failed = self._client.exceptions
        try:
            if parent is None:
                self._client.put_item(**put)
            else:
                mention = self._mention(parent, "ADD", name)
                self._client.transact_write_items(TransactItems=[{"Put": put}, {"Update": mention}])
        except failed.ConditionalCheckFailedException:
            # Its own, if the answer to a first attempt was lost, and botocore tried again.
            there = self.at(name)
            if there is None or not there.holds(values):
                raise CommandError(self._taken(name)) from None
        except failed.TransactionCanceledException:  # of its own the token of the request tells
            raise CommandError(
                f"somebody else was at {name} or {values['behind']} at the same time: run it again"
            ) from None

    def new_item(self, values: Mapping[str, object]) -> HostItem:
        """Return the item that `add` would write."""
        return HostItem(self._written(values))

    def check_free(self, name: str) -> None:
        """Refuse a name that a host has, whatever its key looks like.

        Raises:
            CommandError: There is such a host.
        """
        if self.find(name) is not None:
            raise CommandError(self._taken(name))

    def _taken(self, name: str) -> str:
        command = f"ddns host show {shlex.quote(name)}{self.where}"
        return f"there is a host {name} already: `{command}`"

    def _written(self, values: Mapping[str, object]) -> dict[str, Any]:
        return {key: self._write(value) for key, value in values.items()}

    def disable(self, item: HostItem) -> HostItem:
        """Let nobody update a host any more; return what it is now."""
        return self._update(item, {"disabled": True})

    def enable(self, item: HostItem) -> HostItem:
        """Let the host's client update it again; return what it is now."""
        return self._update(item, {}, removes=("disabled",))

    def replace_credentials(self, item: HostItem, new: Credentials) -> None:
        """Write other credentials, unless somebody else did since the item was read.

        An item of the AWS blog sample becomes one of ours: its format has room for one secret.
        """
        sets: dict[str, object] = {"tokens": list(new.tokens), "secrets": list(new.secrets)}
        self._update(
            item,
            {**_moved(item), **sets},
            removes=("data",) if item.from_sample else (),
            unchanged=("tokens", "secrets", "data"),
        )

    def change(
        self, item: HostItem, sets: Mapping[str, object], removes: Sequence[str]
    ) -> HostItem:
        """Write how a host is kept; return what it is now.

        An item of the AWS blog sample becomes one of ours: only of those does the function read
        every term.
        """
        moved = {name: value for name, value in _moved(item).items() if name not in removes}
        return self._update(
            item,
            {**moved, **sets},
            removes=(*removes, *(("data",) if item.from_sample else ())),
            unchanged=("tokens", "secrets", "data") if item.from_sample else (),
        )

    def forget(self, item: HostItem, kinds: Sequence[str]) -> HostItem:
        """Delete some of what is kept of a host, unless the function has written it since.

        Returns:
            What the host is now.

        Raises:
            CommandError: It is gone.
        """
        names = {f"#{number}": kind for number, kind in enumerate(kinds)}
        kept = ", ".join(f"#state.{number}" for number in names)
        values: dict[str, object] = {":new": int(item.value("revision") or 0) + 1}
        condition = "attribute_exists(hostname) AND attribute_not_exists(revision)"
        if item.value("revision") is not None:
            condition = "attribute_exists(hostname) AND revision = :old"
            values[":old"] = item.value("revision")
        # An update that is under way was begun with another revision, and starts over.
        with contextlib.suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self.table,
                Key={"hostname": {"S": item.key}},
                UpdateExpression=f"SET revision = :new REMOVE {kept}",
                ConditionExpression=condition,
                ExpressionAttributeNames={**names, "#state": "state"},
                ExpressionAttributeValues={key: self._write(v) for key, v in values.items()},
            )
        there = self.at(item.key)
        if there is None:
            raise CommandError(f"{item.name} was removed at the same time")
        return there

    def remove(self, item: HostItem) -> bool:
        """Delete an item.

        Returns:
            Whether it is gone: not, if the function has written it since it was read.
        """
        condition = "attribute_not_exists(revision)"
        arguments: dict[str, Any] = {}
        if item.value("revision") is not None:
            condition = "attribute_not_exists(hostname) OR revision = :revision"
            values = {":revision": self._write(item.value("revision"))}
            arguments = {"ExpressionAttributeValues": values}
        try:
            self._client.delete_item(
                TableName=self.table,
                Key={"hostname": {"S": item.key}},
                ConditionExpression=condition,
                **arguments,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def unmention(self, item: HostItem) -> None:
        """Delete the mention of a host at the one that it is behind, if there still is one."""
        parent = self.find(item.text("behind")) if item.text("behind") else None
        if parent is not None:
            with contextlib.suppress(self._client.exceptions.ConditionalCheckFailedException):
                self._client.update_item(**self._mention(parent, "DELETE", item.name))

    def _mention(self, parent: HostItem, verb: str, name: str) -> dict[str, Any]:
        values: dict[str, Any] = {":name": {"SS": [name]}}
        mention = {
            "TableName": self.table,
            "Key": {"hostname": {"S": parent.key}},
            "UpdateExpression": f"{verb} members :name",
            "ConditionExpression": "attribute_exists(hostname)",
            "ExpressionAttributeValues": values,
        }
        if verb == "ADD" and PREFIX in (parent.value("state") or {}):
            # While the prefix is kept as served, the function leaves the hosts behind it alone. An
            # update that is under way was begun with another revision, and starts over.
            values[":one"] = {"N": "1"}
            mention["UpdateExpression"] = "ADD members :name, revision :one REMOVE #state.#prefix"
            mention["ExpressionAttributeNames"] = {"#state": "state", "#prefix": PREFIX}
        return mention

    def _update(
        self,
        item: HostItem,
        sets: Mapping[str, object],
        *,
        removes: Sequence[str] = (),
        unchanged: Sequence[str] = (),
    ) -> HostItem:
        """Change attributes of an item that is still there and, where asked, as it was read."""
        names = {f"#{name}": name for name in (*sets, *removes, *unchanged)}
        values = {f":{name}": self._write(value) for name, value in sets.items()}
        conditions = ["attribute_exists(hostname)"]
        for name in unchanged:
            if item.value(name) is None:
                conditions.append(f"attribute_not_exists(#{name})")
            else:
                conditions.append(f"#{name} = :old_{name}")
                values[f":old_{name}"] = self._write(item.value(name))
        change = [f"SET {', '.join(f'#{name} = :{name}' for name in sets)}"] if sets else []
        change += [f"REMOVE {', '.join(f'#{name}' for name in removes)}"] if removes else []
        arguments: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        try:
            answer = self._client.update_item(
                TableName=self.table,
                Key={"hostname": {"S": item.key}},
                UpdateExpression=" ".join(change),
                ConditionExpression=" AND ".join(conditions),
                ExpressionAttributeNames=names,
                ReturnValues="ALL_NEW",
                **arguments,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            # Its own, if the answer to a first attempt was lost, and botocore tried again.
            there = self.at(item.key)
            if there is not None and there.holds({**sets, **dict.fromkeys(removes)}):
                return there
            raise CommandError(
                f"somebody else changed or removed {item.name} at the same time: run it again"
            ) from None
        return HostItem(answer["Attributes"])


def _moved(item: HostItem) -> dict[str, object]:
    """Return what an item of the AWS blog sample has in its `data`, as an item of ours has it."""
    if not item.from_sample:
        return {}
    tokens, secrets = item.credentials
    return {
        "zone_id": item.host.zone_id,
        "types": set(item.types),
        "ttl": item.host.ttl,
        "tokens": list(tokens),
        "secrets": list(secrets),
    }
