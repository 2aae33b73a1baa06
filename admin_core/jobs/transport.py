"""Redis and RQ: how job ids travel to worker processes. Losing everything in Redis loses nothing but time."""

import hashlib

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import make_url

from admin_core.jobs.declared import QUEUES
from admin_core.settings import Settings

PERFORM = "admin_core.jobs.perform.perform"
KEPT_S = 60
"""RQ's own record of a finished delivery; the truth is in PostgreSQL."""


def connect(settings: Settings, *, timeout_s: float | None = 1.0) -> Redis:
    """Return a client that gives up quickly: who holds database locks must not wait for Redis."""
    return Redis.from_url(
        settings.redis_url,
        socket_connect_timeout=timeout_s or 5.0,
        socket_timeout=timeout_s,
        retry=Retry(NoBackoff(), 0),
    )


def prefix(settings: Settings) -> str:
    """Return the beginning of our queue names: several deployments may share one Redis.

    It is made of what all processes of a deployment have in common and no two deployments share.
    """
    database = make_url(settings.database_url).database or ""
    digest = hashlib.sha256(f"job queues\0{settings.secret_key}\0{database}".encode()).hexdigest()
    return f"admin-{digest[:12]}"


def queues(settings: Settings, redis: Redis) -> dict[str, Queue]:
    """Return RQ's queues by our names, in the order in which workers empty them."""
    start = prefix(settings)
    return {name: Queue(f"{start}-{name}", connection=redis, serializer=JSONSerializer) for name in QUEUES}


def deliver(queue: Queue, job_id: str, fence: int, timeout_s: int) -> None:
    """Put a job's id on the queue. The delivery's own id is the same however often this is done for one claim."""
    queue.enqueue_call(
        PERFORM,
        args=(job_id,),
        job_id=delivery_id(job_id, fence),
        timeout=timeout_s,
        result_ttl=KEPT_S,
        failure_ttl=KEPT_S,
        description=f"job {job_id}",
    )


def delivery_id(job_id: str, fence: int) -> str:
    """Return the name of a delivery in RQ."""
    return f"{job_id}-{fence}"
