# ruff: noqa: SLF001 - a correction changes what MiniStack keeps to itself
"""Health checks of Route 53: their settings, their status, and CloudFormation's.

| AWS | MiniStack |
|---|---|
| `AWS::Route53::HealthCheck` | not known: a template with one is not deployed |
| truth values in answers are `true` and `false` | `True` and `False`, which every SDK reads as false |
| a check of other checks keeps their ids | keeps empty texts |
| what is left out has a default: 30 seconds, threshold 3, port 80 or 443 | is absent |
| interval 10 or 30 seconds, threshold 1 to 10; an alarm of a metric with high resolution is refused | takes what comes |
| a check of other checks has up to 255, which exist and are none of its kind | takes what comes |
| a record set's health check has to exist; a primary record set has to have one | need not |

"""  # noqa: E501 - a table

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from ministack.services import cloudwatch, route53
from ministack.services.cloudformation import provisioners

from ddns_constructs.local._ministack.health_status import WITHOUT_OBSERVATIONS, no_such_check

if TYPE_CHECKING:
    from collections.abc import Mapping

    _Response = tuple[int, dict[str, str], bytes]
    _Config = dict[str, Any]
    _Made = tuple[str, dict[str, Any]]

__all__ = ["apply"]

_TYPE = "AWS::Route53::HealthCheck"
_TRUTHS = ("MeasureLatency", "EnableSNI", "Inverted", "Disabled")
_LISTS = ("ChildHealthChecks", "Regions")
_UNCHANGEABLE = ("Type", "RequestInterval", "MeasureLatency")
_PORTS = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443}
_INTERVALS = (10, 30)
_MOST_FAILURES = 10
_MOST_CHILDREN = 255
_SHORTEST_PERIOD = 60  # seconds: below it, a metric has high resolution


def apply() -> None:
    """Correct the API's answers and give CloudFormation the type."""
    _correct_answers()
    _correct_requests()
    _correct_record_sets()
    provisioners._RESOURCE_HANDLERS[_TYPE] = {
        "create": _create,
        "update": _update,
        "delete": lambda physical_id, _props: route53._delete_health_check(physical_id),
    }


def _correct_answers() -> None:
    build = route53._build_health_check_el

    def build_with_truths(parent: ET.Element, check: Mapping[str, Any]) -> None:
        config = check.get("config", {})
        truths = {key: str(config[key]).lower() for key in _TRUTHS if key in config}
        build(parent, {**check, "config": {**config, **truths}})

    route53._build_health_check_el = build_with_truths


def _correct_requests() -> None:
    parse = route53._parse_health_check_config
    create, update = route53._create_health_check, route53._update_health_check

    def parse_with_defaults(element: ET.Element) -> _Config:
        config: _Config = parse(element)
        for key in _LISTS:
            if key in config:
                listed = route53._find(element, key)
                config[key] = [each.text for each in listed]
        # An update's element is the whole request, and says what changes only.
        return _with_defaults(config) if "Type" in config else config

    def create_health_check(body: bytes) -> object:
        return _refused(_config_of(body)) or create(body)

    def update_health_check(health_check: str, body: bytes) -> object:
        known = route53._health_checks.get(health_check, {}).get("config", {})
        return _refused({**known, **_config_of(body)}) or update(health_check, body)

    route53._parse_health_check_config = parse_with_defaults
    route53._create_health_check = create_health_check
    route53._update_health_check = update_health_check


def _config_of(body: bytes) -> _Config:
    root = route53._parse_body(body)
    if root is None:
        return {}
    config = route53._find(root, "HealthCheckConfig")
    return dict(route53._parse_health_check_config(root if config is None else config))


def _with_defaults(config: Mapping[str, Any]) -> _Config:
    kind = config["Type"]
    made: _Config = {"Inverted": False, "Disabled": False}
    if kind not in WITHOUT_OBSERVATIONS:
        made |= {"RequestInterval": 30, "FailureThreshold": 3, "MeasureLatency": False}
    if kind in _PORTS:
        made |= {"Port": _PORTS[kind], "EnableSNI": kind.startswith("HTTPS")}
    return {**made, **config}


def _refused(config: Mapping[str, Any]) -> _Response | None:
    """Return Route 53's refusal of the settings of a health check; None where it takes them."""
    reason = _why_not(config)
    refusal: _Response = route53._error_response("InvalidInput", reason)
    return refusal if reason else None


def _why_not(config: Mapping[str, Any]) -> str:
    interval, threshold = config.get("RequestInterval", 30), config.get("FailureThreshold", 3)
    if interval not in _INTERVALS:
        return f"RequestInterval has to be 10 or 30, not {interval}"
    if not 1 <= threshold <= _MOST_FAILURES:
        return f"FailureThreshold has to be from 1 to {_MOST_FAILURES}, not {threshold}"
    of_kind = {"CALCULATED": _why_no_sum, "CLOUDWATCH_METRIC": _why_no_alarm}
    return of_kind.get(config.get("Type", ""), lambda _: "")(config)


