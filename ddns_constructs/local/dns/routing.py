"""Which record sets of one name and type answer, by routing policy and health: as Route 53 does it.

| the record sets are | answer |
|---|---|
| simple | that one |
| failover | the primary one if it is healthy; the secondary one if only that is; the primary one if neither is |
| weighted | one of the healthy ones, as often as its weight says; one of weight 0 only where none with a weight is healthy; one of all where none is healthy |
| multivalue | up to eight of the healthy ones, by chance; up to eight of all where none is healthy |
| by latency, place, or address of the asker | all of the healthy ones, all where none is: where the asker is cannot be seen here |

A record set without a health check is healthy. Where every weight is 0, each answers as often as
the others.

Documented in "Choosing a routing policy", "How Amazon Route 53 chooses records when health checking
is configured" and in the `ResourceRecordSet` type of the API reference.
"""  # noqa: E501 - a table

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence

    _RecordSet = Mapping[str, Any]
    _IsHealthy = Callable[[str], bool]

__all__ = ["chosen", "is_every_check_healthy"]

_MOST_VALUES = 8


def is_every_check_healthy(health_check: str) -> bool:  # noqa: ARG001 - the shape that is asked for
    """Answer that a health check is healthy, whichever it is."""
    return True


def chosen(
    record_sets: Sequence[_RecordSet], is_healthy: _IsHealthy, chance: random.Random
) -> Sequence[_RecordSet]:
    """Return those that answer; one at least.

    Args:
        record_sets: All of one name and type, as `ListResourceRecordSets` answers them; not empty.
        is_healthy: Tells of a health check's id whether it is healthy.
        chance: What decides where Route 53 lets chance decide.
    """
    healthy = [each for each in record_sets if _is_healthy(each, is_healthy)]
    first = record_sets[0]
    if "Failover" in first:
        return _of_failover(record_sets, healthy)
    if "Weight" in first:
        return [_of_weighted(healthy or record_sets, chance)]
    usable = healthy or record_sets
    if first.get("MultiValueAnswer"):
        return chance.sample(usable, min(len(usable), _MOST_VALUES))
    return usable


def _is_healthy(record_set: _RecordSet, is_healthy: _IsHealthy) -> bool:
    return "HealthCheckId" not in record_set or is_healthy(record_set["HealthCheckId"])


def _of_failover(
    record_sets: Sequence[_RecordSet], healthy: Sequence[_RecordSet]
) -> Sequence[_RecordSet]:
    primary = [each for each in record_sets if each["Failover"] == "PRIMARY"]
    if not primary:
        return record_sets
    return primary if primary[0] in healthy else list(healthy) or primary


def _of_weighted(usable: Sequence[_RecordSet], chance: random.Random) -> _RecordSet:
    weights = [int(each["Weight"]) for each in usable]
    return chance.choices(usable, weights if any(weights) else None)[0]
