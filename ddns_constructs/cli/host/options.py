"""Options that several commands of `ddns host` have."""

from __future__ import annotations

from typing import Annotated

import typer

from ddns.core.client.addresses import AddressPolicy

__all__ = ["AddressesOption", "KeepOption", "NameArgument", "TtlOption", "TypesOption"]

TtlOption = Annotated[int | None, typer.Option(help="Seconds, instead of the deployment's.")]
TypesOption = Annotated[
    str,
    typer.Option(
        help="Some of A, AAAA, TXT, instead of the deployment's. TXT, which gets certificates for "
        "the host and every name below it, only if it is named here."
    ),
]
AddressesOption = Annotated[
    AddressPolicy | None,
    typer.Option(
        help="source: only where the request comes from; public: any public address that the "
        "client states; any: private ones too. Instead of the deployment's."
    ),
]
KeepOption = Annotated[bool, typer.Option("--keep-record", help="Leave the zone as it is.")]
NameArgument = Annotated[str, typer.Argument(metavar="HOST", help="Its full name.")]
