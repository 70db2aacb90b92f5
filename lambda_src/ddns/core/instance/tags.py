"""The tags of an instance that mean something."""

from __future__ import annotations

from typing import NamedTuple

from ddns.core.instance.instances import Instance


class TagKeys(NamedTuple):
    """Which tag keys mean what; compared whole, in any case."""

    zone: str = "ZONE"
    cname: str = "CNAME"
    host_name: str = "HOSTNAME"


def spellings(instance: Instance, key: str) -> dict[str, str]:
    """Return the tags that spell a key, with their values; an empty value is no tag.

    The tag of exactly this key counts alone; where there is none, those of other spellings do.
    """
    tags = instance.tags or {}
    spelt = [key] if key in tags else [each for each in tags if each.lower() == key.lower()]
    return {each: value for each in sorted(spelt) if (value := tags[each].strip())}
