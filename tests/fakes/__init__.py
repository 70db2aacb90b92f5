"""Fakes that are stricter than the emulators, shared by every layer's tests."""

from __future__ import annotations

from tests.fakes.route53 import FakeRoute53

__all__ = ["FakeRoute53"]
