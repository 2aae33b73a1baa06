"""How gunicorn serves us, in production and demo: `gunicorn -c admin_core/supervisor/gunicorn_conf.py wsgi:app`.

ADMIN_BIND, WEB_CONCURRENCY (processes), ADMIN_THREADS and ADMIN_GRACEFUL_S (how long requests may finish) adjust it.
"""

import os
import signal
from pathlib import Path
from typing import Any

from admin_core.logs import configuration
from admin_core.supervisor.children import die_with_parent

bind = os.environ.get("ADMIN_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("ADMIN_THREADS", "4"))
preload_app = True  # one start-up check, one copy of the generated screens in memory
timeout = 60
graceful_timeout = int(os.environ.get("ADMIN_GRACEFUL_S", "30"))
keepalive = 5
proc_name = "hireinbox-admin-web"
control_socket_disable = True  # nobody uses it, and it would write into the working directory
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (heartbeat files must not wait for a disk)
errorlog = "-"
accesslog = None  # our own request log carries request ids and no personal data
logconfig_dict = configuration()
# No header of a client may set who calls, how, or which path: ADMIN_PROXIES says what is believed of a proxy.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}


def post_fork(_server: Any, worker: Any) -> None:
    """Let a worker end with its master, whatever ended that, and use database connections of its own."""
    die_with_parent(signal.SIGKILL, worker.ppid)()
    worker.app.wsgi().extensions["admin_core"].database.engine.dispose(close=False)
