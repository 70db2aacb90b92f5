"""What stands behind `ClientDdns`."""
