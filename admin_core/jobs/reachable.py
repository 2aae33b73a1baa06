"""Whether Redis answers, for the system page: connecting and answering may take 50 ms each. No page waits for it."""

import time

from redis import RedisError

from admin_core.jobs.transport import connect
from admin_core.settings import Settings

CAP_S = 0.05


def redis_answers_in(settings: Settings) -> float | None:
    """Return how many seconds a ping took, None when there was no answer in time."""
    began = time.monotonic()
    client = connect(settings, timeout_s=CAP_S)
    client.connection_pool.connection_kwargs["socket_connect_timeout"] = CAP_S
    try:
        client.ping()
    except (RedisError, OSError):
        return None
    finally:
        client.close()
    return time.monotonic() - began
