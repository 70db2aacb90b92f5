"""Use cases of ClientDdns: hosts whose clients state their addresses."""
