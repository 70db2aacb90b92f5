"""The arguments of `NameFailover`, checked: every problem is reported at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Duration

from ddns_constructs._common.arguments import (
    Problems,
    check_kind,
    check_seconds,
)
from ddns_constructs._common.zones import Zone, canonical, read_zone
from ddns_constructs._failover.detection import Detection, chosen
from ddns_constructs._failover.detection_checks import Context
from ddns_constructs._failover.endpoints import Endpoint, check_alike
from ddns_constructs._failover.monitor_zones import check_zones
from ddns_constructs._failover.names import full_name
from ddns_constructs._failover.probe import Probe, check_probe

if TYPE_CHECKING:
    from aws_cdk import aws_route53 as route53
    from constructs import Construct

    from ddns_constructs._common.function import FunctionOptions

# "Choosing a TTL" in "Values that are common for most record types": Route 53 recommends at most a
# minute where a health check is associated; a longer one keeps clients away for longer than that.
_MAX_TTL = 60
_TTL = 10
_MAX_WITHIN = 3_600


@dataclass(frozen=True)
class NameSettings:
    """What a name does, and how it is found out that it has to."""

    zone: Zone
    record_name: str
    """In full, without a dot at its end; with a token where the zone's name is one."""

    primary: Endpoint
    secondary: Endpoint
    probe: Probe | None
    detection: Detection
    ttl: int
    function: FunctionOptions

    @property
    def types(self) -> tuple[str, ...]:
        """The types of the record sets of both places."""
        return self.primary.types

    @property
    def worst_seconds(self) -> int | None:
        """How long it takes at worst until every resolver has dropped the primary."""
        found = self.detection.seconds(self.probe)
        return None if found is None else found + self.ttl

    @classmethod
    def check(
        cls,
        scope: Construct,
        *,
        hosted_zone: route53.IHostedZone,
        record_name: str,
        primary: Endpoint,
        secondary: Endpoint,
        check: Probe | None,
        detection: Detection | None,
        ttl: Duration | None,
        within: Duration | None,
        function: FunctionOptions,
    ) -> NameSettings:
        """Return the settings.

        Raises:
            TypeError: What is to be a zone, or a list, is none.
            ValueError: Something is wrong; the text lists all that is.
        """
        problems = Problems()
        zone = read_zone(hosted_zone, problems)
        full = full_name(record_name, zone, problems)
        seconds = _check_ttl(ttl, problems)
        if check is not None:
            check_probe("check", check, problems)
        function.check(problems, calls_out=False)
        found = _check_places(primary, secondary, problems)
        wrong_check = bool(problems) and not isinstance(check, (Probe, type(None)))
        if found:
            _check_apex(primary, full, zone, problems)
            detection = chosen(detection, primary, secondary, problems)
            probe = None if wrong_check else check
            if detection is not None:
                has_vpc = function.vpc is not None
                context = Context(scope, primary, secondary, probe, has_vpc)
                detection.check(context, problems)
        if function.vpc is not None and not problems:
            check_zones(function, problems)
        if not problems and detection is not None:
            _check_within(within, detection, check, seconds, problems)
        problems.raise_any("NameFailover")
        assert zone is not None  # noqa: S101 - it is named above if it is
        assert detection is not None  # noqa: S101 - the same
        return cls(zone, full, primary, secondary, check, detection, seconds, function)

    def annotate(self, scope: Construct, given: str) -> None:
        """Warn of what is legal and rarely meant; the id is public."""
        dotted = "." in given.removeprefix("*.") and not given.endswith(".")
        if dotted and canonical(given) != self.record_name:
            Annotations.of(scope).add_warning_v2(
                "ddns-constructs:relativeName",
                f"'record_name' is relative to the zone: '{given}' is '{self.record_name}'; "
                "write it in full, or end it with a dot if it is full already",
            )


def _check_ttl(ttl: Duration | None, problems: Problems) -> int:
    return check_seconds(
        "ttl",
        Duration.seconds(_TTL) if ttl is None else ttl,
        minimum=1,
        maximum=_MAX_TTL,
        default=f"{_TTL} seconds",
        problems=problems,
    )


def _check_places(primary: object, secondary: object, problems: Problems) -> bool:
    """Return whether both places can be looked at; note what is none, and a third one."""
    right = True
    for keyword, place in (("primary", primary), ("secondary", secondary)):
        if isinstance(place, (list, tuple)):
            problems.add(
                f"'{keyword}' must be one Endpoint, got {len(place)}: Route 53's failover routing "
                "has two roles, PRIMARY and SECONDARY, and no third; write several addresses of "
                "one place as Endpoint.ipv4('ONE', 'TWO'), and for a third place let "
                "Endpoint.dns_name lead to another NameFailover"
            )
            right = False
        elif not check_kind(keyword, place, Endpoint, "e.g. Endpoint.ipv4('10.0.1.5')", problems):
            right = False
    if isinstance(primary, Endpoint) and isinstance(secondary, Endpoint):
        primary.check("primary", problems)
        secondary.check("secondary", problems)
        check_alike(primary, secondary, problems)
    return right


def _check_apex(primary: Endpoint, full: str, zone: Zone | None, problems: Problems) -> None:
    if zone is not None and full == zone.name and "CNAME" in primary.types:
        problems.add(
            f"'record_name' is the apex of the zone, got '{full}', and no CNAME may stand there "
            "(RFC 1034, section 3.6.2): use addresses, or a name below it"
        )


def _check_within(
    within: Duration | None,
    detection: Detection,
    check: Probe | None,
    ttl: int,
    problems: Problems,
) -> None:
    """Note settings that take longer than was promised."""
    if within is None:
        return
    promised = check_seconds(
        "within",
        within,
        minimum=1,
        maximum=_MAX_WITHIN,
        default="no bound",
        problems=problems,
    )
    found = detection.seconds(check)
    if found is None:
        problems.add(
            "'within' cannot be kept or broken with an imported alarm, whose periods are not "
            "known: leave it out"
        )
    elif not problems and found + ttl > promised:
        problems.add(
            f"'within' cannot be kept, got {promised} seconds: these settings take {found} "
            f"seconds and the TTL of {ttl} at worst; lower 'ttl', or the threshold and the "
            "interval of 'detection'"
        )
