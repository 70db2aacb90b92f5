"""`ddns failover`: service addresses and names that move when their host fails."""
