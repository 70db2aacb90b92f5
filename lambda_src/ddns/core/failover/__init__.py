"""Deciding where a service address points; no I/O."""
