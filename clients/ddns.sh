#!/bin/sh
# Keeps a name in Route 53 pointing at this machine: a client of ddns-constructs' ClientDdns.
#
# POSIX sh, curl, find, id, od, and one of sha256sum, shasum and openssl. The secret is read from a file
# or from the environment, and never given to a program as an argument, where `ps` would show it.
set -u
LC_ALL=C
export LC_ALL
PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin

usage() {
  cat <<'TEXT'
Usage: ddns.sh [-c FILE] [-u URL] [-n HOST] [-s FILE] [-m MODE] [-4] [-6] [-v]

Tells the service behind URL the address of this machine. Quiet, unless the name was changed or
something failed. Run it from a timer: it tries once.

  -c FILE  settings, one `name = value` in a line: url, host, mode, family, secret, secret_file,
           interface, cacert
  -u URL   base URL of the service: https, or http to this machine itself (localhost, 127.0.0.1)
  -n HOST  the name to keep
  -s FILE  holds the shared secret; or put the secret into the environment as DDNS_SECRET
  -m MODE  signed (default): HMAC, with time and nonce; seed: SHA-256 as in the AWS blog sample
  -4, -6   the family of the address to tell; both may be given. Default: -4
  -v       also say that nothing changed
  -h       this text

Settings and secret are not taken from a file that others than root and the caller may write, or
from a folder where they may put another one in its place. If others may read it, it says so.

Exit status: 0 the name is right, 1 wrong usage or settings, 2 refused: look at the settings,
3 no answer, one that is not the service's, or trouble there: try later.
TEXT
}

complain() {
  printf 'ddns.sh: %s\n' "$1" >&2
}

die() {
  complain "$2"
  exit "$1"
}

need() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null 2>&1 || die 1 "needs $tool"
  done
}

# What somebody else wrote, as it may go to a terminal: one line of ASCII, not too long.
clean() {
  printf '%s' "$1" | tr '\n\t' '  ' | tr -cd '\040-\176' | cut -c 1-300
}

