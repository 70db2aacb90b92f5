"""A local AWS for trying these constructs: an emulator, EC2 events and DNS answers on loopback.

```python
with LocalAws.start() as aws:
    outputs = aws.deploy(Path("examples/instance_ddns"))
    aws.client("ec2").run_instances(...)
    aws.dns.wait_for("web.corp.example.com", "A")
```

Needs the extra `local`. Nothing here talks to a real AWS account.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddns_constructs.local.errors import LocalAwsError
    from ddns_constructs.local.local_aws import LocalAws

__all__ = ["LocalAws", "LocalAwsError"]

_HOMES = {"LocalAws": "local_aws", "LocalAwsError": "errors"}


def __getattr__(name: str) -> object:
    """Import on first use: the emulator's process needs this package's name only."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
