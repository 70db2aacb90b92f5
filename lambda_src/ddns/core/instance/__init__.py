"""The decisions of InstanceDdns."""