# An external printf would have the secret among its arguments.
case $(command -v printf) in
  */*) die 1 'this shell has no printf of its own: run it with dash, bash, ash or ksh93' ;;
esac

# ------------------------------------------------------------------ settings

url='' host='' mode='' family='' secret_file='' interface='' cacert='' verbose='' config=''
secret=${DDNS_SECRET:-}
unset DDNS_SECRET # for no program that is started here

# Who may write what is read here sends the address, or the secret's digests, wherever they like.
check_file() {
  [ -r "$1" ] || die 1 "cannot read $1"
  need find id
  case $1 in /*) file=$1 ;; *) file=./$1 ;; esac
  me=$(id -u)
  of_others "$file" ! -user 0 ! -user "$me"
  [ -z "$open" ] || die 1 "$1 belongs to somebody else: chown it to root, or to who runs this"
  of_others "$file" \( -perm -020 -o -perm -002 \)
  [ -z "$open" ] || die 1 "others may write $1: chmod 600"
  # In a sticky folder such as /tmp nobody replaces another one's file, but the folder's owner.
  of_others "${file%/*}/" \( ! -user 0 ! -user "$me" -o \
    ! -perm -1000 \( -perm -020 -o -perm -002 \) \)
  [ -z "$open" ] || die 1 "others may replace $1: they may write its folder, move it to another"
  # Group 0 is root's own; systemd's credentials have a right of the group that is an ACL's mask.
  of_others "$file" \( -perm -004 -o -perm -040 ! -group 0 \)
  [ -z "$open" ] || complain "others may read $1: chmod 600"
}

# Sets `open` where $1 is as the rest says.
of_others() {
  which=$1
  shift
  open=$(find -L "$which" -prune "$@" 2>/dev/null) || die 1 "cannot find out whose $which is"
}

set_once() { # name value: an option counts more than the file
  eval "[ -n \"\$$1\" ] || $1=\$2"
}

read_config() {
  check_file "$1"
  number=0
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    line=$(trim "$line")
    case $line in
      '' | '#'*) continue ;;
      *=*) ;;
      *) die 1 "$1: line $number is not 'name = value'" ;;
    esac
    name=$(trim "${line%%=*}")
    value=$(trim "${line#*=}")
    case $name in
      url | host | mode | family | secret | secret_file | interface | cacert)
        set_once "$name" "$value" ;;
      *) die 1 "$1: line $number has an unknown setting" ;;
    esac
  done <"$1"
}

# What is sent is no secret, but who sees it can send it again, or pretend to be the service: plain
# http stays on this machine. Sets `scheme`.
check_url() {
  case $url in
    *[!][A-Za-z0-9.:/_~%-]*) die 1 "no base URL: $(clean "$url")" ;;
    https://?*) scheme=https ;;
    http://?*)
      authority=${url#http://}
      is_loopback "${authority%%/*}" ||
        die 1 'url must begin with https://, as http is for this machine itself only'
      scheme=http ;;
    *) die 1 'url must begin with https://' ;;
  esac
}

is_loopback() { # host, perhaps with a port
  case $1 in
    '[::1]'*) port=${1#'[::1]'} ;;
    *) port=${1#"${1%%:*}"} ;;
  esac
  case $port in
    '') ;;
    :*[!0-9]*) return 1 ;;
    :?*) ;;
    *) return 1 ;;
  esac
  case ${1%"$port"} in
    localhost | '[::1]') ;;
    *[!0-9.]* | *..* | *.*.*.*.*) return 1 ;;
    127.?*.?*.?*) ;;
    *) return 1 ;;
  esac
}

trim() {
  trimmed=${1#"${1%%[![:space:]]*}"}
  printf '%s' "${trimmed%"${trimmed##*[![:space:]]}"}"
}

while getopts c:u:n:s:m:46vh option; do
  case $option in
    c) config=$OPTARG ;;
    u) url=$OPTARG ;;
    n) host=$OPTARG ;;
    s) secret_file=$OPTARG ;;
    m) mode=$OPTARG ;;
    4 | 6) family="$family $option" ;;
    v) verbose=yes ;;
    h) usage; exit 0 ;;
    *) usage >&2; exit 1 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || { usage >&2; exit 1; }

[ -z "$config" ] || read_config "$config"
if [ -n "$secret_file" ]; then
  check_file "$secret_file"
  IFS= read -r secret <"$secret_file" || [ -n "$secret" ] || die 1 "no secret in $secret_file"
  secret=$(trim "$secret") # such as the carriage return of an editor
  [ -n "$secret" ] || die 1 "no secret in $secret_file"
fi
mode=${mode:-signed}
family=${family:-4}
url=${url%/}
[ -n "$url" ] || die 1 'no url: give -u, or url in the settings'
[ -n "$host" ] || die 1 'no host: give -n, or host in the settings'
[ -n "$secret" ] || die 1 'no secret: give -s, DDNS_SECRET, or secret in the settings'
case $mode in signed | seed) ;; *) die 1 "mode must be signed or seed, not $mode" ;; esac
case $host in
  *[!A-Za-z0-9.*-]*) die 1 "no host name: $host" ;;
esac
for each in $family; do
  case $each in 4 | 6) ;; *) die 1 "family must be 4, 6 or both, not $each" ;; esac
done
need curl cut sed tr
[ "$mode" = seed ] || need date od
check_url

# ------------------------------------------------------------------ digests

# Of standard input, in hex.
if command -v sha256sum >/dev/null 2>&1; then
  sha256() { sha256sum | cut -c 1-64; }
elif command -v shasum >/dev/null 2>&1; then
  sha256() { shasum -a 256 | cut -c 1-64; }
elif command -v openssl >/dev/null 2>&1; then
  sha256() { openssl dgst -sha256 | sed 's/.*[ =]//'; }
else
  die 1 'needs sha256sum, shasum or openssl'
fi

# Sets `octal` to the byte $1 as printf takes it.
to_octal() {
  octal="\\$(($1 / 64))$(($1 / 8 % 8))$(($1 % 8))"
}

# HMAC-SHA-256 (RFC 2104) of standard input under `secret`, in hex, by two plain digests: whatever
# computes it at once would want the key among its arguments.
hmac() {
  if [ ${#secret} -gt 64 ]; then
    key=$(from_hex "$(printf '%s' "$secret" | sha256)" | od -A n -v -t u1)
  else
    key=$(printf '%s' "$secret" | od -A n -v -t u1)
  fi
  inner='' outer='' count=0
  for byte in $key; do
    to_octal $((byte ^ 0x36)) && inner=$inner$octal
    to_octal $((byte ^ 0x5c)) && outer=$outer$octal
    count=$((count + 1))
  done
  while [ "$count" -lt 64 ]; do
    inner=$inner'\066' outer=$outer'\134'
    count=$((count + 1))
  done
  # shellcheck disable=SC2059 # the format is the data: bytes in octal, nothing else
  digest=$({ printf "$inner"; cat; } | sha256)
  # shellcheck disable=SC2059 # likewise
  { printf "$outer"; from_hex "$digest"; } | sha256
}

from_hex() {
  rest=$1 bytes=''
  while [ -n "$rest" ]; do
    after=${rest#??}
    to_octal $((0x${rest%"$after"})) && bytes=$bytes$octal
    rest=$after
  done
  # shellcheck disable=SC2059 # likewise
  printf "$bytes"
}

# ------------------------------------------------------------------ requests

# Posts $2 to the path $1 over the family `each`; more arguments go to curl. Sets `status`, `body`.
post() {
  path=$1 content=$2
  shift 2
  [ -z "$interface" ] || set -- "$@" --interface "$interface"
  [ -z "$cacert" ] || set -- "$@" --cacert "$cacert"
  # Nor by way of a proxy that the environment names.
  [ "$scheme" = https ] || set -- "$@" --noproxy '*'
  # First -q: nobody's .curlrc may add to it. Without --location no redirect is followed.
  answer=$(printf '%s' "$content" | curl -q --silent --show-error "-$each" --max-time 40 \
    --max-filesize 65536 --proto "=$scheme" --globoff --user-agent 'ddns.sh/1' \
    --header 'Content-Type: application/json' --data-binary @- --write-out '\n%{http_code}' "$@" \
    --url "$url$path" 2>&1) || {
    reason=$(printf '%s\n' "$answer" | sed -n 's/^curl: //p')
    complain "$host: no answer over IPv$each: $(clean "$reason")"
    return 3
  }
  status=$(printf '%s\n' "$answer" | sed -n '$p')
  body=$(printf '%s\n' "$answer" | sed '$d')
}

# Prints the text of a field of the answer.
field() {
  printf '%s' "$body" | tr '\n' ' ' | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p'
}

signed() {
  wanted="{\"host\": \"$host\", \"addresses\": [\"auto\"]}"
  time=$(date +%s)
  nonce=$(od -A n -v -t x1 -N 16 /dev/urandom | tr -d ' \n')
  [ ${#nonce} -eq 32 ] || die 1 'no chance from /dev/urandom'
  base=/${url#*://}
  case $base in /*/*) base=/${base#/*/} ;; *) base='' ;; esac
  # The text is in docs/protocols.md.
  signature=$(printf 'ddns1\nPOST\n%s\n%s\nauto\n%s\n%s\n%s' "$base/v1/update" "$host" "$time" \
    "$nonce" "$(printf '%s' "$wanted" | sha256)" | hmac)
  [ ${#signature} -eq 64 ] || die 1 'cannot compute a digest'
  post /v1/update "$wanted" --header "X-Ddns-Time: $time" --header "X-Ddns-Nonce: $nonce" \
    --header "X-Ddns-Signature: v1=$signature" || return
  case $status in
    200)
      case $(field result) in
        unchanged) unchanged ;;
        changed | accepted | removed)
          printf '%s: %s: %s\n' "$host" "$(field result)" "$(clean "$(addresses)")" ;;
        *) strange ;;
      esac ;;
    *) failed "$(field detail)" ;;
  esac
}

