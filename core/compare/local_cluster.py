"""Workers on this machine, in a process of their own: `python -m core.compare.local_cluster WORKERS FOLDER`.

The process says on standard output how to reach its scheduler, and ends when its standard input does, so that nothing
is left where the app is ended. It is a process of its own as a worker that the app's process began would run the app's
pages. Whoever reaches a scheduler can run code; this one listens on 127.0.0.1 and talks only to those that hold a key
which was made for it, and which is on no disk.
"""

from __future__ import annotations

import json
import sys

LINK = ("tls_ca_file", "tls_client_cert", "tls_client_key")
NO_PAGES: dict[str, list[str]] = {f"distributed.{role}.http.routes": [] for role in ("scheduler", "worker")}
ON_THIS_MACHINE = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}  # for a scheduler: any free port


def main(workers: int, folder: str) -> None:
    """Start the workers, say how to reach them, and wait for the end of standard input."""
    import dask
    from distributed import LocalCluster
    from distributed.security import Security

    security = Security.temporary()
    dask.config.set(NO_PAGES)
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        protocol="tls",
        security=security,
        scheduler_kwargs=ON_THIS_MACHINE,
        local_directory=folder,
    ) as cluster:
        link = {"address": cluster.scheduler_address} | {name: getattr(security, name) for name in LINK}
        print(json.dumps(link), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
