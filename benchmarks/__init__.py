"""What InstanceDdns costs in requests, start-up and memory: counts and ratios, no stop-watch."""
