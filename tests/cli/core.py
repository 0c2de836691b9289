#!/usr/bin/env python3
"""No core file has a secret: libraries (net-snmp, libpq, libcurl) copy passwords into ordinary memory, so
none is ever written. A walk that waits for its answer is ended as by a crash; prints TAP.

usage: core.py RACKVITALS"""

import os
import resource
import signal
import socket
import subprocess
import sys

from tap import end, ok


def allow_core_files():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)


def limit_of(pid):
    """The line of /proc; not readable is as well: a process that may not be dumped is root's."""
    try:
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            return next(line.split()[4:6] for line in file if line.startswith("Max core file size"))
    except PermissionError:
        return ["0", "0"]


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as agent:
        agent.bind(("127.0.0.1", 0))
        agent.settimeout(30)
        with subprocess.Popen(
                [sys.argv[1], "walk", "127.0.0.1", "--port", str(agent.getsockname()[1]), "--snmp-version", "2c",
                 "--snmp-community", "hush", "--timeout", "20s", "--retries", "0"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=allow_core_files) as walk:
            agent.recv(4096)  # it has the secret in hand now
            limits = limit_of(walk.pid)
            ok(limits == ["0", "0"], "its limit for core files is 0", limits)
            os.kill(walk.pid, signal.SIGQUIT)
            _, status = os.waitpid(walk.pid, 0)
            walk.returncode = 0
            ok(os.WIFSIGNALED(status) and not os.WCOREDUMP(status), "a crash leaves no core file", status)
    return end()


sys.exit(main())
