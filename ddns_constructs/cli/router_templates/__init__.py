"""What to paste into each client. Data: the words in `@...@` are filled in by `router_settings`.

`@URL@` is the base URL with a slash at its end, `@SERVER@` its host (and port, if it has one),
`@HOST@` the name to keep, `@QUOTED_HOST@` the same as a word of a shell, `@LOOKUP@` a name that
resolves to what the host has, `@TOKEN@` and `@SECRET@` its credentials, `@SCRIPT@` the file of the
shell client, `@WHERE@` the options of `ddns` that name the deployment, with a space in front of
each. A line that begins with `@IF_SOURCE@` is for hosts that get the address which a request comes
from and no other, or of which that is not known; one with `@IF_STATED@` is for all others.
"""

from __future__ import annotations

from ddns_constructs.cli.router_templates.openwrt import OPENWRT
from ddns_constructs.cli.router_templates.programs import CURL, DDCLIENT, INADYN, SHELL
from ddns_constructs.cli.router_templates.router import Router
from ddns_constructs.cli.router_templates.routers import (
    FRITZBOX,
    MIKROTIK,
    OPNSENSE,
    PFSENSE,
    SYNOLOGY,
    UNIFI,
)

__all__ = ["ROUTERS", "Router"]

ROUTERS = {
    "ddclient": DDCLIENT,
    "inadyn": INADYN,
    "fritzbox": FRITZBOX,
    "unifi": UNIFI,
    "pfsense": PFSENSE,
    "opnsense": OPNSENSE,
    "openwrt": OPENWRT,
    "synology": SYNOLOGY,
    "mikrotik": MIKROTIK,
    "curl": CURL,
    "shell": SHELL,
}
