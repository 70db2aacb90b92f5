"""Warnings of arguments of `ClientDdns` that are legal and rarely meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Annotations

from ddns_constructs._client.checks import AddressPolicy, ClientProtocol
from ddns_constructs._common.overlaps import warn_of_overlaps

if TYPE_CHECKING:
    from constructs import Construct

    from ddns_constructs._client.settings import ClientSettings

_OK = 200
_SHORT_TTL = 30
# A FRITZ!Box looks its own name up, and sends again where it has not changed after four minutes.
_LONG_TTL = 240
_SHORT_VERIFY_INTERVAL = 60


def annotate(scope: Construct, settings: ClientSettings) -> None:
    """Warn of what is legal and rarely meant. The ids are public: users acknowledge them."""
    cases = {**_of_updates(settings), **_of_answers(settings), **_of_strangers(settings)}
    for id_, (applies, text) in cases.items():
        if applies:
            Annotations.of(scope).add_warning_v2(f"ddns-constructs:{id_}", text)
    warn_of_overlaps(scope, settings.zones, settings.allowed_names, owns=False)


def _of_updates(settings: ClientSettings) -> dict[str, tuple[bool, str]]:
    ttl, interval = settings.ttl, settings.verify_interval
    return {
        "shortTtl": (
            ttl < _SHORT_TTL,
            f"'ttl' is {ttl} s: below {_SHORT_TTL} s resolvers ask, and cost, more",
        ),
        "longTtl": (
            ttl > _LONG_TTL,
            (
                f"'ttl' is {ttl} s: above {_LONG_TTL} s a FRITZ!Box, which looks its "
                "own name up, takes an update for failed and sends it over and over"
            ),
        ),
        "shortVerifyInterval": (
            interval < _SHORT_VERIFY_INTERVAL,
            (
                f"'verify_interval' is {interval} s: nearly every poll asks Route 53, which "
                "takes few requests a second of a whole account"
            ),
        ),
        "anyAddress": (
            settings.address_policy is AddressPolicy.ANY,
            "'address_policy' is ANY: a client may point its name into private networks",
        ),
        "noChangeInterval": (
            settings.change_interval == 0,
            (
                "'change_interval' is 0: a host that changes its address all the time asks "
                "Route 53 each time, which takes few requests a second of a whole account"
            ),
        ),
    }


def _of_answers(settings: ClientSettings) -> dict[str, tuple[bool, str]]:
    return {
        "badAuthStatus": (
            settings.bad_auth_status == _OK,
            "'bad_auth_status' is 200: OPNsense and MikroTik take a refused update for done",
        ),
        "refusalStatus": (
            settings.refusal_status == _OK,
            "'refusal_status' is 200: OPNsense and MikroTik take a refused update for done",
        ),
        "troubleStatus": (
            settings.trouble_status == _OK,
            (
                "'trouble_status' is 200: inadyn ends at a passing fault, and OPNsense takes an "
                "update that failed for done"
            ),
        ),
    }


def _of_strangers(settings: ClientSettings) -> dict[str, tuple[bool, str]]:
    burst, concurrency = settings.endpoint.burst, settings.reserved_concurrency
    everywhere = [each for each in settings.allowed_cidrs if each.endswith("/0")]
    above = [each for each in settings.allowed_names if each in settings.endpoint.names_above]
    private = ", ".join(zone.name for zone in settings.zones if zone.private and zone.is_named)
    return {
        "privateZone": (
            bool(private),
            (
                f"'hosted_zones' holds {private}, which is private: its names are answered within "
                "its VPCs only, and clients come from outside"
            ),
        ),
        "onlyReverseZones": (
            all(zone.is_reverse for zone in settings.zones),
            "'hosted_zones' holds reverse zones only: no host is named by an address",
        ),
        "queryCredentials": (
            ClientProtocol.QUERY_CREDENTIALS.value in settings.protocols,
            "'protocols' holds QUERY_CREDENTIALS: passwords in a URL end up in logs",
        ),
        "unreservedConcurrency": (
            settings.reserved_concurrency is None and not settings.endpoint.has_throttle,
            (
                "'reserved_concurrency' is None behind a function URL: a flood of requests is "
                "billed, and takes concurrency from every other function of the account; pass 20, "
                "or use ClientEndpoint.http_api(), which has a throttle"
            ),
        ),
        "burstAboveConcurrency": (
            burst is not None and concurrency is not None and burst > concurrency,
            (
                f"'endpoint.throttle' lets {burst} requests through at once and "
                f"'reserved_concurrency' handles {concurrency}: API Gateway answers the others "
                "with a 5xx, not with 429"
            ),
        ),
        "openCidr": (
            bool(everywhere),
            f"'allowed_cidrs' holds {' and '.join(everywhere)}: that is everybody",
        ),
        "challengeAboveEndpoint": (
            "TXT" in settings.record_types and bool(above),
            (
                f"'allowed_names' holds {' and '.join(above)} above a name of 'endpoint': a host "
                "of that name gets no TXT, as it could get a certificate for the endpoint"
            ),
        ),
    }
