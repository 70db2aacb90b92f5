"""`ddns failover switch` of a name: one batch, and PENDING until every name server has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.failover.operator import CHECK, NAME

if TYPE_CHECKING:
    from tests.cli.failover.operator import Operator

AWAY, BACK = ("switch", "db", "--to", "secondary"), ("switch", "db", "--to", "primary")


def values(operator: Operator, role: str, kind: str = "A") -> list[str]:
    found = operator.record_sets()[kind, role]
    return [each["Value"] for each in found["ResourceRecords"]]


def test_the_primary_gets_the_secondary_s_values_and_comes_back(operator: Operator) -> None:
    before = operator.record_sets()
    operator.events = [lambda: None, operator.route53.propagate]
    printed = operator.prints(*AWAY, "--reason", "drill")
    assert "PENDING" in printed
    assert "INSYNC" in printed
    assert "resolvers may keep the primary for 10 s more" in printed
    assert (values(operator, "PRIMARY"), values(operator, "SECONDARY")) == (
        ["10.0.2.5"],
        ["10.0.2.5"],
    )
    assert operator.record_sets()["A", "PRIMARY"]["HealthCheckId"] == CHECK
    operator.events = [operator.route53.propagate]
    printed = operator.prints(*BACK)
    assert "db.example.com answers the primary, 10.0.1.5: as its health check is healthy" in printed
    assert operator.record_sets() == before


def test_back_at_its_primary_it_may_answer_the_secondary_all_the_same(operator: Operator) -> None:
    operator.prints(*AWAY, "--wait", "0")
    observed = ["Success: HTTP Status Code 200, OK"] * 10
    relay = {"Type": "HTTPS", "FullyQualifiedDomainName": "relay.example", "Inverted": True}
    operator.route53.add_health_check(CHECK, *observed, **relay)
    found = operator.json(*BACK, "--wait", "0")
    assert (found["to"], found["answers"]) == ("primary", "secondary")
    assert "as its health check is unhealthy" in operator.prints("status", "db", code=1)


def test_where_it_is_already_nothing_is_written(operator: Operator) -> None:
    assert operator.json(*BACK) == {
        "failover": NAME,
        "to": "primary",
        "written": False,
        "done": True,
    }
    operator.prints(*AWAY, "--wait", "0")
    assert "is switched to its secondary already" in operator.prints(*AWAY)
    assert operator.route53.requests["change_resource_record_sets"] == 1


def test_programs_get_the_change_and_whether_it_is_everywhere(operator: Operator) -> None:
    found = operator.json(*AWAY, "--wait", "0")
    assert (found["written"], found["done"]) == (True, False)
    status = operator.route53.get_change(Id=found["change"])["ChangeInfo"]["Status"]
    assert status == "PENDING"


def test_a_change_that_takes_too_long_is_not_awaited_for_ever(operator: Operator) -> None:
    text = operator.refused(*AWAY, "--wait", "30")
    assert "it is not done after 30 s: PENDING" in text
    assert "aws route53 get-change --id C" in text
    assert values(operator, "PRIMARY") == ["10.0.2.5"]


def test_a_busy_zone_is_asked_again(operator: Operator) -> None:
    change = "change_resource_record_sets"
    operator.route53.fail_next(change, "PriorRequestNotComplete")
    operator.route53.fail_next(change, "Throttling")
    operator.prints(*AWAY, "--wait", "0")
    assert values(operator, "PRIMARY") == ["10.0.2.5"]
    assert sum(operator.clock.slept) == 6.0
    operator.route53.fail_next(change, "PriorRequestNotComplete", times=5)
    assert "takes no changes, as others change it all the time" in operator.refused(*BACK)


def test_every_type_moves_in_one_batch(operator: Operator) -> None:
    more = {"type": "AAAA", "primary": ["2001:DB8::5"], "secondary": ["2001:db8:0::6"]}
    operator.outputs["DbFailoverName"] = json.dumps({**operator.name_output(), "more": [more]})
    operator.primary("2001:db8::5", check=CHECK, kind="AAAA")
    fields = {"SetIdentifier": "secondary", "Failover": "SECONDARY"}
    operator.route53.put_foreign(operator.zone, NAME, "AAAA", ["2001:db8::6"], 10, **fields)
    assert operator.json(*BACK)["written"] is False
    operator.prints(*AWAY, "--wait", "0")
    assert values(operator, "PRIMARY", "AAAA") == ["2001:db8::6"]
    assert values(operator, "PRIMARY") == ["10.0.2.5"]
    assert operator.route53.requests["change_resource_record_sets"] == 1


@pytest.mark.parametrize("role", ("PRIMARY", "SECONDARY"))
def test_a_record_set_that_is_missing_is_said(operator: Operator, role: str) -> None:
    operator.route53.remove_foreign(operator.zone, NAME, "A")
    if role == "SECONDARY":
        operator.primary("10.0.1.5", check=CHECK)
    else:
        fields = {"SetIdentifier": "secondary", "Failover": "SECONDARY"}
        operator.route53.put_foreign(operator.zone, NAME, "A", ["10.0.2.5"], 10, **fields)
    assert f"has no {role} record set db.example.com A" in operator.refused(*AWAY)


def test_what_is_only_for_addresses_is_refused(operator: Operator) -> None:
    assert "--to must be primary or secondary, got 'b'" in operator.refused(
        "switch", "db", "--to", "b", code=2
    )
    assert "leave --hold out" in operator.refused(*AWAY, "--hold", "x", code=2)
    assert "leave --anyway out" in operator.refused(*AWAY, "--anyway", code=2)
    assert operator.route53.requests["change_resource_record_sets"] == 0


def test_a_cname_moves_too(operator: Operator) -> None:
    both = {"primary": ["a.example.net."], "secondary": ["B.example.net"]}
    output = {**operator.name_output(), "type": "CNAME", **both}
    operator.outputs["DbFailoverName"] = json.dumps(output)
    operator.route53.remove_foreign(operator.zone, NAME, "A")
    operator.primary("a.example.net", check=CHECK, kind="CNAME")
    fields = {"SetIdentifier": "secondary", "Failover": "SECONDARY"}
    operator.route53.put_foreign(operator.zone, NAME, "CNAME", ["b.example.net."], 10, **fields)
    assert operator.json(*BACK)["written"] is False
    operator.prints(*AWAY, "--wait", "0")
    assert values(operator, "PRIMARY", "CNAME") == ["b.example.net."]


def test_a_neighbour_in_the_zone_is_not_taken_for_the_name(operator: Operator) -> None:
    operator.route53.put_foreign(operator.zone, f"x.{NAME}", "A", ["10.9.9.9"])
    operator.route53.put_foreign(operator.zone, NAME, "TXT", ['"v"'])
    operator.prints(*AWAY, "--wait", "0")
    assert values(operator, "PRIMARY") == ["10.0.2.5"]


def test_what_route53_refuses_is_said(operator: Operator) -> None:
    operator.route53.fail_next("change_resource_record_sets", "NoSuchHealthCheck")
    text = operator.refused(*AWAY)
    assert "AWS refused ChangeResourceRecordSets: NoSuchHealthCheck" in text
    operator.route53.remove_zone(operator.zone)
    assert "NoSuchHostedZone" in operator.refused(*AWAY)
