"""What stands behind `ApiGatewayDirectDdns`."""
