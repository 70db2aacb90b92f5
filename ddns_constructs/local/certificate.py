"""A self-signed certificate for loopback, made for one run."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Certificate"]

_LIFETIME = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files of a certificate and its key, in PEM."""

    certificate: Path
    key: Path

    @classmethod
    def written_in(cls, folder: Path) -> Certificate:
        """Return where `write` puts the two files."""
        return cls(folder / "certificate.pem", folder / "key.pem")

    @classmethod
    def write(cls, folder: Path) -> Certificate:
        """Make a new key and certificate in `folder`.

        Args:
            folder: An existing folder that only the user can read.

        Returns:
            Where the two files are. The certificate is its own authority: clients trust the file.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ddns local AWS")])
        now = dt.datetime.now(dt.timezone.utc)
        names = [
            *(x509.IPAddress(ipaddress.ip_address(each)) for each in ("127.0.0.1", "::1")),
            x509.DNSName("localhost"),
        ]
        signed = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))  # clocks that were set back
            .not_valid_after(now + _LIFETIME)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        made = cls.written_in(folder)
        made.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        made.key.touch(mode=0o600)
        made.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return made
