"""Parts of the constructs for failover."""
