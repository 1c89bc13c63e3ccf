"""gunicorn's settings: synchronous workers, because a synchronous ORM gains nothing from more.

`gunicorn -c python:cse.gunicorn cse.wsgi`; the environment changes what differs between machines.
"""

from __future__ import annotations

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "sync"
# A page is done in well under a second; PDFs are the worker's. Past this a request is stuck.
timeout = int(os.environ.get("WEB_TIMEOUT", "30"))
graceful_timeout = 20
keepalive = 5
max_requests = 2000
max_requests_jitter = 200
# A URL names no child (docs/security.md); even so the query of a search stays out of the log.
accesslog = "-" if os.environ.get("WEB_ACCESS_LOG") == "1" else None
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"
errorlog = "-"
limit_request_line = 4094
limit_request_fields = 100
# Workers prove that they live by touching a file: in memory, never on a full or slow disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
