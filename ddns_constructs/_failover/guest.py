"""What a node has to do for an address, as commands for its user data: Linux with systemd."""

from __future__ import annotations

import hashlib

# Not /usr/lib: that is the distribution's.
_UNITS = "/etc/systemd/system"

# Without the default dependencies, as every unit before the network has it: on Debian and Ubuntu
# cloud-init comes after the network and before sysinit.target, which the defaults wait for. systemd
# breaks such a ring by leaving out one of it at a start, the network for one.
_ADDRESS_UNIT = """\
[Unit]
Description=Service address {address} (ddns-constructs)
DefaultDependencies=no
After=systemd-modules-load.service
Wants=network-pre.target
Before=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStartPre=-/bin/sh -c "ip link add {device} type dummy"
ExecStart=/bin/sh -c "ip link set dev {device} up && \
ip address replace {prefix} dev {device}{flags} || ip address replace {prefix} dev lo{flags}"
ExecStop=-/bin/sh -c "ip address delete {prefix} dev lo"
ExecStop=-/bin/sh -c "ip link delete dev {device}"

[Install]
WantedBy=multi-user.target
"""

# The gateway is the subnet's second address, and no subnet is smaller than a /28. The address has
# no connected route in the main table: that stays the first interface's.
_INTERFACE_SCRIPT = """\
#!/bin/sh
# Routes of interface {interface}: what comes by it, goes by it. Metadata by IMDSv2 only.
set -eu
device=$1
mac=$(cat "/sys/class/net/$device/address")
api=http://169.254.169.254/latest
token=
ask() {{
    [ -n "$token" ] || token=$(curl -sf --max-time 2 -X PUT \
-H 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$api/api/token") || return
    curl -sf --max-time 2 -H "X-aws-ec2-metadata-token: $token" \
"$api/meta-data/network/interfaces/macs/$mac/$1"
}}
tries=0
until id=$(ask interface-id) && [ -n "$id" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || exit 1
    sleep 1
done
[ "$id" = '{interface}' ] || exit 0
# Amazon Linux does it by itself.
[ ! -e /usr/lib/systemd/system/policy-routes@.service ] || exit 0
block=$(ask subnet-ipv4-cidr-block)
addresses=$(ask local-ipv4s)
base=${{block%/*}}
gateway=${{base%.*}}.$((${{base##*.}} + 1))
table=$((10000 + $(cat "/sys/class/net/$device/ifindex")))
ip link set dev "$device" up
ip route replace "$block" dev "$device" table "$table"
ip route replace default via "$gateway" dev "$device" table "$table"
for address in $addresses; do
    ip address replace "$address/32" dev "$device"
    while ip rule delete from "$address" 2>/dev/null; do :; done
    ip rule add from "$address" lookup "$table" priority 10000
done
"""

_INTERFACE_UNIT = """\
[Unit]
Description=Routes of a service interface on %I (ddns-constructs)
BindsTo=sys-subsystem-net-devices-%i.device
After=sys-subsystem-net-devices-%i.device

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/ddns-interface %I
"""

# With a driver: those of containers, bridges and tunnels have none, and no metadata.
_INTERFACE_RULE = """\
ACTION=="add", SUBSYSTEM=="net", DRIVERS=="?*", TAG+="systemd", \
ENV{SYSTEMD_WANTS}+="ddns-interface@$name.service"
"""

# Else networkd, where it is started again, by an update of systemd say, drops the rules.
_NETWORKD_CONF = """\
[Network]
ManageForeignRoutingPolicyRules=no
"""


def address_commands(address: str) -> list[str]:
    """Return what puts an address on a dummy interface of its own, now and at each start.

    DHCP and cloud-init write to the interfaces that they know, and this is none of them. A kernel
    without the module `dummy` gets the address on its loopback interface.
    """
    device = device_of(address)
    is_v6 = ":" in address
    unit = _ADDRESS_UNIT.format(
        address=address,
        device=device,
        prefix=f"{address}/{128 if is_v6 else 32}",
        flags=" nodad" if is_v6 else "",
    )
    name = f"{device}.service"
    return [_written(f"{_UNITS}/{name}", unit), *_started(f"systemctl enable --now {name}")]


def device_of(address: str) -> str:
    """Return the dummy interface of an address: the same on every node, and one for each."""
    return f"ddns{hashlib.sha256(address.encode()).hexdigest()[:8]}"


def interface_commands(interface_id: str) -> list[str]:
    """Return what gives an interface its addresses and routes whenever it is attached."""
    script = "/usr/local/sbin/ddns-interface"
    return [
        _written(script, _INTERFACE_SCRIPT.format(interface=interface_id)),
        f"chmod 755 {script}",
        _written(f"{_UNITS}/ddns-interface@.service", _INTERFACE_UNIT),
        _written("/etc/udev/rules.d/90-ddns-interface.rules", _INTERFACE_RULE),
        "mkdir -p /etc/systemd/networkd.conf.d",
        _written("/etc/systemd/networkd.conf.d/90-ddns-interface.conf", _NETWORKD_CONF),
        *_started(
            "udevadm control --reload",
            # What is attached already is added once more.
            "udevadm trigger --subsystem-match=net --action=add",
        ),
    ]


def _written(path: str, text: str) -> str:
    return f"cat > {path} <<'END_OF_FILE'\n{text}END_OF_FILE"


def _started(*commands: str) -> list[str]:
    return ["systemctl daemon-reload", *commands]
