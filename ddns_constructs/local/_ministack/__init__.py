"""The emulator's process: MiniStack, bound to loopback, with our corrections on top.

`python -m ddns_constructs.local._ministack` is what `ddns_constructs.local.emulator` starts. Every
place where we change what MiniStack does is a module of this package with an `apply()`, and its
docstring says what AWS does, what MiniStack does, and why the difference matters here.
"""

from __future__ import annotations

__all__ = ["VERSION"]

VERSION = "1.5.33"
"""The one release of MiniStack whose internals the corrections fit."""
