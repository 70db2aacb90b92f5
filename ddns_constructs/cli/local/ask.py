"""`ddns local ask`."""

from __future__ import annotations

from typing import Annotated

import typer

from ddns_constructs.cli.local.session import check_extra

__all__ = ["ask"]


def ask(
    name: Annotated[str, typer.Argument(help="Such as web.example.internal.")],
    port: Annotated[int, typer.Option(help="One of the DNS ports that `ddns local up` prints.")],
    type_: Annotated[str, typer.Option("--type", help="The type of record.")] = "A",
    wait: Annotated[float, typer.Option(help="How many seconds to ask until it answers.")] = 0.0,
) -> None:
    """Ask the name server of a running local AWS, as dig does."""
    check_extra()
    from ddns_constructs.local import LocalAwsError  # noqa: PLC0415 - extra `local`
    from ddns_constructs.local.dns.client import Dns  # noqa: PLC0415 - likewise

    server = Dns(port, port)
    try:
        answer = (
            server.wait_for(name, type_, timeout=wait) if wait else server.ask_once(name, type_)
        )
    except LocalAwsError as err:
        typer.echo(str(err), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{name} {type_}: {answer}")
