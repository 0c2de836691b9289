#!/usr/bin/env python3
"""poll and doctor as whole commands against a farm of fake agents; prints TAP.

usage: poll.py RACKVITALS FAKE-AGENT

Rounds that are killed: kills.py."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from tap import end, ok

PROGRAM, FAKE = sys.argv[1:3]
DEVICES = 12
SECONDS = 1800000000

RECORDING = """1.3.6.1.2.1.1.1.0|4|a switch
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1
1.3.6.1.2.1.1.3.0|67|4200000
1.3.6.1.2.1.1.5.0|4|switch
""" + "".join(f"""1.3.6.1.2.1.2.2.1.1.{i}|2|{i}
1.3.6.1.2.1.2.2.1.2.{i}|4|port {i}
1.3.6.1.2.1.2.2.1.3.{i}|2|6
1.3.6.1.2.1.2.2.1.5.{i}|66|1000000000
1.3.6.1.2.1.2.2.1.7.{i}|2|1
1.3.6.1.2.1.2.2.1.8.{i}|2|1
1.3.6.1.2.1.31.1.1.1.1.{i}|4|port {i}
1.3.6.1.2.1.31.1.1.1.6.{i}|70|1000
1.3.6.1.2.1.31.1.1.1.10.{i}|70|1000
1.3.6.1.2.1.31.1.1.1.15.{i}|66|1000
""" for i in range(1, 9))



class Site:
    def __init__(self, port):
        self.folder = tempfile.mkdtemp(prefix="rackvitals-poll-")
        self.write("rackvitals.yaml",
                   "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n")
        self.write("credentials.yaml", "ro: { community: public }\nwrong: { community: wrong }\n")
        self.write("inventory.yaml", f"""sites:
  one: {{ name: One }}
groups:
  switches: {{ kind: switch, site: one, snmp: {{ version: 2c, credential: ro, port: {port}, timeout: 1s, retries: 2 }} }}
devices:
  - {{ name: "sw-[01-{DEVICES:02d}]", address: "127.9.0.[1-{DEVICES}]", group: switches }}
  - {{ name: silent, address: 127.9.1.1, group: switches,
      snmp: {{ version: 2c, credential: wrong, port: {port}, timeout: 50ms, retries: 0 }} }}
""")

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), 0o600)

    def command(self, *arguments):
        return [PROGRAM, "--config", self.path("rackvitals.yaml"), *arguments]

    def environment(self, seconds):
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "RACKVITALS_NOW": str(seconds),
                **{k: v for k, v in os.environ.items() if "SAN_OPT" in k or k.startswith("RACKVITALS_")}}

    def run(self, *arguments, at=SECONDS):
        environment = self.environment(at)
        environment["RACKVITALS_NOW"] = str(at)
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=120,
                              env=environment)

    def rows(self, sql):
        with sqlite3.connect(f"file:{self.path('state', 'state.db')}?mode=ro", uri=True) as state:
            return state.execute(sql).fetchall()

    def files(self):
        return [os.path.join(folder, name) for folder, _, names in os.walk(self.path("state", "rrd"))
                for name in names if name.endswith(".rrd")]


def farm():
    folder = tempfile.mkdtemp(prefix="rackvitals-farm-")
    recording = os.path.join(folder, "switch.snmprec")
    with open(recording, "w") as file:
        file.write(RECORDING)
    child = subprocess.Popen([FAKE, "--address", "0.0.0.0", "--community", "public", recording],
                             stdout=subprocess.PIPE, text=True)
    port = int(child.stdout.readline().split()[1])
    shutil.rmtree(folder)
    return child, port


def rounds(site):
    run = site.run("poll")
    ok(run.returncode == 1 and run.stdout.startswith(f"{DEVICES + 1} devices due, {DEVICES + 1} asked, "
                                                     f"{DEVICES} answered, 1 failed")
       and run.stdout.count("\n") == 1, "the first round asks all, and prints one line", run)
    ok("silent: does not answer" in run.stderr and run.stderr.count("\n") == 1,
       "who fell silent is named", run.stderr)
    run = site.run("poll", at=SECONDS + 20)
    ok(run.returncode == 0 and run.stdout.startswith("0 devices due") and run.stderr == "",
       "a moment later nothing is due", run)
    run = site.run("poll", at=SECONDS + 60)
    ok(run.returncode == 1 and f"{DEVICES} answered, 1 failed" in run.stdout and run.stderr == "",
       "a minute later reachability is; who is still silent is not told again", run)
    run = site.run("-q", "poll", "--force", "--workers", "2", at=SECONDS + 360)
    ok(run.returncode == 1 and run.stdout == "" and run.stderr == "", "quiet, by two processes", run)
    ok(site.rows("SELECT count(*), sum(simulated) FROM round") == [(3, 3)],
       "rounds are stored, as simulated", site.rows("SELECT * FROM round"))
    ok(len([f for f in site.files() if "/interface." in f]) == DEVICES * 8,
       "each interface has its file", len(site.files()))

    run = site.run("poll", "--device", "nobody-*")
    ok(run.returncode == 64 and "nobody-*" in run.stderr, "a glob without a match is refused", run)
    run = site.run("poll", "--deadline", "soon")
    ok(run.returncode == 64, "a deadline that is none is refused", run)
    with open(site.path("state", "lock"), "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate()
        lock.write("4711 1799999999000\n")
        lock.flush()
        run = site.run("poll", "--force")
        ok(run.returncode == 75 and "process 4711 since " in run.stderr and run.stdout == "",
           "another run holds the lock", run)


def broken_file(site):
    path = sorted(f for f in site.files() if "/interface." in f)[0]
    with open(path, "wb") as file:
        file.write(b"nonsense")
    run = site.run("poll", "--force", at=SECONDS + 720)
    ok(run.returncode == 1 and os.path.basename(path) in run.stderr and "1 problem" in run.stdout,
       "a broken file is named, the others are written", run)
    run = site.run("doctor", at=SECONDS + 730)
    ok(run.returncode == 1 and f"{path}: " in run.stdout and "\n1 problem" in run.stdout,
       "doctor finds it", run.stdout)
    os.unlink(path)
    run = site.run("poll", "--force", at=SECONDS + 1020)
    ok("problem" not in run.stdout, "moved away, a new one is made", run)
    run = site.run("doctor", at=SECONDS + 1030)
    ok(run.returncode == 0, "and doctor is content", run.stdout)
    run = site.run("-q", "doctor", at=SECONDS + 1030)
    ok(run.returncode == 0 and run.stdout == "", "and silent where only problems are asked for", run.stdout)


def clock_set_back(site):
    """Every file has the same trouble: some are named, all are counted."""
    run = site.run("poll", "--force", at=SECONDS + 900)
    named = [line for line in run.stderr.splitlines() if "time goes backwards" in line]
    ok(run.returncode == 1 and len(named) == 20 and " more problems; rackvitals -v poll names each" in run.stderr,
       "a clock that was set back does not fill the mail of cron", run.stderr[-600:])
    problems = int(run.stdout.split(" problems")[0].split()[-1])
    ok(f"and {problems - 20} more problems" in run.stderr and problems >= DEVICES * 8, "none is lost", run)


def messages(site):
    """doctor tells of channels: none, nothing waits, what waits, what was tried in vain."""
    run = site.run("doctor", at=SECONDS + 1030)
    ok("note     messages      no channels: nobody is told of faults\n" in run.stdout and "-> name some by 'notify'"
       in run.stdout and run.returncode == 0, "without channels", run.stdout)
    with open(f"{site.folder}/rackvitals.yaml") as file:
        plain = file.read()
    site.write("rackvitals.yaml", plain + """service-plan: service-plan.yaml
