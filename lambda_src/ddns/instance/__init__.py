"""Use cases of InstanceDdns."""
