"""Routers with a form, and MikroTik's console."""

from __future__ import annotations

from ddns_constructs.cli.router_templates.router import Router

__all__ = ["FRITZBOX", "MIKROTIK", "OPNSENSE", "PFSENSE", "SYNOLOGY", "UNIFI"]

FRITZBOX = Router(
    "FRITZ!Box",
    """\
Internet > Permit Access > DynDNS

  DynDNS provider  User-defined
  Update-URL       @URL@nic/update?hostname=<domain>&myip=<ipaddr>&myipv6=<ip6addr>
  Domain name      @HOST@
  User name        @HOST@
  Password         @TOKEN@

@IF_SOURCE@A box that has both IPv4 and IPv6 sends both addresses, and only one of them can be
@IF_SOURCE@where the request comes from: that one is written and the other one left out, unless the
@IF_SOURCE@host was added with `--addresses public`. To say so later:
@IF_SOURCE@  ddns host set @QUOTED_HOST@ --addresses public@WHERE@
To leave a family out, take &myipv6=<ip6addr> or myip=<ipaddr>& off the URL.
For hosts behind it (`ddns host add ... --behind @QUOTED_HOST@`) append &ip6lanprefix=<ip6lanprefix>
to the URL. It looks its own name up and sends again while the answer is an old one: keep the TTL at
240 seconds or less.
""",
)

UNIFI = Router(
    "UniFi",
    """\
Settings > Internet > WAN > Dynamic DNS > Create

  Service   custom
  Hostname  @HOST@
  Username  @HOST@
  Password  @TOKEN@
  Server    @SERVER@/nic/update?hostname=%h&myip=%i

No https:// in front of the server: it adds that itself. Behind another router it would state its
private address: write myip=auto instead of myip=%i. It knows no IPv6. Inside is inadyn, which ends
at a refusal and when AWS throttles (429): save the entry again to start it.
""",
)

PFSENSE = Router(
    "pfSense",
    """\
Services > Dynamic DNS > Add

  Service type        Custom
  Interface           WAN
  Verify SSL/TLS      on
  Username            @HOST@
  Password            @TOKEN@
  Update URL          @URL@nic/update?hostname=@HOST@&myip=%IP%
  Result match        good %IP%|nochg %IP%

For IPv6 add a second entry for the same host:

  Service type        Custom (v6)
  Interface           WAN
  Verify SSL/TLS      on
  Username            @HOST@
  Password            @TOKEN@
  Update URL          @URL@nic/update?hostname=@HOST@&myip=%IP%
  Result match        good %IP%|nochg %IP%

@IF_SOURCE@The second one may come by IPv4 all the same, so say
@IF_SOURCE@  ddns host set @QUOTED_HOST@ --addresses public@WHERE@
The whole answer is compared with Result match; it names the address that the entry states and no
other. Never leave Result match empty: any refusal would count as success.
""",
)

OPNSENSE = Router(
    "OPNsense",
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

One account for each host: it reads the status only, and of several hosts one that is refused would
not show. Leave `bad_auth_status`, `refusal_status` and `trouble_status` at their defaults. For IPv6
add the account again with Interface [IPv6].
@IF_SOURCE@An account may state one family and come by the other, so say
@IF_SOURCE@  ddns host set @QUOTED_HOST@ --addresses public@WHERE@
""",
)

SYNOLOGY = Router(
    "Synology",
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
)

MIKROTIK = Router(
    "MikroTik",
    """\
/system script add name=ddns policy=read,write,test source={
  /tool fetch mode=https check-certificate=yes url="@URL@nic/update\\?hostname=@HOST@" \\
    user="@HOST@" password="@TOKEN@" output=none
}
/system scheduler add name=ddns interval=5m on-event=ddns start-time=startup

# It states no address: the one that the request comes from is taken. Certificates are checked
# against authorities that RouterOS has from 7.19 on, once they are switched on by
#   /certificate settings set builtin-trust-anchors=trusted   (7.21: builtin-trust-store=all)
# Before 7.19 import the certificate of Amazon Root CA 1.
""",
)