notify:
  broken: { command: [/bin/false] }
  nightly: { command: [/bin/false], quiet: "00:00-23:59" }
""")
    site.write("service-plan.yaml", """time-zone: UTC
faults:
  levels: [{ level: 1 }, { level: 2 }]
  rules: [{ what: reachability, status: critical, samples: 2, level: 2 }]
""")
    run = site.run("doctor", at=SECONDS + 1030)
    ok("ok       messages      no message waits\n" in run.stdout, "nothing waits", run.stdout)
    told = site.path("told")  # faults of other levels
    for n in range(3):
        site.run("poll", "--force", "--state", told, at=SECONDS + 2000 + 60 * n)
    run = site.run("doctor", "--state", told, at=SECONDS + 2130)
    lines = run.stdout.splitlines()
    tried = [n for n, line in enumerate(lines) if line.startswith("PROBLEM  messages      broken: ")]
    waits = [line for line in lines if line.startswith("note     messages      nightly: ")]
    ok(len(tried) == 1 and "tried in vain" in lines[tried[0]] and "rackvitals notify test broken" in lines[tried[0] + 1],
       "a channel that takes none is a problem, and how to see why", run.stdout)
    ok(len(waits) == 1 and "for the end of quiet hours" in waits[0], "what waits for the morning is none", run.stdout)
    ok(run.returncode == 1, "it needs a person", run.returncode)
    path = os.path.join(told, "spool", "notify")
    for name in os.listdir(path):
        os.unlink(os.path.join(path, name))
        with open(os.path.join(path, name), "w") as file:
            file.write("nonsense")
    run = site.run("doctor", "--state", told, at=SECONDS + 2140)
    ok("PROBLEM  messages " in run.stdout and "puts it aside" in run.stdout, "a spool that nobody can read", run.stdout)


def state_folders(site):
    run = site.run("poll", "--state", "/proc/1/nowhere/state")
    ok(run.returncode == 73 and "the state folder cannot be made" in run.stderr and "'state'" in run.stderr,
       "a state folder that cannot be made, and what to do", run)


def nothing_declared(site):
    with open(f"{site.folder}/inventory.yaml", "rb") as file:
        inventory = file.read()
    site.write("inventory.yaml", "devices: []\n")
    run = site.run("poll", "--state", f"{site.folder}/other")
    ok(run.returncode == 78 and "no devices" in run.stderr and not os.path.exists(f"{site.folder}/other"),
       "an inventory without devices is a mistake, and nothing is made of it", run)
    site.write("inventory.yaml", inventory.decode())


def main():
    child, port = farm()
    site = Site(port)
    try:
        rounds(site)
        broken_file(site)
        clock_set_back(site)
        state_folders(site)
        nothing_declared(site)
        messages(site)
    finally:
        child.terminate()
        child.wait()
        shutil.rmtree(site.folder)
    return end()


sys.exit(main())
