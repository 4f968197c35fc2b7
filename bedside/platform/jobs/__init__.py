"""Work done later, or by the clock: rows in PostgreSQL, done by a worker beside the server.

A room writes `jobs.py` with `@job(name, policy=…)` and `@periodic(cron, …)`; anyone asks with `defer`.
"""

from .registry import Job, defer, job, jobs, periodic, run_job

__all__ = ["Job", "defer", "job", "jobs", "periodic", "run_job"]
