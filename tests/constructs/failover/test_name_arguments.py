"""Arguments of NameFailover are checked first, and all problems reported at once."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53

from ddns_constructs import Detection, Endpoint, NameFailover, Probe
from tests.constructs.failover.naming import (
    PRIVATE,
    PUBLIC,
    TOKEN,
    Named,
    new_stack,
    shown,
    vpc_of,
    zone_of,
)

_FOUR = Endpoint.ipv4("10.0.1.5")
_SIX = Endpoint.ipv6("fd00::1")
_TOKENS = {
    "primary": Endpoint.ipv4(cdk.Token.as_string({"Ref": "One"})),
    "secondary": Endpoint.ipv4(cdk.Token.as_string({"Ref": "Two"})),
}


def _problem(**arguments: Any) -> str:  # noqa: ANN401 - any wrong value
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the caller compares the text
        Named.relayed(**arguments)
    return str(caught.value)


def _public_problem(**arguments: Any) -> str:  # noqa: ANN401 - any wrong value
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the caller compares the text
        Named.public(**arguments)
    return str(caught.value)


# ---------------------------------------------------------------- the name and its zone


@pytest.mark.parametrize(
    ("given", "reason"),
    (
        ("db.example.com.", "it must end in '.example.internal', or be the name of the zone"),
        ("d_b", "the label 'd_b' is not letters, digits and hyphens"),
        ("", "it is empty"),
        ("a..b", "it has an empty label"),
        (f"{'a' * 63}." * 4, "it must end in"),
        (".".join(["a" * 63] * 4), "longer than 253 characters"),
        (TOKEN, "it must be known at synthesis; write it out"),
        (5, "it is no text"),
    ),
    ids=shown,
)
def test_a_name_that_cannot_be_in_the_zone_is_refused(given: Any, reason: str) -> None:  # noqa: ANN401
    text = _problem(record_name=given)
    assert text.startswith(f"'record_name' must be a name of the zone, got '{given}': ")
    assert reason in text


def test_below_a_zone_whose_name_is_not_known_a_full_name_is_refused() -> None:
    stack = new_stack()
    arguments = {**PRIVATE, "vpc": vpc_of(stack), "hosted_zone": zone_of(stack, TOKEN)}
    with pytest.raises(ValueError, match="the zone's name is not known at synthesis; write it rel"):
        Named.define(stack, record_name="db.example.com.", **arguments)


def test_a_cname_at_the_apex_is_refused() -> None:
    names = {
        "primary": Endpoint.dns_name("a.example.com"),
        "secondary": Endpoint.dns_name("b.test"),
    }
    assert _problem(record_name="@", detection=Detection.relay(), **names) == (
        "'record_name' is the apex of the zone, got 'example.internal', and no CNAME may stand "
        "there (RFC 1034, section 3.6.2): use addresses, or a name below it"
    )


def test_a_zone_without_a_name_is_refused_with_what_to_use() -> None:
    stack = new_stack()
    zone = route53.HostedZone.from_hosted_zone_id(stack, "Nameless", "Z1")
    text = _problem(hosted_zone=zone)
    assert text.startswith("'hosted_zone' has no zone name, as from_hosted_zone_id leaves it out")


def test_what_is_no_zone_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="'hosted_zone' must be a hosted zone, got str"):
        Named.relayed(hosted_zone="example.internal")


# ---------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("place", "reason"),
    (
        (Endpoint.ipv4("10.0.1"), "must hold IPv4 addresses, got '10.0.1': write one address"),
        (Endpoint.ipv4("10.0.1.0/24"), "write one address, no range"),
        (Endpoint.ipv4("fd00::1"), "must hold IPv4 addresses there, got 'fd00::1'"),
        (Endpoint.ipv4("127.0.0.1"), "must hold addresses of hosts, got '127.0.0.1'"),
        (Endpoint.ipv4("224.0.0.1"), "which is none"),
        (Endpoint.ipv4("0.0.0.0"), "which is none"),  # noqa: S104 - it is refused
        (Endpoint.ipv4(), "must have 1 to 400 values of type A, got 0"),
        (Endpoint.ipv4("10.0.1.5", "10.0.1.5"), "has a value of type A twice, got"),
        (Endpoint.ipv4(5), "must hold texts, got 5"),  # type: ignore[arg-type] # it is refused
    ),
    ids=shown,
)
def test_a_place_without_the_address_of_a_host_is_refused(place: Endpoint, reason: str) -> None:
    text = _problem(primary=place)
    assert "'primary' " in text
    assert reason in text


def test_a_name_that_is_none_is_refused() -> None:
    names = {"primary": Endpoint.dns_name("a_b.test"), "secondary": Endpoint.dns_name("b.test")}
    text = _problem(detection=Detection.relay(), **names)
    assert "'primary' must be the name of a host, got 'a_b.test': the label 'a_b'" in text


@pytest.mark.parametrize(
    ("secondary", "types"),
    (
        (_SIX, "A beside AAAA"),
        (Endpoint.addresses(ipv4=["10.0.2.5"], ipv6=["fd00::2"]), "A beside A and AAAA"),
        (Endpoint.dns_name("b.test"), "A beside CNAME"),
    ),
)
def test_places_of_different_types_are_refused(secondary: Endpoint, types: str) -> None:
    text = _problem(secondary=secondary)
    assert f"must have records of the same types, got {types}: " in text


@pytest.mark.parametrize(
    ("primary", "secondary", "same"),
    (
        (Endpoint.ipv4("10.0.1.5"), Endpoint.ipv4("10.0.1.5"), "10.0.1.5"),
        (Endpoint.ipv4("10.0.1.5", "10.0.1.6"), Endpoint.ipv4("10.0.1.6"), "10.0.1.6"),
        (Endpoint.ipv6("fd00::1"), Endpoint.ipv6("FD00:0::1"), "fd00::1"),
        (Endpoint.ipv4(TOKEN), Endpoint.ipv4(TOKEN), "Token"),
    ),
)
def test_two_places_that_are_one_are_refused(
    primary: Endpoint, secondary: Endpoint, same: str
) -> None:
    text = _problem(primary=primary, secondary=secondary, detection=Detection.relay())
    assert "'primary' and 'secondary' must lead to different places, got " in text
    assert same.lower() in text.lower()


def test_a_third_place_is_refused_with_the_reason_and_what_to_do() -> None:
    places = [Endpoint.ipv4("10.0.2.5"), Endpoint.ipv4("10.0.3.5")]
    assert _problem(secondary=places) == (
        "'secondary' must be one Endpoint, got 2: Route 53's failover routing has two roles, "
        "PRIMARY and SECONDARY, and no third; write several addresses of one place as "
        "Endpoint.ipv4('ONE', 'TWO'), and for a third place let Endpoint.dns_name lead to another "
        "NameFailover"
    )


def test_what_it_says_of_a_third_place_works() -> None:
    stack = new_stack()
    zone, vpc = zone_of(stack), vpc_of(stack)
    given = {"hosted_zone": zone, "vpc": vpc, "check": Probe.tcp(25)}
    rest = NameFailover(stack, "Rest", record_name="rest", **PRIVATE, **given)
    first = NameFailover(
        stack,
        "First",
        detection=Detection.relay(),
        primary=Endpoint.dns_name("one.example.internal"),
        record_name="db",
        secondary=Endpoint.dns_name(rest.record_name),
        **given,
    )
    template = cdk.assertions.Template.from_stack(stack)
    template.has_resource_properties(
        "AWS::Route53::RecordSet",
        {"Name": f"{first.record_name}.", "ResourceRecords": ["rest.example.internal."]},
    )


def test_an_address_alone_is_refused_with_what_to_write() -> None:
    text = _problem(primary="10.0.1.5")
    assert "'primary' must be an Endpoint, got '10.0.1.5': write e.g. Endpoint.ipv4(" in text


def test_lists_of_addresses_are_lists() -> None:
    with pytest.raises(TypeError, match="'ipv4' must be a list, got '10"):
        Endpoint.addresses(ipv4="10.0.1.5", ipv6=["fd00::1"])


def test_an_instance_is_an_instance() -> None:
    with pytest.raises(TypeError, match="'instance' must be an EC2 instance, got 'i-1'"):
        Endpoint.instance("i-1")  # type: ignore[arg-type] # it is refused


# ---------------------------------------------------------------- detection


@pytest.mark.parametrize("address", ("10.0.1.5", "172.31.0.9", "192.168.1.1", "100.64.0.1"))
def test_private_addresses_are_looked_at_from_within(address: str) -> None:
    assert Named.relayed(primary=Endpoint.ipv4(address)).check()["Type"] == "CALCULATED"


@pytest.mark.parametrize(
    "places",
    (
        _TOKENS,
        {"primary": Endpoint.dns_name("a.test"), "secondary": Endpoint.dns_name("b.test")},
        {"primary": Endpoint.ipv4("203.0.113.5"), "secondary": Endpoint.ipv4(TOKEN)},
    ),
)
def test_where_nothing_says_what_is_private_the_detection_has_to_be_passed(
    places: dict[str, Endpoint],
) -> None:
    text = _problem(**places)
    assert text.startswith("'detection' must be passed where addresses are known at deployment")


def test_one_private_address_is_enough_to_know() -> None:
    named = Named.relayed(primary=Endpoint.ipv4(TOKEN), secondary=Endpoint.ipv4("10.0.2.5"))
    assert named.check()["Type"] == "CALCULATED"


def test_a_detection_of_addresses_by_token_is_taken_when_it_is_passed() -> None:
    detection = Detection.public(check_secondary=False)
    assert Named.public(**_TOKENS, detection=detection).check()["IPAddress"] == "One"


def test_a_public_check_of_private_addresses_is_refused_in_a_private_zone_too() -> None:
    text = _public_problem(**PRIVATE, detection=Detection.public())
    for keyword, address in (("primary", "10.0.1.5"), ("secondary", "10.0.2.5")):
        assert f"'{keyword}' has a private address, got {address}, which Route 53's" in text
    assert "cannot reach, in a private zone either: use Detection.relay() or Detection.al" in text


def test_a_public_check_of_several_addresses_is_refused() -> None:
    places = {**PUBLIC, "primary": Endpoint.ipv4("203.0.113.5", "203.0.113.6")}
    text = _public_problem(**places)
    assert "'primary' must have one address of each family with Detection.public(...)" in text


def test_a_public_check_cannot_choose_statuses() -> None:
    text = _public_problem(check=Probe.http(statuses=[200]))
    assert text.startswith("'check.statuses' cannot be chosen with Detection.public(...)")


def test_a_vpc_is_not_for_public_checks() -> None:
    text = _problem(**PUBLIC, detection=Detection.public())
    assert text.startswith("'vpc' is for Detection.relay(...) and Detection.alarm(...), got it")


@pytest.mark.parametrize("detection", (Detection.relay(), Detection.alarm(), None))
def test_private_places_need_the_vpc(detection: Detection | None) -> None:
    assert "'vpc' is needed by Detection." in _public_problem(**PRIVATE, detection=detection)


@pytest.mark.parametrize(
    "detection", (Detection.relay(), Detection.alarm(), Detection.public(), None)
)
def test_what_is_probed_needs_a_check(detection: Detection | None) -> None:
    text = _public_problem(check=None, detection=detection)
    assert "'check' is needed by Detection." in text
    assert "write e.g. check=Probe.tcp(5432) or check=Probe.http(path='/health')" in text


@pytest.mark.parametrize("timeout", (701, 1_000, 2_000))
def test_a_time_out_that_a_relay_cannot_give_is_refused(timeout: int) -> None:
    check = Probe.tcp(5432, timeout=cdk.Duration.millis(timeout))
    assert _problem(check=check) == (
        "'check.timeout' must be at most 700 milliseconds with Detection.relay(...), got "
        f"{timeout:,} milliseconds: two tries have to fit into the 2 seconds for which Route 53 "
        "waits; omit it, or use Detection.alarm(...)"
    )


@pytest.mark.parametrize("threshold", (0, 11, 1.5, "2"))
def test_a_threshold_that_route_53_does_not_take_is_refused(threshold: Any) -> None:  # noqa: ANN401
    for text in (
        _problem(detection=Detection.relay(threshold=threshold)),
        _public_problem(detection=Detection.public(threshold=threshold)),
    ):
        assert "'detection.threshold' must be a whole number from 1 to 10, got " in text


@pytest.mark.parametrize("seconds", (5, 15, 60))
def test_an_interval_that_route_53_does_not_know_is_refused(seconds: int) -> None:
    interval = cdk.Duration.seconds(seconds)
    text = _public_problem(detection=Detection.public(interval=interval))
    assert text.startswith("'detection.interval' must be ")


@pytest.mark.parametrize("reserved", (0, 4, 1_001))
def test_too_few_reserved_executions_would_blind_the_relay(reserved: int) -> None:
    text = _problem(detection=Detection.relay(reserved_concurrency=reserved))
    assert "'detection.reserved_concurrency' must be a whole number from 10 to 1,000" in text


@pytest.mark.parametrize("periods", (0, 6))
def test_periods_of_an_alarm_are_few(periods: int) -> None:
    text = _problem(detection=Detection.alarm(evaluation_periods=periods))
    assert "'detection.evaluation_periods' must be a whole number from 1 to 5" in text


def test_missing_data_is_one_of_the_choices() -> None:
    detection = Detection.alarm(missing_data="Healthy")  # type: ignore[arg-type] # it is refused
    assert "'Healthy': write MissingData.HEALTHY" in _problem(detection=detection)


def test_a_detection_is_one() -> None:
    text = _problem(detection="relay")
    assert text.startswith("'detection' must be a Detection, got 'relay': write e.g. Detection.re")


def test_a_region_without_function_urls_has_no_relay() -> None:
    assert _problem(region="eu-central-2") == (
        "'detection' may not be Detection.relay(...) in eu-central-2, which has no function URLs: "
        "use Detection.alarm(...)"
    )


@pytest.mark.parametrize(
    ("zones", "got"), ((("eu-west-1a",), "eu-west-1a"), (("eu-west-1b",) * 2, "eu-west-1b"))
)
def test_a_relay_in_one_zone_is_refused(zones: tuple[str, ...], got: str) -> None:
    stack = new_stack()
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        Named.define(stack, vpc=vpc_of(stack, zones), **PRIVATE)
    assert str(caught.value) == (
        f"'vpc_subnets' must choose subnets in 2 zones or more, got {got}: what looks at the "
        "places must outlive a zone"
    )


def test_subnets_that_are_chosen_are_those_that_count() -> None:
    stack = new_stack()
    chosen = ec2.SubnetSelection(availability_zones=["eu-west-1a"])
    with pytest.raises(ValueError, match="in 2 zones or more, got eu-west-1a"):
        Named.define(stack, vpc=vpc_of(stack), vpc_subnets=chosen, **PRIVATE)


def test_zones_that_are_known_at_deployment_are_taken() -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Own", max_azs=2, nat_gateways=0)
    assert Named.define(stack, vpc=vpc, **PRIVATE).records()


# ---------------------------------------------------------------- an alarm of one's own


def _own(stack: cdk.Stack, **arguments: Any) -> cloudwatch.Alarm:  # noqa: ANN401 - any of it
    given = {"namespace": "Own", "metric_name": "Beats", **arguments}
    metric = cloudwatch.Metric(**given)
    return cloudwatch.Alarm(stack, "Own", evaluation_periods=1, metric=metric, threshold=1)


@pytest.mark.parametrize(
    ("arguments", "got"),
    (
        ({"period": cdk.Duration.seconds(10)}, "a period of 10 seconds"),
        ({"statistic": "p99"}, "the statistic p99"),
    ),
)
def test_an_alarm_that_route_53_does_not_take_is_refused(
    arguments: dict[str, Any], got: str
) -> None:
    stack = new_stack()
    detection = Detection.from_alarm(_own(stack, **arguments))
    with pytest.raises(ValueError, match=f"must watch one metric that Route 53 takes, got {got}"):
        Named.define(stack, check=None, detection=detection, **PRIVATE)


def test_an_expression_and_a_composite_alarm_are_refused() -> None:
    stack = new_stack()
    one = cloudwatch.Metric(namespace="Own", metric_name="Beats")
    expression = cloudwatch.MathExpression(expression="m * 2", using_metrics={"m": one})
    alarm = cloudwatch.Alarm(stack, "Math", evaluation_periods=1, metric=expression, threshold=1)
    rule = cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM)
    composite = cloudwatch.CompositeAlarm(stack, "Composite", alarm_rule=rule)
    zone = zone_of(stack)
    for found, got in ((alarm, "an expression"), (composite, "a composite alarm")):
        detection = Detection.from_alarm(found)
        with pytest.raises(ValueError, match=f"that Route 53 takes, got {got}"):
            Named.define(stack, check=None, detection=detection, hosted_zone=zone, **PRIVATE)


def test_with_an_alarm_of_ones_own_nothing_is_probed() -> None:
    stack = new_stack()
    detection = Detection.from_alarm(_own(stack))
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        Named.define(stack, detection=detection, vpc=vpc_of(stack), **PRIVATE)
    for keyword in ("check", "vpc"):
        assert f"'{keyword}' is not used with Detection.from_alarm(...)" in str(caught.value)


def test_what_is_no_alarm_is_refused() -> None:
    detection = Detection.from_alarm("Heartbeat")  # type: ignore[arg-type] # it is refused
    text = _public_problem(check=None, detection=detection)
    assert text.startswith("'detection.alarm' must be an alarm of CloudWatch, got 'Heartbeat'")


# ---------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("ttl", "reason"),
    (
        (cdk.Duration.seconds(61), "must be at most 1 minute, got 1 minute 1 second"),
        (cdk.Duration.minutes(5), "must be at most 1 minute, got 5 minutes"),
        (cdk.Duration.seconds(0), "must be at least 1 second, got 0 seconds"),
        (10, "must be a Duration, got 10"),
    ),
    ids=shown,
)
def test_a_ttl_that_keeps_clients_away_is_refused(ttl: Any, reason: str) -> None:  # noqa: ANN401
    assert reason in _problem(ttl=ttl)


@pytest.mark.parametrize(
    ("arguments", "taken"),
    (
        ({}, "take 30 seconds and the TTL of 10"),
        ({"detection": Detection.relay(threshold=3)}, "take 40 seconds and the TTL of 10"),
        ({"detection": Detection.alarm()}, "take 130 seconds and the TTL of 10"),
        ({"ttl": cdk.Duration.seconds(60)}, "take 30 seconds and the TTL of 60"),
    ),
)
def test_settings_that_break_the_promise_are_refused(arguments: dict[str, Any], taken: str) -> None:
    text = _problem(within=cdk.Duration.seconds(39), **arguments)
    assert text.startswith("'within' cannot be kept, got 39 seconds: these settings ")
    assert taken in text


def test_a_promise_about_an_imported_alarm_is_refused() -> None:
    stack = new_stack()
    alarm = cloudwatch.Alarm.from_alarm_name(stack, "Own", "Heartbeat")
    given = {"check": None, "detection": Detection.from_alarm(alarm), **PRIVATE}
    with pytest.raises(ValueError, match="'within' cannot be kept or broken with an imported al"):
        Named.define(stack, within=cdk.Duration.seconds(40), **given)


# ---------------------------------------------------------------- all at once


def test_all_problems_are_reported_at_once_and_the_id_is_not_taken() -> None:
    stack = new_stack()
    zone, vpc = zone_of(stack), vpc_of(stack)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        NameFailover(
            stack,
            "Db",
            check=Probe.tcp(0),
            detection=Detection.relay(threshold=11),
            hosted_zone=zone,
            memory_size=64,
            primary=_FOUR,
            record_name="db.example.com.",
            secondary=_SIX,
            ttl=cdk.Duration.minutes(5),
            vpc=vpc,
        )
    first, *lines = str(caught.value).split("\n- ")
    assert first == "NameFailover cannot be defined:"
    keywords = {line.split("'")[1] for line in lines}
    assert keywords == {
        *("record_name", "ttl", "check.port", "memory_size", "primary", "detection.threshold"),
    }
    given = {"hosted_zone": zone, "vpc": vpc, "check": Probe.tcp(25)}
    assert NameFailover(stack, "Db", record_name="db", **PRIVATE, **given).record_name


def test_functions_have_the_checks_of_all_functions() -> None:
    text = _problem(runtime=cdk.aws_lambda.Runtime.PYTHON_3_9)
    assert text.startswith("'runtime' must be Python 3.10 or newer")