def _why_no_alarm(config: Mapping[str, Any]) -> str:
    """Return why Route 53 does not take a check of an alarm; empty where it does."""
    if "AlarmIdentifier" not in config:
        return "AlarmIdentifier is required for CLOUDWATCH_METRIC health checks"
    alarm = cloudwatch._alarms.get(config["AlarmIdentifier"]["Name"], {})
    if alarm.get("Period", _SHORTEST_PERIOD) < _SHORTEST_PERIOD:
        return "High-resolution metrics are not supported for health checks"
    return ""


def _why_no_sum(config: Mapping[str, Any]) -> str:
    """Return why Route 53 does not take a check of these other checks; empty where it does."""
    children, needed = config.get("ChildHealthChecks") or (), config.get("HealthThreshold", 0)
    if len(children) > _MOST_CHILDREN or not 0 <= needed <= _MOST_CHILDREN + 1:
        return f"a CALCULATED health check has at most {_MOST_CHILDREN} children"
    for child in children:
        known = route53._health_checks.get(child)
        if known is None:
            return f"No health check exists with the specified ID {child}"
        if known["config"]["Type"] == "CALCULATED":
            return "a CALCULATED health check cannot monitor other CALCULATED health checks"
    return ""


def _correct_record_sets() -> None:
    change = route53._change_resource_record_sets

    def change_with_known_checks(zone_id: str, body: bytes) -> object:
        root = route53._parse_body(body)
        changes = [] if root is None else list(root.iter(f"{{{route53.NS}}}Change"))
        for each in changes:
            check = each.findtext(f".//{{{route53.NS}}}HealthCheckId", "")
            is_deletion = each.findtext(f"{{{route53.NS}}}Action") == "DELETE"
            if check and not is_deletion and check not in route53._health_checks:
                return no_such_check(check)
            written = route53._parse_record_set(each.find(f"{{{route53.NS}}}ResourceRecordSet"))
            if not is_deletion and (reason := _why_no_record(written)):
                return route53._error_response("InvalidChangeBatch", reason)
        return change(zone_id, body)

    build = provisioners._r53_record_set_build_rs

    def build_as_route53_takes_it(props: Mapping[str, Any]) -> dict[str, Any]:
        written: dict[str, Any] = build(props)
        if reason := _why_no_record(written):
            raise ValueError(f"{reason} (Service: Route53, Status Code: 400)")
        return written

    route53._change_resource_record_sets = change_with_known_checks
    provisioners._r53_record_set_build_rs = build_as_route53_takes_it


def _why_no_record(written: Mapping[str, Any]) -> str:
    is_primary = written.get("Failover") == "PRIMARY" and "AliasTarget" not in written
    if is_primary and not written.get("HealthCheckId"):
        return "A non-alias primary ResourceRecordSet must have an associated health check."
    return ""


def _create(logical_id: str, props: Mapping[str, Any], stack_name: str) -> _Made:
    config = _with_defaults(_typed(props["HealthCheckConfig"]))
    if reason := _why_not(config):
        raise ValueError(f"{reason} (Service: Route53, Status Code: 400)")
    made = {
        "id": str(uuid.uuid4()),
        "caller_reference": f"{stack_name}-{logical_id}-{uuid.uuid4()}",
        "config": config,
        "version": 1,
    }
    route53._health_checks[made["id"]] = made
    route53._hc_caller_refs[made["caller_reference"]] = made["id"]
    _tag(str(made["id"]), props)
    return str(made["id"]), {"HealthCheckId": made["id"]}


def _update(
    physical_id: str, old_props: Mapping[str, Any], new_props: Mapping[str, Any], stack_name: str
) -> _Made:
    before, after = old_props["HealthCheckConfig"], new_props["HealthCheckConfig"]
    if any(before.get(key) != after.get(key) for key in _UNCHANGEABLE):
        return _create(physical_id, new_props, stack_name)  # CloudFormation deletes the old one
    config = _with_defaults(_typed(after))
    if reason := _why_not(config):
        raise ValueError(f"{reason} (Service: Route53, Status Code: 400)")
    check = route53._health_checks[physical_id]
    check.update(config=config, version=check["version"] + 1)
    _tag(physical_id, new_props)
    return physical_id, {"HealthCheckId": physical_id}


def _typed(config: Mapping[str, Any]) -> _Config:
    """Return a template's settings with numbers and truth values for what may be text there."""
    numbers = ("Port", "RequestInterval", "FailureThreshold", "HealthThreshold")
    typed: _Config = dict(config)
    typed |= {key: int(config[key]) for key in numbers if key in config}
    typed |= {key: str(config[key]).lower() == "true" for key in _TRUTHS if key in config}
    return typed


def _tag(health_check: str, props: Mapping[str, Any]) -> None:
    route53._tags["healthcheck", health_check] = {
        tag["Key"]: tag["Value"] for tag in props.get("HealthCheckTags") or []
    }
