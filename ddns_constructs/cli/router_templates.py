"""What to paste into each client. Data: the words in `@...@` are filled in by `router_settings`.

`@URL@` is the base URL with a slash at its end, `@SERVER@` its host (and port, if it has one),
`@MACHINE@` its host alone, `@HOST@` the name to keep, `@TOKEN@` and `@SECRET@` its credentials,
`@SCRIPT@` the file of the shell client, `@WHERE@` the options of `ddns` that name the deployment,
with a space in front of each.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ROUTERS", "Router"]


class Router(NamedTuple):
    """One client.

    Attributes:
        title: Its name for people.
        line: All that it needs, in one line or, where it takes no less, in a few.
        settings: The same as its form or its file has it, with what there is to know.
        secret: Whether it needs the shared secret instead of the token.
    """

    title: str
    line: str
    settings: str
    secret: bool = False


_CURL = "curl --silent --show-error --user '@HOST@:@TOKEN@' '@URL@nic/update?hostname=@HOST@'"

ROUTERS = {
    "ddclient": Router(
        "ddclient",
        # Three lines: `ssl` counts for the whole file, and in a host's line ddclient ignores it.
        """\
ssl=yes
use=web, web=@URL@checkip
protocol=dyndns2 server=@SERVER@ login=@HOST@ password='@TOKEN@' @HOST@""",
        """\
# /etc/ddclient.conf (chmod 600)
daemon=300
ssl=yes
use=web, web=@URL@checkip
# ddclient 4 instead: usev4=webv4, webv4=@URL@checkip
# and for IPv6 too:   usev6=ifv6, ifv6=eth0   with `ddns host set ... --addresses public`
protocol=dyndns2
server=@SERVER@
login=@HOST@
password='@TOKEN@'
@HOST@
""",
    ),
    "inadyn": Router(
        "inadyn",
        'custom ddns { ddns-server = "@SERVER@" ddns-path = "/nic/update?hostname=%h&myip=%i" '
        'username = "@HOST@" password = "@TOKEN@" hostname = "@HOST@" '
        'checkip-server = "@SERVER@" checkip-path = "/checkip" }',
        """\
# /etc/inadyn.conf (chmod 600), inadyn 2
period = 300
custom ddns {
    ddns-server    = "@SERVER@"
    ddns-path      = "/nic/update?hostname=%h&myip=%i"
    username       = "@HOST@"
    password       = "@TOKEN@"
    hostname       = "@HOST@"
    checkip-server = "@SERVER@"
    checkip-path   = "/checkip"
}
""",
    ),
    "fritzbox": Router(
        "FRITZ!Box",
        "Update-URL @URL@nic/update?hostname=<domain>&myip=<ipaddr>&myipv6=<ip6addr>  "
        "Domain name @HOST@  User name @HOST@  Password @TOKEN@  "
        "(if it sends both families: `ddns host set @HOST@ --addresses public@WHERE@`, "
        "else the answer is `abuse`)",
        """\
Internet > Permit Access > DynDNS

  DynDNS provider  User-defined
  Update-URL       @URL@nic/update?hostname=<domain>&myip=<ipaddr>&myipv6=<ip6addr>
  Domain name      @HOST@
  User name        @HOST@
  Password         @TOKEN@

A box that has both IPv4 and IPv6 sends both addresses, and only one of them can be where the
request comes from. Such a box is answered `abuse`, and nothing is changed, until you say
  ddns host set @HOST@ --addresses public@WHERE@
For hosts behind it (`ddns host add ... --behind @HOST@`) append &ip6lanprefix=<ip6lanprefix> to
the URL. It looks its own name up and sends again while the answer is an old one: keep the TTL at
240 seconds or less.
""",
    ),
    "unifi": Router(
        "UniFi",
        "Service custom  Hostname @HOST@  Username @HOST@  Password @TOKEN@  "
        "Server @SERVER@/nic/update?hostname=%h&myip=%i",
        """\
Settings > Internet > WAN > Dynamic DNS > Create

  Service   custom
  Hostname  @HOST@
  Username  @HOST@
  Password  @TOKEN@
  Server    @SERVER@/nic/update?hostname=%h&myip=%i

No https:// in front of the server: it adds that itself. Behind another router it would state its
private address: write myip=auto instead of myip=%i. It knows no IPv6.
""",
    ),
    "pfsense": Router(
        "pfSense",
        "Service type Custom  Username @HOST@  Password @TOKEN@  "
        "Update URL @URL@nic/update?hostname=@HOST@&myip=%IP%  Result match good %IP%|nochg %IP%",
        """\
