"""The decisions of ClientDdns."""
