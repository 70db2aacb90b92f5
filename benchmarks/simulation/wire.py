"""DescribeInstances as it comes over the wire, through botocore's own parser.

A page of 1,000 instances is the largest thing that the function ever holds: 5 MB of XML, the tree
that botocore makes of it, and the dictionaries that it returns. Where memory is measured, the fake
EC2 answers through it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from botocore import parsers
from botocore.session import get_session

Answer = dict[str, Any]
_EVERY = 10

# An instance with one interface and two volumes, as the API Reference's example and a real answer
# have it; nothing of it is left out that has a size.
_INSTANCE = """<item><instanceId>{id}</instanceId><imageId>ami-0abcdef1234567890</imageId>
<instanceState><code>16</code><name>{state}</name></instanceState>
<privateDnsName>{private_dns}</privateDnsName><dnsName/><reason/><keyName>operators</keyName>
<amiLaunchIndex>0</amiLaunchIndex><productCodes/><instanceType>m7g.large</instanceType>
<launchTime>{launched}</launchTime><placement><availabilityZone>us-east-1a</availabilityZone>
<availabilityZoneId>use1-az1</availabilityZoneId><groupName/><tenancy>default</tenancy></placement>
<monitoring><state>disabled</state></monitoring><subnetId>{subnet}</subnetId><vpcId>{vpc}</vpcId>
<privateIpAddress>{address}</privateIpAddress><sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>servers</groupName></item>
<item><groupId>sg-0123456789abcdef1</groupId><groupName>monitoring</groupName></item></groupSet>
<architecture>arm64</architecture><rootDeviceType>ebs</rootDeviceType>
<rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping>{volumes}</blockDeviceMapping>
<virtualizationType>hvm</virtualizationType><clientToken>{token}</clientToken><tagSet>{tags}</tagSet>
<hypervisor>xen</hypervisor><networkInterfaceSet><item>
<networkInterfaceId>eni-{number}</networkInterfaceId><subnetId>{subnet}</subnetId>
<vpcId>{vpc}</vpcId><description/><ownerId>123456789012</ownerId><status>in-use</status>
<macAddress>0a:1b:2c:3d:4e:5f</macAddress><privateIpAddress>{address}</privateIpAddress>
<privateDnsName>{private_dns}</privateDnsName><sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>servers</groupName></item>
<item><groupId>sg-0123456789abcdef1</groupId><groupName>monitoring</groupName></item></groupSet>
<attachment><attachmentId>eni-attach-{number}</attachmentId><deviceIndex>0</deviceIndex>
<status>attached</status><attachTime>{launched}</attachTime>
<deleteOnTermination>true</deleteOnTermination><networkCardIndex>0</networkCardIndex></attachment>
<privateIpAddressesSet><item><privateIpAddress>{address}</privateIpAddress>
<privateDnsName>{private_dns}</privateDnsName><primary>true</primary></item>
</privateIpAddressesSet><ipv6AddressesSet/><interfaceType>interface</interfaceType>
<operator><managed>false</managed></operator></item></networkInterfaceSet>
<iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/servers</arn>
<id>AIPA0123456789ABCDEFG</id></iamInstanceProfile><ebsOptimized>true</ebsOptimized>
<enaSupport>true</enaSupport><cpuOptions><coreCount>2</coreCount><threadsPerCore>1</threadsPerCore>
</cpuOptions><capacityReservationSpecification>
<capacityReservationPreference>open</capacityReservationPreference>
</capacityReservationSpecification><hibernationOptions><configured>false</configured>
</hibernationOptions><enclaveOptions><enabled>false</enabled></enclaveOptions>
<metadataOptions><state>applied</state><httpTokens>required</httpTokens>
<httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint>
<httpProtocolIpv6>disabled</httpProtocolIpv6><instanceMetadataTags>disabled</instanceMetadataTags>
</metadataOptions><platformDetails>Linux/UNIX</platformDetails>
<usageOperation>RunInstances</usageOperation>
<usageOperationUpdateTime>{launched}</usageOperationUpdateTime>
<privateDnsNameOptions><hostnameType>ip-name</hostnameType>
<enableResourceNameDnsARecord>true</enableResourceNameDnsARecord>
<enableResourceNameDnsAAAARecord>false</enableResourceNameDnsAAAARecord></privateDnsNameOptions>
<maintenanceOptions><autoRecovery>default</autoRecovery></maintenanceOptions>
<currentInstanceBootMode>uefi</currentInstanceBootMode><operator><managed>false</managed></operator>
</item>""".replace("\n", "")
_VOLUME = """<item><deviceName>{device}</deviceName><ebs><volumeId>vol-{number}</volumeId>
<status>attached</status><attachTime>{launched}</attachTime>
<deleteOnTermination>true</deleteOnTermination></ebs></item>""".replace("\n", "")


def through_botocore(
    parsing: Callable[[Callable[[bytes], Answer], bytes], Answer],
) -> Callable[[Answer], Answer]:
    """Return what turns an answer into XML and lets botocore parse it.

    Args:
        parsing: calls the parser, and measures it.
    """
    model = get_session().get_service_model("ec2")
    shape = model.operation_model("DescribeInstances").output_shape
    parser = parsers.create_parser(model.metadata["protocol"])

    def parse(body: bytes) -> Answer:
        answer: Answer = parser.parse({"body": body, "headers": {}, "status_code": 200}, shape)
        return answer

    parse(_body({"Reservations": []}))
    pages = itertools.count()
    # One page is as large as another: the first and every tenth is enough, and takes long.
    return lambda answer: answer if next(pages) % _EVERY else parsing(parse, _body(answer))


def _body(answer: Answer) -> bytes:
    reservations = "".join(
        f"<item><reservationId>{each['ReservationId']}</reservationId>"
        f"<ownerId>{each['OwnerId']}</ownerId><groupSet/>"
        f"<instancesSet>{''.join(map(_instance, each['Instances']))}</instancesSet></item>"
        for each in answer["Reservations"]
    )
    more = f"<nextToken>{answer['NextToken']}</nextToken>" if "NextToken" in answer else ""
    name = "http://ec2.amazonaws.com/doc/2016-11-15/"
    head = f'<?xml version="1.0" encoding="UTF-8"?><DescribeInstancesResponse xmlns="{name}">'
    body = f"<reservationSet>{reservations}</reservationSet>{more}</DescribeInstancesResponse>"
    return (head + body).encode()


def _instance(shape: Mapping[str, Any]) -> str:
    launched = shape["LaunchTime"].strftime("%Y-%m-%dT%H:%M:%S.000Z")
    number = shape["InstanceId"][2:]
    return _INSTANCE.format(
        id=shape["InstanceId"],
        number=number,
        state=shape["State"]["Name"],
        private_dns=shape.get("PrivateDnsName", ""),
        address=shape.get("PrivateIpAddress", ""),
        subnet=shape.get("SubnetId", ""),
        vpc=shape.get("VpcId", ""),
        launched=launched,
        token=f"Fleet-{number}-{number}",
        volumes="".join(
            _VOLUME.format(device=device, number=number, launched=launched)
            for device in ("/dev/xvda", "/dev/sdb")
        ),
        tags="".join(
            f"<item><key>{escape(tag['Key'])}</key><value>{escape(tag['Value'])}</value></item>"
            for tag in shape["Tags"]
        ),
    )
