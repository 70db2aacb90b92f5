"""What the construct writes into the environment is what the runtime reads from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53

from ddns.client.settings import ClientSettings
from ddns.core.client import addresses
from ddns.core.instance.adoption import Adoption
from ddns.instance.settings import InstanceSettings
from ddns_constructs import (
    AddressPolicy,
    Adopt,
    ClientDdns,
    ClientEndpoint,
    ClientProtocol,
    InstanceDdns,
    RecordPolicy,
    ReverseZones,
    TagKeys,
)

_LAMBDA = {"AWS_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_NAME": "Ddns"}


def _resolved(value: Any) -> str:  # noqa: ANN401 - CloudFormation's own shapes
    """Return a value as CloudFormation would fill it in; a reference becomes its logical id."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Ref":
        return str(argument)
    assert function == "Fn::Join"
    separator, parts = argument
    return str(separator).join(_resolved(part) for part in parts)


def _function(stack: cdk.Stack) -> dict[str, Any]:
    (function,) = (
        assertions.Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    )
    properties: dict[str, Any] = function["Properties"]
    return properties


def _environment(stack: cdk.Stack) -> dict[str, str]:
    variables = _function(stack)["Environment"]["Variables"]
    return {name: _resolved(value) for name, value in variables.items()}


def _stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Stack")


def _imported(stack: cdk.Stack, name: str) -> route53.IHostedZone:
    return route53.HostedZone.from_hosted_zone_attributes(
        stack, f"Zone{name}", hosted_zone_id=f"Z{len(name):019}", zone_name=name
    )


def test_the_defaults_are_understood() -> None:
    stack = _stack()
    public = route53.PublicHostedZone(stack, "Public", zone_name="Example.com")
    InstanceDdns(stack, "Ddns", hosted_zones=[public])
    settings = InstanceSettings.from_environment({**_environment(stack), **_LAMBDA})
    (zone,) = settings.zones
    assert (zone.name, zone.private) == ("example.com", False)
    assert zone.id.startswith("Public")
    assert settings.table.startswith("DdnsTable")
    assert settings.queue_url.startswith("DdnsQueue")
    assert settings.dead_letter_queue_url.startswith("DdnsDeadLetterQueue")
    assert (settings.ttl, settings.max_deletes) == (60, 100)
    assert settings.requests_a_second == 4
    assert (settings.associate_vpcs, settings.reverse_zones_created) == (False, False)
    assert settings.adopt == Adoption()
    assert settings.rules.use_dhcp_domain
    assert settings.rules.template == "{private_dns}"
    assert (settings.rules.tags.zone, settings.rules.tags.cname) == ("ZONE", "CNAME")
    assert settings.rules.allowed.patterns == {"*.example.com"}


def test_every_setting_arrives() -> None:
    stack = _stack()
    InstanceDdns(
        stack,
        "Ddns",
        hosted_zones=[_imported(stack, "example.com"), _imported(stack, "10.in-addr.arpa")],
        adopt=Adopt.names("*.example.com") | Adopt.identical(),
        allowed_names=["web.Example.com.", "*.dev.example.com"],
        associate_vpcs=True,
        host_name="{name}-{instance_id}",
        max_deletes=7,
        sweep_requests_per_second=9,
        record_policy=RecordPolicy.CREATE_ONLY,
        reverse_zones=ReverseZones.CREATE_AS_NEEDED,
        tags=TagKeys("dns:zone", "dns:alias", "dns:host"),
        ttl=cdk.Duration.minutes(5),
        use_dhcp_domain=False,
    )
    settings = InstanceSettings.from_environment({**_environment(stack), **_LAMBDA})
    assert [(zone.name, zone.private) for zone in settings.zones] == [
        ("example.com", None),
        ("10.in-addr.arpa", None),
    ]
    assert settings.adopt == Adoption(frozenset({"*.example.com"}), identical=True)
    assert settings.rules.allowed.patterns == {"*.dev.example.com", "web.example.com"}
    assert (settings.associate_vpcs, settings.reverse_zones_created) == (True, True)
    assert (settings.max_deletes, settings.ttl) == (7, 300)
    assert settings.requests_a_second == 9
    assert settings.rules.tags.host_name == "dns:host"
    assert settings.rules.template == "{name}-{instance_id}"
    assert not settings.rules.use_dhcp_domain


@pytest.mark.parametrize("policy", RecordPolicy)
def test_every_record_policy_is_known(policy: RecordPolicy) -> None:
    stack = _stack()
    InstanceDdns(
        stack, "Ddns", hosted_zones=[_imported(stack, "example.com")], record_policy=policy
    )
    InstanceSettings.from_environment({**_environment(stack), **_LAMBDA})


def test_every_variable_is_read() -> None:
    stack = _stack()
    InstanceDdns(stack, "Ddns", hosted_zones=[_imported(stack, "example.com")])
    environment = _environment(stack)
    for name in environment:
        left = {key: value for key, value in environment.items() if key != name}
        with pytest.raises(Exception, match=name):
            InstanceSettings.from_environment({**left, **_LAMBDA})


