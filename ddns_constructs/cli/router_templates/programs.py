"""Programs for any machine: ddclient, inadyn, curl, and the shell client of this project."""

from __future__ import annotations

from ddns_constructs.cli.router_templates.router import Router

__all__ = ["CURL", "DDCLIENT", "INADYN", "SHELL"]

DDCLIENT = Router(
    "ddclient",
    """\
# /etc/ddclient.conf (chmod 600)
daemon=300
ssl=yes
use=web, web=@URL@checkip
# ddclient 4 instead: usev4=webv4, webv4=@URL@checkip
@IF_SOURCE@# and for IPv6 too:   usev6=ifv6, ifv6=eth0   with `ddns host set ... --addresses public`
@IF_STATED@# and for IPv6 too:   usev6=ifv6, ifv6=eth0
protocol=dyndns2
server=@SERVER@
login=@HOST@
password='@TOKEN@'
@HOST@
""",
)

INADYN = Router(
    "inadyn",
    """\
# /etc/inadyn.conf (chmod 600), inadyn 2
# Start it as `inadyn --continue-on-error`: else it ends, for good, at a refusal, when AWS throttles
# (429), and when a connection breaks off.
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
)

# The token is typed into `cat`, not into the shell: no history has it, nor any list of processes.
_KEEP = "(umask 077; echo 'paste the two lines, then Ctrl-D'; cat >~/.ddns.curl)"
_KEPT = """\
url = "@URL@nic/update?hostname=@HOST@"
user = "@HOST@:@TOKEN@\""""
_CURL = "curl --silent --show-error --fail-with-body --retry 3 --config ~/.ddns.curl"

CURL = Router(
    "curl",
    f"""\
# Once: the token goes into a file that is yours alone, and into no history or list of processes.
{_KEEP}
{_KEPT}

# Then, by hand or with a line of cron:
{_CURL}

# The address that the request comes from is taken; -4 and -6 choose the family. Others, where the
# host may have them: append &myip=203.0.113.7,2001:db8::7 to the URL in the file.
""",
)

SHELL = Router(
    "ddns.sh",
    """\
# /etc/ddns.conf (chmod 600)
url = @URL@
host = @HOST@
secret = @SECRET@
mode = signed
family = 4

# A host has a secret if it was added with `--secret`; a first one, or another, is made by
#   ddns host rotate @QUOTED_HOST@ --secret@WHERE@

# then, with a timer of systemd or a line of cron:
sh @SCRIPT@ -c /etc/ddns.conf
""",
    secret=True,
)
