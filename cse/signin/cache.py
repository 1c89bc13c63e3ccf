"""A cache that goes on without Redis: limits on guessing must not stop sign-in (bad-input.md).

allauth counts tries in the cache. While Redis does not answer, each process counts for itself:
the limits are weaker then, and axes, which counts in PostgreSQL, still holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class SteadyCache(RedisCache):
    """Redis, or this process's own memory while Redis does not answer."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._own = LocMemCache("cse.signin.cache", params)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._either(super().add, self._own.add, *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._either(super().get, self._own.get, *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._either(super().set, self._own.set, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._either(super().touch, self._own.touch, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._either(super().delete, self._own.delete, *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._either(super().incr, self._own.incr, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._either(super().has_key, self._own.has_key, *args, **kwargs)

    def _either(
        self, wanted: Callable[..., Any], instead: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        try:
            return wanted(*args, **kwargs)
        except RedisError as error:
            log.warning("cache_away", error_type=type(error).__name__)
            return instead(*args, **kwargs)
