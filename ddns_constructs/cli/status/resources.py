"""What a stack has of this library, and how it is, by asking the services."""

from __future__ import annotations

import datetime as dt
import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from ddns_constructs.cli.aws import aws_client
from ddns_constructs.cli.deployment import describe_stack
from ddns_constructs.cli.errors import CommandError
from ddns_constructs.cli.finding import Finding
from ddns_constructs.cli.status.endpoint import look_at_endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["FAILOVER", "Stack", "variables_of"]

FAILOVER = "failover"
"""The kind of the function that moves a service address."""

_KINDS = {
    "ddns.handlers.client.handler": "ClientDdns",
    "ddns.handlers.instance.handler": "InstanceDdns",
    "ddns.handlers.failover.handler": FAILOVER,
}
_DIRECT = "ApiGatewayDirectDdns"
_ALARMS_AT_ONCE = 100
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}
_STUCK = 3600  # a step of a sweep is minutes at most
_HERE = {"Enabled", "Enabling", "Creating", "Updating"}


class Stack:
    """A stack, and what it has.

    Args:
        name: Its name.
        url: Where an endpoint answers, if another than AWS says.

    Raises:
        CommandError: There is no such stack.
    """

    def __init__(self, name: str, url: str = "") -> None:
        self._name = name
        self._url = url
        self._stack = describe_stack(name)
        self._by_type: dict[str, list[str]] = {}
        pages = aws_client("cloudformation").get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=name):
            for each in page["StackResourceSummaries"]:
                ids = self._by_type.setdefault(each["ResourceType"], [])
                ids.append(each.get("PhysicalResourceId", ""))

    def ids(self, kind: str) -> list[str]:
        """Return the physical ids of the resources of a type."""
        return [each for each in self._by_type.get(kind, ()) if each]

    def itself(self) -> Iterator[Finding]:
        """Yield how the last deployment ended."""
        state = self._stack["StackStatus"]
        remedy = ""
        if "ROLLBACK" in state or state.endswith("FAILED"):
            remedy = (
                "the last deployment failed: `aws cloudformation describe-stack-events "
                f"--stack-name {shlex.quote(self._name)}` says why"
            )
        yield Finding("stack", state, remedy)

    @property
    def outputs(self) -> dict[str, str]:
        """The values of its outputs by their names."""
        return {each["OutputKey"]: each["OutputValue"] for each in self._stack.get("Outputs", [])}

    def functions(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the functions of this library, each with the construct that it belongs to."""
        client = aws_client("lambda")
        for name in self.ids("AWS::Lambda::Function"):
            found = client.get_function(FunctionName=name)
            kind = _KINDS.get(found["Configuration"].get("Handler", ""))
            if kind:
                yield kind, found

    def apis(self) -> Iterator[dict[str, Any]]:
        """Yield the REST APIs of this library."""
        client = aws_client("apigateway")
        for api_id in self.ids("AWS::ApiGateway::RestApi"):
            api = client.get_rest_api(restApiId=api_id)
            if _DIRECT in api.get("description", ""):
                yield api

    # ------------------------------------------------------------ functions

    def function(self, found: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield how a function is, its queue and its dead letters."""
        configuration = found["Configuration"]
        name = configuration["FunctionName"]
        quoted = shlex.quote(name)
        state, update = configuration.get("State", ""), configuration.get("LastUpdateStatus", "")
        broken = state == "Failed" or update == "Failed"
        yield Finding("function", name, "it cannot be run: deploy again" if broken else "")
        if found.get("Concurrency", {}).get("ReservedConcurrentExecutions") == 0:
            remedy = f"`aws lambda delete-function-concurrency --function-name {quoted}`, or deploy"
            yield Finding("concurrency", "0 is reserved: nothing runs", remedy)
        client = aws_client("lambda")
        mappings = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        for each in mappings:
            if each.get("State", "Enabled") not in _HERE:
                remedy = f"`aws lambda update-event-source-mapping --enabled --uuid {each['UUID']}`"
                yield Finding("queue", f"is not read: {each['State']}", remedy)
        yield self._dead_letters(variables_of(found)["DDNS_DEAD_LETTER_QUEUE_URL"])

    def _dead_letters(self, url: str) -> Finding:
        client, count = aws_client("sqs"), "ApproximateNumberOfMessages"
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=[count])
        number = int(answer["Attributes"][count])
        if not number:
            return Finding("dead letters", "none")
        remedy = (
            f"`aws sqs receive-message --queue-url {shlex.quote(url)} "
            "--message-attribute-names Reason` says why; docs/operations.md, how to send them back"
        )
        return Finding("dead letters", str(number), remedy)

    def client_endpoints(self, found: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield whether the endpoint of a ClientDdns answers."""
        urls = [f"https://{each}/" for each in _listed(found, "DDNS_ENDPOINT_NAMES")]
        if self._url:
            urls = [self._url]
        elif not urls and self.ids("AWS::Lambda::Url"):
            name = found["Configuration"]["FunctionName"]
            urls = [aws_client("lambda").get_function_url_config(FunctionName=name)["FunctionUrl"]]
        elif not urls:
            client = aws_client("apigatewayv2")
            apis = [client.get_api(ApiId=each) for each in self.ids("AWS::ApiGatewayV2::Api")]
            urls = [f"{each['ApiEndpoint'].rstrip('/')}/" for each in apis]
        for url in urls:
            yield look_at_endpoint(url, "checkip", given=bool(self._url))

    # ------------------------------------------------------------ sweeps

    def sweeps(self, found: Mapping[str, Any], now: dt.datetime) -> Iterator[Finding]:
        """Yield whether sweeps are ordered, and whether one is under way."""
        interval = 0
        client = aws_client("events")
        for each in self.ids("AWS::Events::Rule"):
            name = each.rpartition("|")[2]
            rule = client.describe_rule(Name=name)
            if rule.get("State") == "DISABLED":
                remedy = f"`aws events enable-rule --name {shlex.quote(name)}`"
                yield Finding("rule", f"{name} is disabled", remedy)
            seconds = _seconds(rule.get("ScheduleExpression", ""))
            if seconds:
                interval = seconds
                yield self._ordered(name, interval, now)
        yield self._under_way(variables_of(found)["DDNS_TABLE"], now)

    def _ordered(self, rule: str, interval: int, now: dt.datetime) -> Finding:
        span = dt.timedelta(seconds=3 * interval)
        points = aws_client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Events",
            MetricName="Invocations",
            Dimensions=[{"Name": "RuleName", "Value": rule}],
            StartTime=now - span,
            EndTime=now,
            Period=300,
            Statistics=["Sum"],
        )["Datapoints"]
        times = [each["Timestamp"] for each in points if each["Sum"]]
        if times:
            last = max(times).astimezone(dt.timezone.utc).isoformat(timespec="minutes")
            return Finding("last sweep", f"ordered about {last}")
        text = f"none was ordered by the schedule for {span}"
        # A deployment orders its first one itself.
        missed = now - self._stack["CreationTime"] > span
        return Finding("last sweep", text, "look at the rule, and its policy" if missed else "")

    def _under_way(self, table: str, now: dt.datetime) -> Finding:
        client = aws_client("dynamodb")
        item = client.get_item(TableName=table, Key={"pk": {"S": "SWEEP"}}).get("Item")
        if item is None:
            return Finding("sweep", "none is under way: the last one has ended")
        age = int(now.timestamp() - _touched(item))
        text = f"under way, step {item['step']['N']}, {age} s ago"
        remedy = (
            "the function's log says why; the next order begins another" if age > _STUCK else ""
        )
        return Finding("sweep", text, remedy)

    # ------------------------------------------------------------ API Gateway

    def api(self, api: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield whether a REST API answers."""
        client = aws_client("apigateway")
        domains = self.ids("AWS::ApiGateway::DomainName")
        for stage in client.get_stages(restApiId=api["id"])["item"]:
            region = client.meta.region_name
            url = f"https://{api['id']}.execute-api.{region}.amazonaws.com/{stage['stageName']}/"
            if api.get("disableExecuteApiEndpoint") and domains:
                url = f"https://{domains[0]}/"
            yield look_at_endpoint(self._url or url, given=bool(self._url))

    # ------------------------------------------------------------ alarms

    def alarms(self) -> Iterator[Finding]:
        """Yield the alarms of the stack that are on."""
        names = self.ids("AWS::CloudWatch::Alarm")
        if not names:
            yield Finding("alarms", "none are defined: `ddns.add_alarms(topic)` of the construct")
            return
        count = 0
        for alarm in _described(names):
            if alarm["StateValue"] == "ALARM":
                count += 1
                reason = " ".join(alarm.get("StateReason", "").split())
                remedy = alarm.get("AlarmDescription") or reason or "look at it in CloudWatch"
                yield Finding("alarm", alarm["AlarmName"], remedy)
        yield Finding("alarms", f"{count} of {len(names)} on")


def _described(names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    client = aws_client("cloudwatch")
    for start in range(0, len(names), _ALARMS_AT_ONCE):
        some = list(names[start : start + _ALARMS_AT_ONCE])
        answer = client.describe_alarms(AlarmNames=some, MaxRecords=_ALARMS_AT_ONCE)
        yield from answer["MetricAlarms"]


def variables_of(found: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the environment of a function.

    Raises:
        CommandError: Lambda does not show it.
    """
    variables: Mapping[str, str] = found["Configuration"].get("Environment", {}).get("Variables")
    if not variables:
        raise CommandError("Lambda shows no environment: ask for kms:Decrypt of its key")
    return variables


def _listed(found: Mapping[str, Any], name: str) -> list[str]:
    return [str(each) for each in json.loads(variables_of(found).get(name, "[]"))]


def _seconds(schedule: str) -> int:
    """Return the interval of a schedule such as `rate(1 hour)`; 0 for none."""
    found = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule)
    return int(found[1]) * _UNITS[found[2]] if found else 0


def _touched(item: Mapping[str, Any]) -> int:
    return int(item["touched"]["N"]) // 1000
