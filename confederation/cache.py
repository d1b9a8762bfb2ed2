"""The cache in Redis, with a client for each server that is kept: Django makes a new one for every key it asks for."""

from typing import Any

from django.core.cache.backends import redis


class KeptClient(redis.RedisCacheClient):
    """A client is as safe among threads as the pool it takes connections from, and costs more to make than to use."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        index: int = self._get_connection_pool_index(write)  # type: ignore[attr-defined]
        if index not in self._kept:
            pool = self._pool_class.from_url(self._servers[index], **self._pool_options)  # type: ignore[attr-defined]
            self._kept[index] = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return self._kept[index]


class RedisCache(redis.RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient
