"""Finds the failovers of a stack by its outputs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.deployment import describe_stack
from ddns_constructs.cli.errors import CommandError, UsageError, aws_trouble
from ddns_constructs.cli.failovers.denied import FAILOVER_WAYS_OUT
from ddns_constructs.cli.failovers.kinds import NOT_A_CONTROLLERS, AddressFailover, NameFailover
from ddns_constructs.cli.options import names_stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ddns_constructs.cli.failovers.kinds import Failover

__all__ = [
    "all_failovers",
    "chosen",
    "failovers_of",
    "has_names",
    "named",
    "names_of",
    "the_address",
    "the_failover",
]

# What CDK puts behind the name of an output that is not the stack's own: eight hex digits.
_OUTPUT = re.compile(r"(.*?)(FailoverTable|FailoverFunction|FailoverName)(?:[0-9A-F]{8})?")


def the_failover(name: str, *, stack: str, prefix: str, table: str) -> Failover:
    """Return the one failover that the arguments of a command name.

    Args:
        name: Its name, or the beginning of that before a dot. Default: the only one.
        stack: The option `--stack`.
        prefix: The option `--prefix`.
        table: The option `--table`.

    Raises:
        UsageError: There is no such failover, or there are several.
    """
    found = chosen(name, stack=stack, prefix=prefix, table=table)
    if len(found) > 1:
        raise UsageError(f"there are several failovers: name one of {_listed(found)}")
    return found[0]


def the_address(name: str, *, stack: str, prefix: str, table: str) -> AddressFailover:
    """Return the one address failover that the arguments of a command name, as `the_failover`.

    Raises:
        UsageError: There is no such failover, or there are several, or it is a name's.
    """
    found = the_failover(name, stack=stack, prefix=prefix, table=table)
    if isinstance(found, NameFailover):
        raise UsageError(
            f"{found.name} is a name, which has no journal: `ddns failover switch {found.name} "
            "--to secondary` keeps it there, whatever is healthy, until `--to primary`"
        )
    return found


def chosen(name: str, *, stack: str, prefix: str, table: str) -> list[Failover]:
    """Return the failovers that the arguments of a command name: all without a name.

    An output that cannot be read does not stand in the way of another failover that is named.

    Raises:
        UsageError: There is no such failover, or there are several.
        CommandError: An output is not as this release writes it.
    """
    broken: list[CommandError] = []
    failovers = all_failovers(stack=stack, prefix=prefix, table=table, broken=broken)
    try:
        found = named(name, failovers)
    except UsageError:
        if broken:
            raise broken[0] from None
        raise
    if broken and not name:
        raise broken[0]
    return found


def named(name: str, failovers: Sequence[Failover]) -> list[Failover]:
    """Return the failovers that a name fits: all for none, else one.

    Raises:
        UsageError: There is no such failover, or there are several.
    """
    asked = name.lower().removesuffix(".")
    called = {each: [known.lower() for known in each.names] for each in failovers}
    found = [each for each, names in called.items() if not asked or asked in names]
    found = found or [
        each
        for each, names in called.items()
        if any(known.startswith(f"{asked}.") for known in names)
    ]
    if not found:
        raise UsageError(f"no failover is called {name!r}: name one of {_listed(failovers)}")
    if asked and len(found) > 1:
        raise UsageError(f"several failovers fit {name!r}: name one of {_listed(found)}")
    return found


def _listed(failovers: Sequence[Failover]) -> str:
    """Return the names of failovers, with their prefixes where names are not enough."""
    names = [each.name for each in failovers]
    return ", ".join(
        f"{each.prefix} ({each.name})" if names.count(each.name) > 1 and each.prefix else each.name
        for each in sorted(failovers, key=lambda each: each.names)
    )


def all_failovers(
    *, stack: str, prefix: str, table: str, broken: list[CommandError]
) -> list[Failover]:
    """Return the failovers that the options name.

    Args:
        stack: The stack.
        prefix: What the names of its outputs begin with. Default: whatever they do.
        table: The table of a journal, instead of all that the stack has.
        broken: Gets what is wrong with outputs that cannot be read.

    Raises:
        UsageError: Neither stack nor table is given.
        CommandError: There is no such stack, or it has none.
    """
    if not stack and not table:
        raise UsageError("say which deployment: --stack NAME (or DDNS_STACK), or --table")
    if table:
        return [_of_table(stack, table)]
    outputs = {
        each["OutputKey"]: each["OutputValue"] for each in describe_stack(stack).get("Outputs", [])
    }
    found = [each for each in failovers_of(outputs, broken) if prefix in ("", each.prefix)]
    if not found and broken:
        raise broken[0]
    if not found:
        has = ", ".join(sorted(outputs)) or "none"
        raise CommandError(
            f"stack {stack!r} has no outputs {prefix}FailoverTable or {prefix}FailoverName, only: "
            f"{has}. Call `add_outputs()` of the failover and deploy again, or name the table of "
            "its journal: --table"
        )
    return found


def _of_table(stack: str, table: str) -> AddressFailover:
    """Return the failover of a table, with what the stack tells of it, if that is its own."""
    known: list[Failover] = []
    if stack:
        try:
            with aws_trouble(FAILOVER_WAYS_OUT):
                outputs = describe_stack(stack).get("Outputs", [])
        except CommandError:
            # The table was said just now, the stack perhaps when the shell was set up.
            if not names_stack(stack):
                raise
        else:
            values = {each["OutputKey"]: each["OutputValue"] for each in outputs}
            known = list(failovers_of(values, []))
    own = (each for each in known if isinstance(each, AddressFailover) and each.table == table)
    return next(own, AddressFailover(table, table))


def has_names(outputs: Mapping[str, str]) -> bool:
    """Tell whether outputs of a stack tell of name failovers.

    Args:
        outputs: All outputs of a stack by their names.
    """
    return any("FailoverName" in found for _, found in _by_prefix(outputs))


def names_of(
    outputs: Mapping[str, str], broken: list[CommandError] | None = None
) -> Iterator[NameFailover]:
    """Yield the name failovers that outputs of a stack tell of.

    Args:
        outputs: All outputs of a stack by their names.
        broken: Gets what is wrong with outputs that cannot be read. Default: it is raised.

    Raises:
        CommandError: An output is not as this release writes it.
    """
    for prefix, found in _by_prefix(outputs):
        if "FailoverName" in found:
            try:
                yield _name(prefix, found["FailoverName"])
            except CommandError as err:
                if broken is None:
                    raise
                broken.append(err)


def failovers_of(
    outputs: Mapping[str, str], broken: list[CommandError] | None = None
) -> Iterator[Failover]:
    """Yield the failovers that outputs of a stack tell of.

    Args:
        outputs: All outputs of a stack by their names.
        broken: Gets what is wrong with outputs that cannot be read. Default: it is raised.

    Raises:
        CommandError: An output is not as this release writes it.
    """
    for prefix, found in _by_prefix(outputs):
        if "FailoverTable" in found:
            yield _address(prefix, found["FailoverTable"], found.get("FailoverFunction", ""))
    yield from names_of(outputs, broken)


def _by_prefix(outputs: Mapping[str, str]) -> list[tuple[str, dict[str, str]]]:
    by_prefix: dict[str, dict[str, str]] = {}
    for key, value in outputs.items():
        if match := _OUTPUT.fullmatch(key):
            by_prefix.setdefault(match[1], {})[match[2]] = value
    return sorted(by_prefix.items())


def _name(prefix: str, text: str) -> NameFailover:
    try:
        return NameFailover.parse(text, prefix)
    except NOT_A_CONTROLLERS:
        raise CommandError(
            f"the output {prefix}FailoverName is not as this release writes it: deploy again with "
            f"this release, got {text!r}"
        ) from None


def _address(prefix: str, table: str, function: str) -> AddressFailover:
    """Return the failover of a table, with what the environment of its controller tells."""
    plain = AddressFailover(prefix or table, table, prefix=prefix)
    if not function:
        return plain
    try:
        with aws_trouble():
            found = aws_client("lambda").get_function_configuration(FunctionName=function)
        return plain.described(found["Environment"]["Variables"])
    except (CommandError, *NOT_A_CONTROLLERS):
        # Who may not see it can operate it all the same: what controllers saw names the nodes.
        return plain
