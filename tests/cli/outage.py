#!/usr/bin/env python3
"""rrdcached stopped for many rounds, until the spool is full, and started again; prints TAP.

usage: outage.py RACKVITALS FAKE-AGENT

Rounds are a minute apart by a simulated clock. What was kept has to be in the files once, at its
own time; what was lost has to be told, by number and period, and is not known in the files."""

import datetime
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

PROGRAM, FAKE = sys.argv[1:3]
DEVICES = 6
BEGIN = 1800000000
COUNT = 0
FAILED = 0
RECORDING = """1.3.6.1.2.1.1.1.0|4|a switch
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1
1.3.6.1.2.1.1.3.0|67|10000000
1.3.6.1.2.1.1.5.0|4|switch
"""


def ok(good, what, *seen):
    global COUNT, FAILED
    COUNT += 1
    FAILED += not good
    print(f"{'ok' if good else 'not ok'} {COUNT} - {what}", flush=True)
    if not good:
        for one in seen:
            print("# " + repr(one)[:3000])


class Site:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="rackvitals-outage-")
        self.daemon = None
        self.write("switch.snmprec", RECORDING)
        self.agent = subprocess.Popen(
            [FAKE, "--address", "0.0.0.0", "--community", "public", self.path("switch.snmprec")],
            stdout=subprocess.PIPE, text=True)
        port = int(self.agent.stdout.readline().split()[1])
        self.write("rackvitals.yaml", "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n"
                   f"spool-ceiling: 16\nrrdcached: {self.path('s')}\n")
        self.write("credentials.yaml", "ro: { community: public }\nwrong: { community: wrong }\n")
        self.write("inventory.yaml", f"""sites:
  one: {{ name: One }}
groups:
  switches: {{ kind: switch, site: one, snmp: {{ version: 2c, credential: ro, port: {port}, timeout: 1s, retries: 2 }} }}
devices:
  - {{ name: "sw-[1-{DEVICES}]", address: "127.9.0.[1-{DEVICES}]", group: switches }}
  - {{ name: silent, address: 127.9.1.1, group: switches,
      snmp: {{ version: 2c, credential: wrong, port: {port}, timeout: 50ms, retries: 0 }} }}
""")

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), 0o600)

    def start_daemon(self):
        self.daemon = subprocess.Popen(
            ["rrdcached", "-g", "-l", "unix:" + self.path("s"), "-p", self.path("p"), "-w", "7200", "-f",
             "14400"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while subprocess.run(["rrdtool", "flushcached", "--daemon", "unix:" + self.path("s"), "/nowhere"],
                             capture_output=True, text=True, check=False).stderr.find("connect") >= 0:
            if self.daemon.poll() is not None:
                raise RuntimeError("rrdcached does not start")
            time.sleep(0.01)

    def stop_daemon(self):
        """In good order: it writes what it holds."""
        self.daemon.terminate()
        self.daemon.wait()
        self.daemon = None

    def run(self, at, *arguments):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                       **{k: v for k, v in os.environ.items()
                          if "SAN_OPT" in k or k.startswith("RACKVITALS_")}}
        environment["RACKVITALS_NOW"] = str(at)
        return subprocess.run([PROGRAM, "--config", self.path("rackvitals.yaml"), *arguments],
                              capture_output=True, text=True, timeout=100, env=environment, check=False)

    def samples(self):
        """By device: how often the state counted it."""
        with sqlite3.connect(f"file:{self.path('state', 'state.db')}?mode=ro", uri=True) as state:
            return dict(state.execute("SELECT d.name, sum(r.samples) FROM reachability r JOIN device d"
                                      " ON d.id = r.device WHERE r.protocol = '' GROUP BY d.id"))

    def minutes(self):
        """By device: minute to what is known of it being up."""
        known = {}
        for folder, _, names in os.walk(self.path("state", "rrd")):
            if "reachability.rrd" not in names:
                continue
            lines = subprocess.run(
                ["rrdtool", "fetch", os.path.join(folder, "reachability.rrd"), "AVERAGE", "--start",
                 str(BEGIN), "--end", str(BEGIN + 1800)], capture_output=True, text=True,
                check=True).stdout.splitlines()
            column = lines[0].split().index("up")
            values = [(int(line.partition(":")[0]), line.partition(":")[2].split()[column])
                      for line in lines if line.partition(":")[0].isdigit()]
            known[os.path.basename(folder)] = {(at - BEGIN) // 60: float(text)
                                               for at, text in values if "nan" not in text}
        return known

    def end(self):
        for child in (self.agent, self.daemon):
            if child:
                child.kill()
                child.wait()
        shutil.rmtree(self.folder)


def clock(at):
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M")


def cases(site):
    every = DEVICES + 1
    site.start_daemon()
    runs = [site.run(BEGIN + 60 * minute, "poll") for minute in (0, 1)]
    ok(all(f"{DEVICES} answered, 1 failed" in run.stdout and "wait" not in run.stdout for run in runs),
       "rounds as any other", runs)
    site.stop_daemon()

    runs = [site.run(BEGIN + 60 * minute, "poll") for minute in range(2, 7)]
    ok(all(run.returncode == 1 and f"{every} asked, {DEVICES} answered, 1 failed" in run.stdout and
           f"{every} answers wait in the spool" in run.stdout and "lost" not in run.stdout for run in runs),
       "without rrdcached devices are asked all the same, and what they say waits", runs)
    ok(all("is it running?" in run.stderr and run.stderr.count("rrdcached at") == 1 for run in runs),
       "each round says why, once", runs[0].stderr)
    run = site.run(BEGIN + 60 * 6 + 20, "poll")
    ok(run.stdout.startswith("0 devices due"), "what waits is known to have been asked", run)

    with open(site.path("state", "spool", "round-000000000001.answers"), "wb") as file:
        file.write(b"x" * (16 * 1024 * 1024) + b"\n")  # what a killed run could have left
    runs = [site.run(BEGIN + 60 * minute, "poll") for minute in range(7, 10)]
    ok(all(run.returncode == 1 and f"{every} answers lost" in run.stdout and
           "wait in the spool" not in run.stdout and "spool-ceiling" in run.stderr for run in runs),
       "with a full spool each round says how much it lost", runs)
    first, last = clock(BEGIN + 60 * 7), clock(BEGIN + 60 * 9)
    told = f"{3 * every} answers of the rounds from {first}"
    run = site.run(BEGIN + 60 * 9 + 30, "doctor")
    ok(told in run.stdout and last in run.stdout, "doctor says it as well", first, last, run.stdout)

    site.start_daemon()
    run = site.run(BEGIN + 60 * 10, "poll")
    ok(f"{5 * every} answers that waited were stored" in run.stdout and "wait in" not in run.stdout,
       "with rrdcached back what waited is stored", run)
    ok(told in run.stderr and last in run.stderr, "and what is lost is told by number and period", run.stderr)
    run = site.run(BEGIN + 60 * 11, "poll")
    ok(run.stderr == "" and f"{DEVICES} answered, 1 failed" in run.stdout, "once", run)
    ok(os.listdir(site.path("state", "spool")) == [], "nothing is left in the spool")
    site.stop_daemon()

    # a minute is known where its sample and the one before were kept
    wanted = [minute for minute in range(1, 12) if minute not in (7, 8, 9, 10)]
    known = site.minutes()
    ok(len(known) == every and all(sorted(m for m in minutes if m > 0) == wanted for minutes in known.values()),
       "the files have what was kept, and a gap for what was not", known, wanted)
    ok(all(set(minutes.values()) == {0.0 if name == "silent" else 1.0} for name, minutes in known.items()),
       "with its value", known)
    samples = site.samples()
    ok(samples == {name: 9 for name in known}, "the state has each once", samples)


def main():
    if not shutil.which("rrdcached"):
        print("1..0 # SKIP rrdcached is not installed")
        return 0
    site = Site()
    try:
        cases(site)
    finally:
        site.end()
    print(f"1..{COUNT}")
    return FAILED > 0


sys.exit(main())
