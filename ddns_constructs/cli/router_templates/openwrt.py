"""OpenWrt's ddns-scripts: a service file, which says what an answer must be, and two sections."""

from __future__ import annotations

from ddns_constructs.cli.router_templates.router import Router

__all__ = ["OPENWRT"]

_URL = "https://[USERNAME]:[PASSWORD]@@SERVER@/nic/update?hostname=[DOMAIN]&myip=[IP]"
# Without an expression for the answer, ddns-scripts takes any answer for success.
_ANSWER = "^(good|nochg)"

OPENWRT = Router(
    "OpenWrt",
    f"""\
# /usr/share/ddns/custom/ddns-constructs.json
{{
    "name": "ddns-constructs",
    "ipv4": {{
        "url": "{_URL}",
        "answer": "{_ANSWER}"
    }},
    "ipv6": {{
        "url": "{_URL}",
        "answer": "{_ANSWER}"
    }}
}}

# /etc/config/ddns, packages ddns-scripts, curl and ca-bundle
config ddns 'global'
    option use_curl '1'

config service 'home_ipv4'
    option enabled '1'
    option service_name 'ddns-constructs'
    option use_ipv6 '0'
    option force_ipversion '1'
    option lookup_host '@LOOKUP@'
    option domain '@HOST@'
    option username '@HOST@'
    option password '@TOKEN@'
    option use_https '1'
    option cacert '/etc/ssl/certs/ca-certificates.crt'
    option ip_source 'network'
    option ip_network 'wan'

# Only where there is IPv6:
config service 'home_ipv6'
    option enabled '1'
    option service_name 'ddns-constructs'
    option use_ipv6 '1'
    option force_ipversion '1'
    option lookup_host '@LOOKUP@'
    option domain '@HOST@'
    option username '@HOST@'
    option password '@TOKEN@'
    option use_https '1'
    option cacert '/etc/ssl/certs/ca-certificates.crt'
    option ip_source 'network'
    option ip_network 'wan6'

# GNU wget, which is used without use_curl, sends a password only when it is asked for it.
# Before ddns-scripts sends anything it waits until lookup_host resolves, and after a failure until
# it has an address of the family: update a new host once by hand, with curl and its -4 and -6.
""",
)
