"""The real clock, and chance."""

from __future__ import annotations

import random
import time


class SystemClock:
    """Time as the machine has it."""

    now = staticmethod(time.time)
    sleep = staticmethod(time.sleep)
    random = staticmethod(random.random)
