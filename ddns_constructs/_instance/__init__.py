"""What stands behind `InstanceDdns`."""
