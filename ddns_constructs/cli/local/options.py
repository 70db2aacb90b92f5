"""What several commands of `ddns local` take."""

from __future__ import annotations

from enum import Enum

__all__ = ["Example"]


class Example(str, Enum):
    """The example apps that the wheel holds."""

    INSTANCE_DDNS = "instance_ddns"
    CLIENT_DDNS = "client_ddns"
    API_GATEWAY_DIRECT = "api_gateway_direct"
