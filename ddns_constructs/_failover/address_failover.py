"""What the constructs whose address moves have in common."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from ddns_constructs._common.arguments import Problems, check_topic
from ddns_constructs._common.outputs import add_stack_outputs
from ddns_constructs._common.table import define_table
from ddns_constructs._failover import controller
from ddns_constructs._failover.alarms import FailoverAlarms, define_alarms
from ddns_constructs._failover.metrics import FailoverMetrics
from ddns_constructs._failover.places import stop_statement
from ddns_constructs._failover.probers import define_probers
from ddns_constructs._failover.settings import PARTITION_KEY, TIME_TO_LIVE
from ddns_constructs._failover.twins import claim

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from constructs import Construct

    from ddns_constructs._failover.places import Places
    from ddns_constructs._failover.settings import AddressSettings, Common


class AddressFailover(FailoverMetrics):
    """A service address that moves to another node when its node fails, and only then."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        address: str,
        common: Common,
        places: Places,
        settings: AddressSettings,
    ) -> None:
        own = places.claims(address)
        if common.table is not None:
            own[f"table {common.table.node.path}"] = "'table'"
        claim(scope, id, own)
        super().__init__(scope, id)
        self._address = address
        self._places = places
        self._settings = settings
        self._table = common.table or define_table(
            self,
            key=common.encryption_key,
            partition_key=PARTITION_KEY,
            removal_policy=common.removal_policy,
            time_to_live_attribute=TIME_TO_LIVE,
        )
        self._probers = define_probers(
            self,
            common.function,
            vpc=settings.vpc,
            zones=settings.prober_zones,
            nodes=settings.nodes,
            probe=settings.probe,
        )
        self._function, self._describe_policy = controller.define_controller(
            self,
            common.function,
            description=f"Moves {address or places.kind} (ddns-constructs, {type(self).__name__})",
            environment=self._environment(),
            statements=self._statements(),
            describe_actions=sorted(places.describe_actions(settings.nodes)),
        )
        # No prober is invoked before it may not use what Lambda may.
        self._function.node.add_dependency(*self._probers.network_policies)
        wide = places.wide_statements(self, settings.nodes, address)
        self._interface_policy = (
            controller.attach_policy(self, self._function, "InterfacePolicy", wide)
            if wide
            else None
        )
        self._schedule_rule = controller.define_schedule(self, self._function)
        self._state_rule = controller.define_state_rule(self, self._function, settings.nodes)
        settings.annotate(self, places)

    # ------------------------------------------------------------ what it made

    @property
    def address(self) -> str:
        """The service address."""
        return self._address

    @property
    def function(self) -> lambda_.IFunction:
        """The controller, the function that decides and moves."""
        return self._function

    @property
    def prober_functions(self) -> list[lambda_.IFunction]:
        """The functions that probe the nodes, one for each zone."""
        return list(self._probers.functions)

    @property
    def table(self) -> dynamodb.ITable:
        """The journal: who shall have the address, and each move of the last 90 days."""
        return self._table

    @property
    def connections(self) -> ec2.Connections:
        """The probers' connections, for nodes whose security groups this app does not define.

        A node that is an `Instance` lets the probers in by itself.
        """
        return ec2.Connections(security_groups=[self._probers.security_group])

    @property
    def schedule_rule(self) -> events.IRule:
        """The schedule of the controller."""
        return self._schedule_rule

    @property
    def state_rule(self) -> events.IRule | None:
        """The rule for nodes that start and stop; None where no node is an instance."""
        return self._state_rule

    @property
    def describe_policy(self) -> iam.Policy:
        """The policy with the controller's EC2 reads, which have no resource level.

        It stands alone so that a finding such as AwsSolutions-IAM5 can be acknowledged for it
        and nothing else.
        """
        return self._describe_policy

    @property
    def network_policies(self) -> list[iam.Policy]:
        """The policies by which Lambda places the probers in the VPC, and the probers may not.

        They stand alone so that a finding such as AwsSolutions-IAM5 can be acknowledged for them
        and nothing else.
        """
        return list(self._probers.network_policies)

    def add_outputs(self, prefix: str = "") -> None:
        """Add outputs to the stack, by which `ddns failover` and `ddns status` find it.

        They are `FailoverTable` and `FailoverFunction`, and once in a stack `DdnsStatus`, the
        command that shows how it is.

        Args:
            prefix: What their names begin with, letters and digits, where a stack has several
                failovers. Default: nothing.

        Raises:
            ValueError: The prefix is wrong, or the stack has such an output already.
        """
        outputs = {
            "FailoverTable": self._table.table_name,
            "FailoverFunction": self._function.function_name,
        }
        add_stack_outputs(self, outputs, prefix=prefix)

    # ------------------------------------------------------------ events

    def on_moved(
        self,
        id: str,
        *,
        description: str | None = None,
        rule_name: str | None = None,
        target: events.IRuleTarget | None = None,
    ) -> events.Rule:
        """Define a rule for moves of the address: each is an event on the default bus, or more.

        Its detail has `version`, `failover`, `table`, `from`, `to`, `by`, `reason`, `epoch`,
        `address` and `at`. One epoch is one move: an event may come more than once.

        Args:
            id: The id of the rule.
            description: What the rule is for. Default: that the address has moved.
            rule_name: Its physical name. Default: CloudFormation gives it one.
            target: What gets the event. Default: nothing; add targets to the rule.

        Returns:
            The rule.
        """
        return events.Rule(
            self,
            id,
            description=description or f"{self._address or 'A network interface'} has moved",
            event_pattern=events.EventPattern(
                source=[controller.EVENT_SOURCE],
                detail_type=[controller.EVENT_TYPE],
                detail={"table": [self._table.table_name]},
            ),
            rule_name=rule_name,
            targets=[target] if target is not None else None,
        )

    # ------------------------------------------------------------ grants

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal see state and history, as `ddns failover status` and `history` do.

        Both look for the outputs of the stack, too: that takes `cloudformation:DescribeStacks`.

        Args:
            grantee: Who may see them.

        Returns:
            The grant.
        """
        return _granted(grantee, self._read_statements())

    def grant_operate(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal switch, hold and release, beside what `grant_read` lets it see.

        It writes to the journal; the controller moves the address. So the principal needs no
        right on routes, addresses or interfaces.

        Args:
            grantee: Who may operate it.

        Returns:
            The grant.
        """
        changing = controller.operate_statements(self._table)
        return _granted(grantee, [*self._read_statements(), *changing])

    # ------------------------------------------------------------ alarms

    def add_alarms(self, topic: sns.ITopic) -> FailoverAlarms:
        """Add eleven alarms that notify a topic; CloudWatch bills each by the month.

        CloudWatch is allowed to publish to the topic, and to use its key.

        Args:
            topic: Where a change to the state ALARM, and the one back to OK, is published.

        Returns:
            The alarms, for actions of your own.

        Raises:
            TypeError: The topic is none.
            ValueError: They were added already.
        """
        check_topic(topic)
        if self.node.try_find_child("MovedAlarm") is not None:
            raise ValueError("'add_alarms' adds its alarms once, got a second call: use its result")
        return define_alarms(
            self,
            topic,
            function=self._function,
            places=self._places,
            timing=self._settings.timing,
        )

    # ------------------------------------------------------------ parts

    def _read_statements(self) -> list[iam.PolicyStatement]:
        return controller.read_statements(self, self._table, self._function)

    def _environment(self) -> dict[str, str]:
        settings = self._settings
        return {
            "TABLE": self._table.table_name,
            "FAILOVER": settings.failover(self.node.id, self._address, self._places),
            "FAILOVER_POLICY": settings.timing.as_json(),
            "FAILOVER_CHECK": settings.probe.as_json(),
            "PROBERS": json.dumps(
                [each.function_arn for each in self._probers.functions], separators=(",", ":")
            ),
        }

    def _statements(self) -> list[iam.PolicyStatement]:
        nodes = self._settings.nodes
        fence = [stop_statement(self, nodes)] if self._settings.timing.fence.stops else []
        return [
            *controller.journal_statements(self, self._table),
            controller.invoke_statement(self._probers.functions),
            controller.events_statement(self),
            *self._places.statements(self, nodes, self._address),
            *fence,
        ]


def checked(
    construct: str,
    id: str,
    *,
    address: str,
    places: Places,
    problems: Problems,
    settings: AddressSettings,
) -> None:
    """Raise a ValueError that lists every problem; what needs all arguments is looked at last."""
    for node in settings.nodes:
        if address and node.probe_address == address:
            problems.add(
                f"'nodes' must be probed at addresses of their own, and node '{node.name}' is at "
                "the one that moves, where always the active node answers: pass its own "
                "private address as probe_address"
            )
        elif address and node.declared_address == address:
            problems.add(
                f"'address' must be nobody's own, and node '{node.name}' is defined with it as its "
                "private address, which never leaves it: take another one"
            )
    if not problems:
        settings.check_size(id, address, places, problems)
    problems.raise_any(construct)


def _granted(grantee: iam.IGrantable, statements: list[iam.PolicyStatement]) -> iam.Grant:
    grant, *others = [
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=each.actions,
            resource_arns=each.resources,
            conditions=each.conditions,
        )
        for each in statements
    ]
    for other in others:
        grant = grant.combine(other)
    return grant
