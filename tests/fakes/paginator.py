"""boto3's paginators, for fakes of clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple


class Paginator(NamedTuple):
    """Calls an operation page by page.

    Attributes:
        call: the client's method.
        start: the parameter that says where to go on.
        more: the field of an answer that says so; missing from the last one.
        size: the parameter that ``PageSize`` goes to.
    """

    call: Callable[..., Mapping[str, Any]]
    start: str
    more: str
    size: str

    def paginate(
        self,
        *,
        PaginationConfig: Mapping[str, Any] | None = None,  # noqa: N803 - boto3's name
        **parameters: Any,  # noqa: ANN401 - the operation's own
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the pages, each asked for when it is needed."""
        config = dict(PaginationConfig or {})
        if "PageSize" in config:
            parameters[self.size] = config.pop("PageSize")
        if config:
            raise NotImplementedError(f"the fake paginates without {sorted(config)}")
        while True:
            page = self.call(**parameters)
            yield page
            if not page.get(self.more):
                return
            parameters[self.start] = page[self.more]
