"""`ddns key`: the API keys of an ApiGatewayDirectDdns."""
