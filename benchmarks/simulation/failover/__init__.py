"""Failures of nodes, zones, links, monitors and of AWS itself, in virtual time."""
