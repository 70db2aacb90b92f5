"""DNS names as the rest of the code trusts them: lower case, A-labels, no trailing dot."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from unicodedata import normalize

from ddns.core.errors import InvalidNameError

Address = IPv4Address | IPv6Address

# RFC 1123 section 2.1: letters, digits and inner hyphens, 1 to 63 octets.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# RFC 8552: an underscore in front marks a label that is none of a host. It is one of the 63 octets.
_OWNER = rf"(?![^.]{{64}})_?{_LABEL}(?:\.(?![^.]{{64}})_?{_LABEL})*"
_NO_LABEL = re.compile(r"[^a-z0-9]+")
_MAX_LABEL = 63
# What separates labels before IDNA (RFC 3490 section 3.1).
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
_ODD = re.compile(r"[^a-z0-9_.-]")
_OCTAL = re.compile(r"\\([0-3][0-7]{2})")
# RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters of text.
_MAX_NAME = 253
# RFC 1035 section 3.5: an octet in decimal; RFC 3596 section 2.5: a nibble in hexadecimal.
_REVERSE_LABELS = {
    "in-addr.arpa": re.compile(r"0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]"),
    "ip6.arpa": re.compile(r"[0-9a-f]"),
}


def host_name(text: str) -> str:
    """Return a host name in canonical form.

    Args:
        text: a host name as a person writes it: any case, a trailing dot or none, Unicode labels
            (turned into A-labels by IDNA 2003, the one the standard library has).

    Raises:
        InvalidNameError: a label is empty, longer than 63 octets or holds other characters than
            letters, digits and hyphens, or the name is longer than 253 characters.
    """
    return _canonical_name(text, _HOST)


def owner_name(text: str) -> str:
    """Return the name of a record set in canonical form.

    It is a host name whose labels may have an underscore in front, such as ``_acme-challenge``.

    Raises:
        InvalidNameError: as ``host_name`` does.
    """
    # Few need it, and it takes a cold start longer than the rest here.
    return _canonical_name(text, re.compile(_OWNER))


def _canonical_name(text: str, pattern: re.Pattern[str]) -> str:
    name = text.strip().removesuffix(".")
    if len(name) > _MAX_NAME:
        raise InvalidNameError(text[:_MAX_NAME], f"it is longer than {_MAX_NAME} characters")
    name = name.lower() if name.isascii() else _ascii(name)
    if not name:
        raise InvalidNameError(text, "it is empty")
    if len(name) > _MAX_NAME:
        raise InvalidNameError(text, f"it is longer than {_MAX_NAME} characters")
    if not pattern.fullmatch(name):
        bad = next(label for label in name.split(".") if not pattern.fullmatch(label))
        raise InvalidNameError(
            text, f"its label {bad!r} is not 1 to 63 letters, digits and inner hyphens"
        )
    return name


def _ascii(name: str) -> str:
    """Return a name with A-labels (IDNA).

    That takes time by the square of a label's length, so the length is looked at first, and that
    of what IDNA makes of it: one character may stand for 18. A-labels are longer than what they
    stand for, but for letters that are composed of several characters.
    """
    for form in (name, normalize("NFKC", name)):
        if any(len(label) > _MAX_LABEL for label in form.translate(_DOTS).split(".")):
            raise InvalidNameError(name, f"a label of it is longer than {_MAX_LABEL} characters")
    try:
        return ".".join(map(_a_label, name.translate(_DOTS).split(".")))
    except UnicodeError as err:
        raise InvalidNameError(name, "it cannot be written in ASCII (IDNA)") from err


@lru_cache(maxsize=256)
def _a_label(label: str) -> str:
    """Return a label as IDNA has it; hosts of one zone share some."""
    return label.encode("idna").decode("ascii").lower()


@lru_cache(maxsize=256)  # a client polls with the same name over and over
def record_name(text: str) -> str:
    """Return the name of a host, or of a wildcard, in canonical form; it has two labels or more.

    Args:
        text: a host name as ``host_name`` takes it; its first label may be ``*``.

    Raises:
        InvalidNameError: it is no such name.
    """
    wildcard = text.lstrip().startswith("*.")
    name = host_name(text.lstrip()[2:] if wildcard else text)
    if "." not in name:
        raise InvalidNameError(text, "it has one label only")
    return "*." + name if wildcard else name


def matches(name: str, pattern: str) -> bool:
    """Tell whether a canonical name matches a pattern as IAM's StringLike would compare it.

    ``*`` stands for any characters, dots included, and ``?`` for one; the name is compared with its
    octal escapes, as Route 53's condition keys have it.
    """
    return _expression(pattern).fullmatch(escaped(name)) is not None


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(
        "".join(
            ".*" if part == "*" else "." if part == "?" else re.escape(part)
            for part in re.split(r"([*?])", pattern)
        )
    )


def canonical(text: str) -> str:
    r"""Return any domain name as this code compares it: ``\052.Example.COM.`` → ``*.example.com``.

    Route 53 answers in lower case, with a trailing dot, and with an octal escape for each
    character other than a-z, 0-9, hyphen, underscore and dot.
    """
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), text).removesuffix(".").lower()


def escaped(name: str) -> str:
    """Return a canonical name as Route 53 stores and sorts it: with octal escapes."""
    return _ODD.sub(lambda found: f"\\{ord(found[0]):03o}", name)


def domain(text: str) -> str:
    """Return a domain name as a person writes it in canonical form, Unicode as A-labels."""
    try:
        return canonical(text if text.isascii() else text.encode("idna").decode("ascii"))
    except UnicodeError:
        return canonical(text)


def is_below(name: str, zone: str) -> bool:
    """Tell whether a canonical name lies in a zone, at a label boundary; the apex does not."""
    return name.endswith("." + zone)


def label(text: str) -> str:
    """Return a text as one label, empty where it has no letter or digit: ``My Web/0`` → my-web-0.

    Lower case; each run of characters other than a-z and 0-9 becomes a hyphen; none at either end;
    cut at 63 characters.
    """
    return _NO_LABEL.sub("-", text.lower()).strip("-")[:_MAX_LABEL].rstrip("-")


def is_reverse(name: str) -> bool:
    """Tell whether a canonical name is a name of addresses: for PTR records, never for hosts."""
    return any(name == root or is_below(name, root) for root in _REVERSE_LABELS)


def is_prefix(name: str) -> bool:
    """Tell whether a name of addresses is that of a prefix: of whole octets, or of nibbles.

    Others, such as those of RFC 2317 (``0/25.2.0.192.in-addr.arpa``), hold names that the address
    alone does not tell.
    """
    for root, pattern in _REVERSE_LABELS.items():
        if name == root:
            return True
        if is_below(name, root):
            return all(map(pattern.fullmatch, name.removesuffix("." + root).split(".")))
    return False


def fully_qualified(name: str) -> str:
    """Return a canonical name as a record value: with its trailing dot."""
    return name + "."


def reverse_zone(address: IPv4Address, prefix_length: int, network_length: int = 0) -> str:
    """Return the name of the reverse zone for an address in a subnet of that prefix length.

    The zone ends at the octet boundary at or above the subnet: a /20 or a /16 gives two octets,
    a /24 or a /28 three. But it is no coarser than the network's CIDR block, as far as whole octets
    allow: in a VPC of /20 a subnet of /20 gives three.
    """
    least = -(-network_length // 8)
    octets = min(max(prefix_length // 8, least, 1), 3)
    return ".".join(reversed(str(address).split(".")[:octets])) + ".in-addr.arpa"


def is_coarser(zone: str, network_length: int) -> bool:
    """Tell whether a reverse zone for IPv4 is coarser than a CIDR block of that prefix length.

    Resolver's own rules for PTR queries follow the CIDR blocks of VPCs, and the most specific rule
    answers: a zone that is coarser is never asked. Blocks beyond /24 are no names of their own.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-autodefined-rules.html
    """
    octets = zone.removesuffix("in-addr.arpa").count(".")
    return 8 * octets < min(network_length, 24)
