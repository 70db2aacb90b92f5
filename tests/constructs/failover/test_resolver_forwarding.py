"""What ResolverForwarding defines, promise by promise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sns as sns

from ddns_constructs import EndpointType, ResolverForwarding
from tests.constructs.direct.bench import resolve
from tests.constructs.failover.naming import TOKEN, new_stack, vpc_of

_OUTBOUND = {"Corp.Example.": ["10.1.0.53", "10.2.0.53:5353"], "lab.test": ["10.1.0.53"]}
_ENDPOINT = "AWS::Route53Resolver::ResolverEndpoint"
_RULE = "AWS::Route53Resolver::ResolverRule"
_ASSOCIATION = "AWS::Route53Resolver::ResolverRuleAssociation"


@dataclass
class Forwarded:
    """A stack of its own with a ResolverForwarding in it."""

    stack: cdk.Stack
    forwarding: ResolverForwarding

    @classmethod
    def define(cls, **arguments: Any) -> Forwarded:  # noqa: ANN401 - any argument of it
        """Define one in a VPC."""
        stack = new_stack()
        vpc = {} if "vpc" in arguments else {"vpc": vpc_of(stack)}
        return cls(stack, ResolverForwarding(stack, "Hybrid", **{**vpc, **arguments}))

    @cached_property
    def template(self) -> assertions.Template:
        """The template; nothing may be defined after the first look."""
        return assertions.Template.from_stack(self.stack)

    def all(self, resource_type: str) -> list[dict[str, Any]]:
        """The properties of all resources of a type, references replaced."""
        found = self.template.find_resources(resource_type).values()
        return [resolve(each["Properties"]) for each in found]

    def endpoint(self, direction: str) -> dict[str, Any]:
        """The endpoint of a direction."""
        (found,) = [each for each in self.all(_ENDPOINT) if each["Direction"] == direction]
        return found

    def group(self, part: str) -> dict[str, Any]:
        """A security group, by a part of its description."""
        found = self.all("AWS::EC2::SecurityGroup")
        (group,) = [each for each in found if part in each["GroupDescription"]]
        return group


@pytest.fixture(scope="module")
def both() -> Forwarded:
    """Both directions; for reading only."""
    return Forwarded.define(
        inbound_from=["10.1.0.0/16", "192.168.0.0/24"],
        outbound=_OUTBOUND,
        share_with=["444455556666"],
    )


def _rules(group: dict[str, Any], key: str) -> set[tuple[str, str, int, int]]:
    return {
        (each.get("CidrIp") or each["CidrIpv6"], *(each[it] for it in ("IpProtocol", "FromPort")),
         each["ToPort"])
        for each in group.get(key, ())
    }  # fmt: skip


# ---------------------------------------------------------------- inbound


def test_the_inbound_endpoint_has_an_interface_in_each_zone(both: Forwarded) -> None:
    endpoint = both.endpoint("INBOUND")
    assert endpoint["IpAddresses"] == [{"SubnetId": "subnet-0"}, {"SubnetId": "subnet-1"}]
    assert endpoint["ResolverEndpointType"] == "IPV4"


def test_port_53_is_open_to_the_stated_ranges_only_and_nothing_goes_out(both: Forwarded) -> None:
    group = both.group("from other networks")
    assert _rules(group, "SecurityGroupIngress") == {
        (cidr, protocol, 53, 53)
        for cidr in ("10.1.0.0/16", "192.168.0.0/24")
        for protocol in ("tcp", "udp")
    }
    outside = _rules(group, "SecurityGroupEgress")
    assert {each[:2] for each in outside} == {("255.255.255.255/32", "icmp")}, "CDK's own nothing"
    assert both.endpoint("INBOUND")["SecurityGroupIds"] == [
        next(f"{id_}.GroupId" for id_ in both.template.find_resources("AWS::EC2::SecurityGroup")
             if "Inbound" in id_)
    ]  # fmt: skip


def test_addresses_of_ones_own_stand_in_the_subnets_in_their_order() -> None:
    fixed = ["10.0.1.53", "10.0.2.53"]
    forwarded = Forwarded.define(inbound_from=["10.1.0.0/16"], inbound_addresses=fixed)
    assert forwarded.endpoint("INBOUND")["IpAddresses"] == [
        {"Ip": "10.0.1.53", "SubnetId": "subnet-0"},
        {"Ip": "10.0.2.53", "SubnetId": "subnet-1"},
    ]
    assert list(forwarded.forwarding.inbound_addresses) == fixed


def test_addresses_that_aws_chooses_are_not_made_up(both: Forwarded) -> None:
    assert both.forwarding.inbound_addresses == ()


def test_ipv6_endpoints_have_ipv6_addresses() -> None:
    forwarded = Forwarded.define(
        endpoint_type=EndpointType.IPV6,
        inbound_addresses=["fd00:1::53", "fd00:2::53"],
        inbound_from=["fd00:9::/32"],
        outbound={"corp.example": ["fd00:9::53", "[fd00:9::54]:5353"]},
    )
    endpoint = forwarded.endpoint("INBOUND")
    assert endpoint["ResolverEndpointType"] == "IPV6"
    assert [each["Ipv6"] for each in endpoint["IpAddresses"]] == ["fd00:1::53", "fd00:2::53"]
    (rule,) = forwarded.all(_RULE)
    assert rule["TargetIps"] == [
        {"Ipv6": "fd00:9::53", "Port": "53"},
        {"Ipv6": "fd00:9::54", "Port": "5353"},
    ]
    assert ("fd00:9::54/128", "udp", 5353, 5353) in _rules(
        forwarded.group("to other networks"), "SecurityGroupEgress"
    )


def test_dual_stack_endpoints_take_ranges_and_servers_of_both_families() -> None:
    forwarded = Forwarded.define(
        endpoint_type=EndpointType.DUALSTACK,
        inbound_from=["10.1.0.0/16", "fd00:9::/32"],
        outbound={"corp.example": ["10.1.0.53", "fd00:9::53"]},
    )
    assert {each["ResolverEndpointType"] for each in forwarded.all(_ENDPOINT)} == {"DUALSTACK"}
    ingress = _rules(forwarded.group("from other networks"), "SecurityGroupIngress")
    assert {each[0] for each in ingress} == {"10.1.0.0/16", "fd00:9::/32"}


def test_ranges_and_addresses_in_capitals_are_taken() -> None:
    forwarded = Forwarded.define(
        endpoint_type=EndpointType.IPV6,
        inbound_addresses=["FD00:1::53", "fd00:2::53"],
        inbound_from=["FD00:9::/32"],
    )
    ingress = _rules(forwarded.group("from other networks"), "SecurityGroupIngress")
    assert {each[0] for each in ingress} == {"fd00:9::/32"}
    assert forwarded.forwarding.inbound_addresses[0] == "fd00:1::53"


def test_ranges_that_are_known_at_deployment_are_taken() -> None:
    forwarded = Forwarded.define(inbound_from=[TOKEN])
    ingress = _rules(forwarded.group("from other networks"), "SecurityGroupIngress")
    assert {each[0] for each in ingress} == {"Parameter"}


# ---------------------------------------------------------------- outbound


def test_each_domain_has_a_rule_to_its_name_servers(both: Forwarded) -> None:
    rules = {each["DomainName"]: each for each in both.all(_RULE)}
    assert set(rules) == {"corp.example", "lab.test"}
    assert rules["corp.example"]["TargetIps"] == [
        {"Ip": "10.1.0.53", "Port": "53"},
        {"Ip": "10.2.0.53", "Port": "5353"},
    ]
    (endpoint,) = {each["ResolverEndpointId"] for each in rules.values()}
    assert endpoint.startswith("HybridOutbound")
    assert {each["RuleType"] for each in rules.values()} == {"FORWARD"}
    assert set(both.forwarding.rules) == {"corp.example", "lab.test"}


def test_the_outbound_endpoint_reaches_the_stated_servers_only(both: Forwarded) -> None:
    group = both.group("to other networks")
    assert "SecurityGroupIngress" not in group
    assert _rules(group, "SecurityGroupEgress") == {
        (*server[:1], protocol, *server[1:])
        for server in (("10.1.0.53/32", 53, 53), ("10.2.0.53/32", 5353, 5353))
        for protocol in ("tcp", "udp")
    }


def test_the_rules_are_for_the_vpc_and_for_those_beside_it() -> None:
    stack = new_stack()
    vpc = vpc_of(stack)
    other = ec2.Vpc.from_vpc_attributes(
        stack, "Other", availability_zones=["eu-west-1a"], vpc_id="vpc-2"
    )
    ResolverForwarding(stack, "Hybrid", vpc=vpc, outbound=_OUTBOUND, associate_vpcs=[other])
    found = assertions.Template.from_stack(stack).find_resources(_ASSOCIATION).values()
    pairs = {(each["Properties"]["VPCId"], json.dumps(each["Properties"]["ResolverRuleId"]))
             for each in found}  # fmt: skip
    assert len(pairs) == 4
    assert {vpc_id for vpc_id, _ in pairs} == {"vpc-1", "vpc-2"}


def test_another_domain_leaves_the_ids_of_the_others(both: Forwarded) -> None:
    more = Forwarded.define(outbound={"a.test": ["10.9.0.53"], **_OUTBOUND})
    for resource_type in (_RULE, _ASSOCIATION):
        ids = set(both.template.find_resources(resource_type))
        assert ids < set(more.template.find_resources(resource_type))


def test_all_domains_may_be_forwarded_with_a_warning() -> None:
    forwarded = Forwarded.define(outbound={".": ["10.1.0.53"]})
    (rule,) = forwarded.all(_RULE)
    assert rule["DomainName"] == "."
    (warning,) = assertions.Annotations.from_stack(forwarded.stack).find_warning(
        "/Stack/Hybrid", assertions.Match.any_value()
    )
    assert "ddns-constructs:forwardsAll" in str(warning.entry.data)


# ---------------------------------------------------------------- sharing


def test_accounts_may_be_outside_of_the_organization(both: Forwarded) -> None:
    (share,) = both.all("AWS::RAM::ResourceShare")
    assert share["Principals"] == ["444455556666"]
    assert share["AllowExternalPrincipals"] is True
    assert len(share["ResourceArns"]) == len(_OUTBOUND)
    assert all(each.endswith(".Arn") for each in share["ResourceArns"])
    assert both.forwarding.share is not None


def test_an_organization_keeps_others_out() -> None:
    arn = "arn:aws:organizations::111122223333:organization/o-abc"
    unit = "arn:aws:organizations::111122223333:ou/o-abc/ou-1"
    forwarded = Forwarded.define(outbound=_OUTBOUND, share_with=[arn, unit])
    (share,) = forwarded.all("AWS::RAM::ResourceShare")
    assert share["AllowExternalPrincipals"] is False


def test_nothing_is_there_that_was_not_asked_for() -> None:
    inbound = Forwarded.define(inbound_from=["10.1.0.0/16"])
    assert [each["Direction"] for each in inbound.all(_ENDPOINT)] == ["INBOUND"]
    for resource_type in (_RULE, _ASSOCIATION, "AWS::RAM::ResourceShare"):
        inbound.template.resource_count_is(resource_type, 0)
    assert inbound.forwarding.outbound_endpoint is None
    assert inbound.forwarding.outbound_security_group is None
    outbound = Forwarded.define(outbound=_OUTBOUND)
    assert [each["Direction"] for each in outbound.all(_ENDPOINT)] == ["OUTBOUND"]
    assert outbound.forwarding.inbound_endpoint is None
    assert outbound.forwarding.inbound_security_group is None


# ---------------------------------------------------------------- outputs, metrics, alarms


def test_the_outputs_have_the_ids_of_endpoints_and_rules() -> None:
    forwarded = Forwarded.define(inbound_from=["10.1.0.0/16"], outbound=_OUTBOUND)
    forwarded.forwarding.add_outputs(prefix="Hybrid")
    outputs = forwarded.template.to_json()["Outputs"]
    assert set(outputs) == {
        *("HybridInboundEndpoint", "HybridOutboundEndpoint", "HybridResolverRules", "DdnsStatus"),
    }
    rules = json.loads(resolve(outputs["HybridResolverRules"]["Value"]))
    ids = set(forwarded.template.find_resources(_RULE))
    assert {each.removesuffix(".ResolverRuleId") for each in rules.values()} == ids
    assert set(rules) == {"corp.example", "lab.test"}


def test_an_endpoint_that_is_not_there_has_no_output() -> None:
    forwarded = Forwarded.define(inbound_from=["10.1.0.0/16"])
    forwarded.forwarding.add_outputs()
    assert set(forwarded.template.to_json()["Outputs"]) == {"InboundEndpoint", "DdnsStatus"}


@pytest.mark.parametrize(
    ("method", "counted"),
    (
        ("metric_inbound_queries", "InboundQueryVolume"),
        ("metric_outbound_queries", "OutboundQueryVolume"),
    ),
)
def test_queries_are_counted_at_each_endpoint(both: Forwarded, method: str, counted: str) -> None:
    metric = getattr(both.forwarding, method)(period=cdk.Duration.minutes(1))
    assert (metric.namespace, metric.metric_name) == ("AWS/Route53Resolver", counted)
    assert list(metric.dimensions) == ["EndpointId"]
    assert (metric.statistic, metric.period.to_seconds()) == ("Sum", 60)


def test_queries_at_an_endpoint_that_is_not_there_are_refused() -> None:
    inbound = Forwarded.define(inbound_from=["10.1.0.0/16"]).forwarding
    with pytest.raises(ValueError, match="this counts at an endpoint that needs 'outbound'"):
        inbound.metric_outbound_queries()


def test_an_interface_that_is_not_healthy_sets_off_an_alarm() -> None:
    forwarded = Forwarded.define(inbound_from=["10.1.0.0/16"], outbound=_OUTBOUND)
    topic = sns.Topic(forwarded.stack, "Topic")
    added = forwarded.forwarding.add_alarms(topic)
    assert added.inbound is not None
    assert added.outbound is not None
    with pytest.raises(ValueError, match="'add_alarms' adds its alarms once"):
        forwarded.forwarding.add_alarms(topic)
    alarms = forwarded.all("AWS::CloudWatch::Alarm")
    assert len(alarms) == 2
    for alarm in alarms:
        assert (alarm["MetricName"], alarm["Statistic"]) == ("EndpointUnhealthyENICount", "Maximum")
        assert alarm["Threshold"] == 1


def test_one_direction_has_one_alarm() -> None:
    forwarded = Forwarded.define(outbound=_OUTBOUND)
    added = forwarded.forwarding.add_alarms(sns.Topic(forwarded.stack, "Topic"))
    assert added.inbound is None
    forwarded.template.resource_count_is("AWS::CloudWatch::Alarm", 1)
