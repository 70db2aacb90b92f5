"""A name in a private zone leads to another instance, in another zone, while the first is down."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from ddns_constructs import Endpoint, NameFailover, Probe

SERVE = """mkdir -p /srv/www
hostname > /srv/www/index.html
cat > /etc/systemd/system/web.service << 'UNIT'
[Service]
ExecStart=/usr/bin/python3 -m http.server 80 --directory /srv/www
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now web"""


class NameFailoverStack(Stack):
    """Two instances of a service, each in a zone of its own, and one name for both."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        subnet = ec2.SubnetConfiguration(
            name="Inner", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24
        )
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=0, subnet_configuration=[subnet])
        zone = route53.PrivateHostedZone(self, "Zone", zone_name="example.internal", vpc=vpc)
        first, second = (_instance(self, name, vpc, subnet) for name, subnet in _subnets(vpc))
        web = NameFailover(
            self,
            "Web",
            hosted_zone=zone,
            record_name="web",
            primary=Endpoint.instance(first),
            secondary=Endpoint.instance(second),
            check=Probe.http(path="/"),
            vpc=vpc,
        )
        web.add_alarms(sns.Topic(self, "OnCall", enforce_ssl=True))
        web.add_outputs()  # `ddns failover` finds the name by them
        for instance in (first, second):
            instance.connections.allow_from(web.connections, ec2.Port.tcp(80), "Probes")
        _acknowledge(vpc, web, first, second)


def _subnets(vpc: ec2.Vpc) -> list[tuple[str, ec2.ISubnet]]:
    return list(zip(("First", "Second"), vpc.isolated_subnets, strict=True))


def _instance(scope: Construct, name: str, vpc: ec2.Vpc, subnet: ec2.ISubnet) -> ec2.Instance:
    """Define an instance that answers at port 80 with its host name."""
    disk = ec2.BlockDeviceVolume.ebs(8, encrypted=True)
    instance = ec2.Instance(
        scope,
        name,
        block_devices=[ec2.BlockDevice(device_name="/dev/xvda", volume=disk)],
        detailed_monitoring=True,
        instance_type=ec2.InstanceType("t4g.nano"),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(
            cpu_type=ec2.AmazonLinuxCpuType.ARM_64
        ),
        http_tokens=ec2.HttpTokens.REQUIRED,
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnets=[subnet]),
    )
    instance.add_user_data(SERVE)
    return instance


def _acknowledge(vpc: ec2.Vpc, web: NameFailover, *instances: ec2.Instance) -> None:
    """Accept what cdk-nag finds, each with its reason."""
    network = "A function's network interface has no ARN before it is there"
    for policy in web.network_policies:
        Validations.of(policy).acknowledge(
            Acknowledgment(id="AwsSolutions-IAM5[Resource::*]", reason=network)
        )
    Validations.of(vpc).acknowledge(
        Acknowledgment(id="AwsSolutions-VPC7", reason="A VPC to try things in: no flow log")
    )
    for instance in instances:
        Validations.of(instance).acknowledge(
            Acknowledgment(id="AwsSolutions-EC29", reason="A trial, to be terminated")
        )


app = App()
NameFailoverStack(app, "NameFailover")
app.synth()