addresses() {
  printf '%s' "$body" | sed -n 's/.*"addresses"[^[]*\[\([^]]*\)\].*/\1/p' | tr -d '" '
}

seed() {
  post / '{"execution_mode": "get"}' || return
  address=$(field return_message)
  [ "$status" = 200 ] || { failed "$address"; return; }
  is_address || { strange; return; }
  hash=$(printf '%s' "$address$host$secret" | sha256)
  [ ${#hash} -eq 64 ] || die 1 'cannot compute a digest'
  post / "{\"execution_mode\": \"set\", \"ddns_hostname\": \"$host\", \"validation_hash\": \"$hash\"}" ||
    return
  case $status:$(field return_status) in
    200:success) unchanged ;;
    201:success) printf '%s: %s\n' "$host" "$(clean "$(field return_message)")" ;;
    20[01]:*) strange ;;
    *) failed "$(field return_message)" ;;
  esac
}

is_address() {
  [ ${#address} -le 45 ] || return
  case $address in
    *[!0-9A-Fa-f.:]*) false ;;
    *:*:*) ;;
    *[!0-9.]*) false ;;
    ?*.?*.?*.?*) ;;
    *) false ;;
  esac
}

unchanged() {
  [ -z "$verbose" ] || printf '%s: unchanged over IPv%s\n' "$host" "$each"
}

failed() {
  case $status in
    2?? | 3??) strange; return ;;
  esac
  complain "$host: refused over IPv$each with $(clean "$status"): $(clean "${1:-$body}")"
  case $status in
    429 | 5??) return 3 ;;
    *) return 2 ;;
  esac
}

# Such as the page of a network that wants a login first.
strange() {
  complain "$host: no answer of the service over IPv$each, but $(clean "$status"): $(clean "$body")"
  return 3
}

worst=0
for each in $family; do
  case $mode in
    signed) signed ;;
    seed) seed ;;
  esac || {
    code=$?
    [ "$code" -le "$worst" ] || worst=$code
  }
done
exit "$worst"