@pytest.mark.parametrize("construct", (InstanceDdns, ClientDdns))
def test_the_handler_is_in_the_asset_and_imports_with_the_environment(
    tmp_path: Path, construct: type[InstanceDdns | ClientDdns]
) -> None:
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.Stack(app, "Stack")
    construct(stack, "Ddns", hosted_zones=[_imported(stack, "example.com")])
    properties, environment = _function(stack), _environment(stack)
    app.synth()
    assets = json.loads((tmp_path / "Stack.assets.json").read_text())["files"].values()
    (folder,) = [a["source"]["path"] for a in assets if a["source"]["packaging"] == "zip"]
    module, _, attribute = properties["Handler"].rpartition(".")
    subprocess.run(
        [sys.executable, "-B", "-c", f"from {module} import {attribute}"],
        check=True,
        cwd=tmp_path / folder,
        env={**os.environ, **environment, **_LAMBDA, "PYTHONPATH": "."},
    )


# ---------------------------------------------------------------- ClientDdns


def test_the_defaults_of_client_ddns_are_understood() -> None:
    stack = _stack()
    public = route53.PublicHostedZone(stack, "Public", zone_name="Example.com")
    ClientDdns(stack, "Ddns", hosted_zones=[public])
    settings = ClientSettings.from_environment({**_environment(stack), **_LAMBDA})
    (zone,) = settings.rules.zones
    assert (zone.name, zone.private) == ("example.com", False)
    assert zone.id.startswith("Public")
    assert settings.table.startswith("DdnsTable")
    assert settings.queue_url.startswith("DdnsQueue")
    assert settings.dead_letter_queue_url.startswith("DdnsDeadLetterQueue")
    assert (settings.ttl, settings.verify) == (60, 3600)
    assert settings.rules.names == ()
    assert settings.rules.types == {"A", "AAAA"}
    assert settings.rules.policy is addresses.AddressPolicy.SOURCE
    assert not settings.rules.offline
    assert settings.terms.protocols == {"seed", "dyndns2", "checkip", "signed"}
    assert settings.interval == 5
    assert settings.rules.endpoint == frozenset()
    terms = settings.terms
    assert (terms.bad_auth_status, terms.refusal_status, terms.trouble_status) == (401, 403, 503)
    assert (terms.allowed_cidrs, terms.origins) == ((), ())
    assert settings.terms.watched == frozenset()


def test_every_setting_of_client_ddns_arrives() -> None:
    stack = _stack()
    ddns = ClientDdns(
        stack,
        "Ddns",
        hosted_zones=[_imported(stack, "example.com"), _imported(stack, "home.org")],
        address_policy=AddressPolicy.ANY,
        allow_offline=True,
        allowed_cidrs=["203.0.113.0/24", "2001:db8::/32"],
        allowed_names=["*.Dyn.example.com", "*.home.org"],
        bad_auth_status=200,
        change_interval=cdk.Duration.minutes(1),
        ttl=cdk.Duration.minutes(5),
        protocols=[ClientProtocol.DYNDNS2, ClientProtocol.QUERY_CREDENTIALS],
        endpoint=ClientEndpoint.custom_domain(
            certificate=acm.Certificate.from_certificate_arn(
                stack, "Certificate", "arn:aws:acm:us-east-1:111122223333:certificate/0"
            ),
            domain_name="DDNS.example.com",
        ),
        origin_digests=["AB" * 32],
        record_types=[route53.RecordType.AAAA, route53.RecordType.TXT],
        refusal_status=200,
        trouble_status=200,
        verify_interval=cdk.Duration.seconds(0),
    )
    ddns.metric_host_seen("Home.dyn.example.com")
    settings = ClientSettings.from_environment({**_environment(stack), **_LAMBDA})
    assert [(zone.name, zone.private) for zone in settings.rules.zones] == [
        ("example.com", None),
        ("home.org", None),
    ]
    assert set(settings.rules.names) == {"*.dyn.example.com", "*.home.org"}
    assert settings.rules.types == {"AAAA", "TXT"}
    assert settings.rules.policy is addresses.AddressPolicy.ANY
    assert settings.rules.offline
    assert (settings.ttl, settings.verify) == (300, 0)
    assert settings.terms.protocols == {"dyndns2", "query-credentials"}
    assert settings.interval == 60
    assert settings.rules.endpoint == {"ddns.example.com"}
    terms = settings.terms
    assert (terms.bad_auth_status, terms.refusal_status, terms.trouble_status) == (200, 200, 200)
    assert [str(each) for each in terms.allowed_cidrs] == ["203.0.113.0/24", "2001:db8::/32"]
    assert terms.origins == ("ab" * 32,)
    assert settings.terms.watched == {"home.dyn.example.com"}


@pytest.mark.parametrize("policy", AddressPolicy)
def test_every_address_policy_is_known(policy: AddressPolicy) -> None:
    assert addresses.AddressPolicy(policy.value).name == policy.name


def test_every_variable_of_client_ddns_is_read() -> None:
    stack = _stack()
    ClientDdns(stack, "Ddns", hosted_zones=[_imported(stack, "example.com")])
    environment = _environment(stack)
    for name in environment:
        left = {key: value for key, value in environment.items() if key != name}
        with pytest.raises(Exception, match=name):
            ClientSettings.from_environment({**left, **_LAMBDA})
