#!/usr/bin/env python3
"""A PostgreSQL server of a test's own, on a Unix socket in a folder of its own, and no TCP.

usage: postgresql.py PROGRAM [ARGUMENT…]

Runs PROGRAM with RACKVITALS_TEST_POSTGRESQL set to the server's connection string and with
RACKVITALS_TEST_POSTGRESQL_PID to its process; says in TAP that it was skipped where Debian's
package postgresql is not installed. Tests import Server from here."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

NAME = "rackvitals"


def programs():
    """The folder of initdb and postgres, of the newest version; None: not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda p: int(p.split("/")[4]))
    return os.path.dirname(found[-1]) if found else None


class Server:
    """`with Server() as server:` it runs, and is gone at the end, with all that it held."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="rv-pg-")
        self.data = os.path.join(self.folder, "data")
        self.process = None
        # PostgreSQL refuses to run as root
        self.user = pwd.getpwnam("postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name)
        self.as_user = {}
        if os.getuid() == 0:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
            self.as_user = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        os.chmod(self.folder, 0o755)
        # a collation that is not that of bytes, as most servers have one
        self.run("initdb", "-D", self.data, "-U", NAME, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C",
                 "--locale-provider=icu", "--icu-locale=en")
        self.start()
        self.run("createdb", "-h", self.folder, "-U", NAME, NAME)

    def run(self, program, *arguments, **more):
        done = subprocess.run([os.path.join(programs(), program), *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", check=False,
                              **self.as_user, **more)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}")
        return done.stdout

    def start(self):
        """Returns when it takes connections."""
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(
                [os.path.join(programs(), "postgres"), "-D", self.data, "-k", self.folder, "-c", "listen_addresses=",
                 "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=30",
                 "-c", "autovacuum=off"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **self.as_user)
        while self.process.poll() is None:
            asked = subprocess.run([os.path.join(programs(), "pg_isready"), "-q", "-h", self.folder, "-t", "1"],
                                   check=False)
            if asked.returncode == 0:
                return
        raise RuntimeError("the server ended at once: " + self.log())

    def stop(self, how=signal.SIGINT):
        """SIGINT: it ends its sessions; SIGQUIT: at once, as a crash."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait()
        self.process = None

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()

    def sql(self, sql, *, schema="public"):
        """Lines of values, '|' between them."""
        return self.run("psql", "-h", self.folder, "-U", NAME, "-d", NAME, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c",
                        f"SET search_path = {schema}", "-c", sql).splitlines()

    def connection(self, *, user=NAME):
        return f"host={self.folder} dbname={NAME} user={user}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    if programs() is None:
        print("1..0 # SKIP postgresql is not installed")
        return 0
    with Server() as server:
        environment = dict(os.environ, RACKVITALS_TEST_POSTGRESQL=server.connection(),
                           RACKVITALS_TEST_POSTGRESQL_PID=str(server.process.pid))
        status = subprocess.run(sys.argv[1:], env=environment, check=False).returncode
        if status != 0:
            sys.stderr.write(server.log()[-4000:])
        return status


if __name__ == "__main__":
    sys.exit(main())
