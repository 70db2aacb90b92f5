# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""The public parameters that name the images of AWS.

A template with CDK's `MachineImage.latest_amazon_linux2023()` asks Systems Manager for an id under
`/aws/service/ami-...`. MiniStack has none of these parameters, so that no template with such an
instance is deployed. Here each names an image that does not exist; none is ever looked at.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any

from ministack.services import ssm

__all__ = ["apply"]

_PUBLIC = ("/aws/service/ami-", "/aws/service/canonical/", "/aws/service/debian/")


def apply() -> None:
    """Have every public parameter of an image."""
    look_up = ssm._lookup_parameter

    def look_up_public(name: str, **options: Any) -> tuple[str | None, dict[str, Any] | None]:  # noqa: ANN401 - theirs
        found: tuple[str | None, dict[str, Any] | None] = look_up(name, **options)
        if found[1] is None and name and name.startswith(_PUBLIC):
            return name, _parameter(name)
        return found

    ssm._lookup_parameter = look_up_public


def _parameter(name: str) -> dict[str, Any]:
    image = hashlib.sha256(name.encode()).hexdigest()[:17]
    return {
        "Name": name,
        "Type": "String",
        "Value": f"ami-{image}",
        "Version": 1,
        "ARN": f"arn:aws:ssm:us-east-1::parameter{name}",
        "LastModifiedDate": int(time.time()),
        "DataType": "aws:ec2:image",
    }
