"""Use cases of ClientDdns: hosts whose clients tell their addresses."""