Services > Dynamic DNS > Add

  Service type        Custom
  Interface           WAN
  Username            @HOST@
  Password            @TOKEN@
  Update URL          @URL@nic/update?hostname=@HOST@&myip=%IP%
  Result match        good %IP%|nochg %IP%

For IPv6 make a second entry of the type Custom (v6). The result must then match as a whole, and the
answer names both addresses: leave Result match empty in both entries, or give each family a name of
its own.
""",
    ),
    "opnsense": Router(
        "OPNsense",
        "Service Custom  Protocol DynDNS2  Server @SERVER@  Username @HOST@  Password @TOKEN@  "
        "Hostname @HOST@  Check ip method Interface [IPv4]  Force SSL on",
        """\
Services > Dynamic DNS (os-ddclient, backend native)

  Service         Custom
  Protocol        DynDNS2
  Server          @SERVER@
  Username        @HOST@
  Password        @TOKEN@
  Hostname(s)     @HOST@
  Check ip method Interface [IPv4]
  Force SSL       on

For IPv6 add the account again with Interface [IPv6]. It takes every 2xx for success, so the answer
to a wrong password must stay 401 (`bad_auth_status`, the default).
""",
    ),
    "openwrt": Router(
        "OpenWrt",
        "update_url https://[USERNAME]:[PASSWORD]@@SERVER@/nic/update?hostname=[DOMAIN]&myip=[IP]  "
        "username @HOST@  password @TOKEN@  domain @HOST@  lookup_host @HOST@  enabled 1  "
        "use_https 1  cacert /etc/ssl/certs/ca-certificates.crt  ip_source network  ip_network wan",
        """\
# /etc/config/ddns, packages ddns-scripts, curl and ca-bundle
config service 'home'
    option enabled '1'
    option use_ipv6 '0'
    option lookup_host '@HOST@'
    option domain '@HOST@'
    option username '@HOST@'
    option password '@TOKEN@'
    option use_https '1'
    option cacert '/etc/ssl/certs/ca-certificates.crt'
    option update_url 'https://[USERNAME]:[PASSWORD]@@SERVER@/nic/update?hostname=[DOMAIN]&myip=[IP]'
    option ip_source 'network'
    option ip_network 'wan'

# For IPv6 a second section with use_ipv6 '1' and ip_network 'wan6'.
""",
    ),
    "synology": Router(
        "Synology",
        "Service provider ddns  "
        "Query URL @URL@nic/update?hostname=__HOSTNAME__&myip=__MYIP__  "
        "Hostname @HOST@  Username @HOST@  Password @TOKEN@",
        """\
Control Panel > External Access > DDNS > Customize Provider

  Service provider  ddns
  Query URL         @URL@nic/update?hostname=__HOSTNAME__&myip=__MYIP__

then Add:

  Service provider  ddns
  Hostname          @HOST@
  Username          @HOST@
  Password          @TOKEN@

It knows IPv4 only.
""",
    ),
    "mikrotik": Router(
        "MikroTik",
        '/tool fetch mode=https url="@URL@nic/update\\?hostname=@HOST@" '
        'user="@HOST@" password="@TOKEN@" output=none',
        """\
/system script add name=ddns policy=read,write,test source={
  /tool fetch mode=https url="@URL@nic/update\\?hostname=@HOST@" \\
    user="@HOST@" password="@TOKEN@" output=none
}
/system scheduler add name=ddns interval=5m on-event=ddns start-time=startup

# It states no address: the one that the request comes from is taken.
""",
    ),
    "curl": Router(
        "curl",
        _CURL,
        f"""\
{_CURL}

# Without the token in the list of processes: in ~/.netrc (chmod 600)
#   machine @MACHINE@ login @HOST@ password @TOKEN@
# and then
curl --silent --show-error --netrc '@URL@nic/update?hostname=@HOST@'

# The address that the request comes from is taken; -4 and -6 choose the family. Others, where the
# host may have them: &myip=203.0.113.7,2001:db8::7
""",
    ),
    "shell": Router(
        "ddns.sh",
        "sh @SCRIPT@ -u '@URL@' -n '@HOST@' -s FILE_WITH_THE_SECRET",
        """\
# /etc/ddns.conf (chmod 600)
url = @URL@
host = @HOST@
secret = @SECRET@
mode = signed
family = 4

# A host has a secret if it was added with `--secret`; a first one, or another, is made by
#   ddns host rotate @HOST@ --secret@WHERE@

# then, with a timer of systemd or a line of cron:
sh @SCRIPT@ -c /etc/ddns.conf
""",
        secret=True,
    ),
}
