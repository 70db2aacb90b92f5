"""What can go wrong, one class for each way that a caller handles differently."""

from __future__ import annotations


class DdnsError(Exception):
    """Any error that this package raises on purpose."""


class InvalidNameError(DdnsError):
    """A text is not a host name."""

    def __init__(self, text: str, reason: str) -> None:
        """Keep the text and why it is refused."""
        super().__init__(f"{text!r} is no host name: {reason}")


class BadItemError(DdnsError):
    """An item of the table of hosts cannot be used; the text says why, not what it holds."""


class BadMessageError(DdnsError):
    """A message is none that this function understands; trying again cannot help."""


class BadRequestError(DdnsError):
    """A request over HTTP is not what its protocol says; the text is for the one who sent it."""


class BlockedError(DdnsError):
    """A request over HTTP comes from where none may come from."""


class BadSettingsError(DdnsError):
    """The environment does not hold what the construct writes there."""


class ThrottledError(DdnsError):
    """The service refused for now and changed nothing: rate limit, or a change in progress."""


class BusyZoneError(ThrottledError):
    """Route 53 is still processing another change of the zone."""


class ConflictError(DdnsError):
    """Somebody else wrote an item since it was read."""


class UnavailableError(DdnsError):
    """No clear answer came (timeout, connection, 5xx): the call may or may not have worked."""


class RejectedError(DdnsError):
    """Route 53 refused a change batch as a whole; the message lists its reasons."""


class ZoneFullError(RejectedError):
    """The hosted zone has as many record sets as its quota allows."""


class PermanentError(DdnsError):
    """The service refuses for a reason that waiting does not remove, such as access denied."""


class UsedReferenceError(PermanentError):
    """The caller reference has made a hosted zone before, which may have been deleted since."""


class NoSuchZoneError(PermanentError):
    """The hosted zone does not exist (any more)."""
