"""REST APIs of API Gateway on loopback: what they make of a request, without a function.

| module | |
|---|---|
| `apis` | which there are, and where each is served |
| `gateway` | from a request to an answer, step by step |
| `definition` | what the emulator knows of an API: paths, methods, keys, gateway responses |
| `routes` | which path of an API a request is for |
| `refusals` | answers of API Gateway itself |
| `integration` | mapping: the request to the service, and the service's answer |
| `route53_call` | the call, as the role of the integration |
| `signature` | Signature Version 4 of callers |
| `vtl` | the engines that render templates |
"""

from __future__ import annotations

from ddns_constructs.local.rest_api.apis import RestApis, RestApiUrl

__all__ = ["RestApiUrl", "RestApis"]
