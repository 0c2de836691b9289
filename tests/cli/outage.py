#!/usr/bin/env python3
"""rrdcached stopped for many rounds, until the spool is full, and started again; prints TAP.

usage: outage.py RACKVITALS FAKE-AGENT

Rounds are a minute apart by a simulated clock. The state and faults go on all the while. What was
kept has to be in the files once, at its own time; what was lost has to be told, by number and
period, and is not known in the files. The same with a folder of series that cannot be written."""

import datetime
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from tap import end, ok, skip

PROGRAM, FAKE = sys.argv[1:3]
DEVICES = 6
BEGIN = 1800000000
RECORDING = """1.3.6.1.2.1.1.1.0|4|a switch
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1
1.3.6.1.2.1.1.3.0|67|10000000
1.3.6.1.2.1.1.5.0|4|switch
"""


class Site:
    def __init__(self, with_daemon):
        self.folder = tempfile.mkdtemp(prefix="rackvitals-outage-")
        self.daemon = None
        self.write("switch.snmprec", RECORDING)
        self.port = 0
        self.start_agent()
        port = self.port
        self.write("rackvitals.yaml", "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n"
                   "spool-ceiling: 16\n" + (f"rrdcached: {self.path('s')}\n" if with_daemon else ""))
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

    def start_agent(self):
        self.agent = subprocess.Popen(
            [FAKE, "--address", "0.0.0.0", "--port", str(self.port), "--community", "public",
             self.path("switch.snmprec")], stdout=subprocess.PIPE, text=True)
        self.port = int(self.agent.stdout.readline().split()[1])

    def stop_agent(self):
        self.agent.kill()
        self.agent.wait()
        self.agent.stdout.close()

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

    def rows(self, sql):
        with sqlite3.connect(f"file:{self.path('state', 'state.db')}?mode=ro", uri=True) as state:
            return state.execute(sql).fetchall()

    def samples(self):
        """How often the state counted each device."""
        return {count for count, in self.rows("SELECT sum(samples) FROM reachability"
                                              " WHERE protocol = '' GROUP BY device")}

    def faults(self):
        return self.rows("SELECT count(*) FROM fault")[0][0]

    def spool(self):
        """Sizes by name."""
        folder = self.path("state", "spool")
        return {name: os.path.getsize(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}

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


def number_before(words, text):
    return int(text.partition(words)[0].split()[-1]) if words in text else 0


def losses(answers, every):
    """Which minutes are lost, and what has to be said of it."""
    gone = range(2, 2 + sum(answers) // every)
    return gone, (f"the series of {sum(answers)} answers of the rounds from {clock(BEGIN + 60 * gone[0])}",
                  clock(BEGIN + 60 * gone[-1]))


def cached(site):
    every = DEVICES + 1
    site.start_daemon()
    runs = [site.run(BEGIN + 60 * minute, "poll") for minute in (0, 1)]
    ok(all(f"{DEVICES} answered, 1 failed" in run.stdout and "wait" not in run.stdout for run in runs),
       "rounds as any other", runs)
    site.stop_daemon()

    faults = site.faults()
    runs = [site.run(BEGIN + 60 * minute, "poll") for minute in range(2, 5)]
    ok(all(run.returncode == 1 and f"{every} asked, {DEVICES} answered, 1 failed" in run.stdout and
           f"the series of {every} answers wait in the spool" in run.stdout and "lost" not in run.stdout
           for run in runs), "without rrdcached devices are asked all the same, and their series wait", runs)
    ok(all("is it running?" in run.stderr and run.stderr.count("rrdcached at") == 1 for run in runs),
       "each round says why, once", runs[0].stderr)
    site.stop_agent()
    runs = [site.run(BEGIN + 60 * minute, "poll") for minute in (5, 6)]
    ok(site.faults() == faults + DEVICES, "who falls silent then has a fault then", site.faults(), runs)
    ok(site.samples() == {7}, "the state has each round", site.samples())
    run = site.run(BEGIN + 60 * 6 + 20, "poll")
    ok(run.stdout.startswith("0 devices due"), "what is due is known", run)
    site.start_agent()

    with open(site.path("state", "spool", f"round-{BEGIN + 60 * 6 + 30}000.series"), "wb") as file:
        file.write(b"x" * (16 * 1024 * 1024 - sum(site.spool().values()) - 2) + b"\n")
    runs = [site.run(BEGIN + 60 * minute, "poll") for minute in range(7, 10)]
    lost = [number_before(" answers lost", run.stdout) for run in runs if "lost" in run.stdout]
    ok(len(lost) >= 2 and sum(lost) % every == 0 and all("spool-ceiling" in run.stderr for run in runs
                                                         if "lost" in run.stdout),
       "in a full spool the oldest make room, and each round says how many", lost, runs)
    gone, told = losses(lost, every)
    run = site.run(BEGIN + 60 * 9 + 30, "doctor")
    ok(all(words in run.stdout for words in told), "doctor says it as well", told, run.stdout)

    site.start_daemon()
    run = site.run(BEGIN + 60 * 10, "poll")
    gone, told = losses(lost + [number_before(" answers lost", run.stdout)], every)  # its own needed room as well
    kept = (8 - len(gone)) * every
    ok(f"the series of {kept} answers that waited were written" in run.stdout and "wait in" not in run.stdout,
       "with rrdcached back what waited is written", kept, run)
    ok(all(words in run.stderr for words in told), "and what is lost is told by number and period", run.stderr)
    run = site.run(BEGIN + 60 * 11, "poll")
    ok(run.stderr == "" and f"{DEVICES} answered, 1 failed" in run.stdout and "waited" not in run.stdout,
       "once", run)
    ok(site.spool() == {}, "nothing is left in the spool")
    site.stop_daemon()

    # a minute is known where its sample and the one before were kept
    wanted = [minute for minute in range(1, 12) if minute not in gone and minute - 1 not in gone]
    known = site.minutes()
    ok(len(known) == every and all(sorted(m for m in minutes if m > 0) == wanted for minutes in known.values()),
       "the files have what was kept, and a gap for what was not", known, wanted)
    ok(all(value == (0.0 if name == "silent" or minute in (5, 6) else 1.0)
           for name, minutes in known.items() for minute, value in minutes.items()), "with its value", known)
    ok(site.samples() == {12} and site.faults() == faults + DEVICES,
       "the state has each round once, and no fault anew", site.samples(), site.faults())


def direct(site):
    """The folder of series in another's place."""
    every = DEVICES + 1
    runs = [site.run(BEGIN + 60 * minute, "poll") for minute in (0, 1)]
    os.rename(site.path("state", "rrd"), site.path("rrd"))
    site.write(os.path.join("state", "rrd"), "")
    runs = [site.run(BEGIN + 60 * minute, "poll") for minute in (2, 3)]
    ok(all(run.returncode == 1 and f"the series of {every} answers wait" in run.stdout and
           run.stderr.count("cannot be written") == 1 for run in runs),
       "a folder that cannot be written: said once a round, and series wait", runs)
    os.unlink(site.path("state", "rrd"))
    os.rename(site.path("rrd"), site.path("state", "rrd"))
    run = site.run(BEGIN + 60 * 4, "poll")
    ok(f"the series of {2 * every} answers that waited were written" in run.stdout and run.stderr == "" and
       site.spool() == {}, "it can be written: what waited is", run, site.spool())
    known = site.minutes()
    ok(all(sorted(m for m in minutes if m > 0) == [1, 2, 3, 4] for minutes in known.values()) and
       site.samples() == {5}, "nothing is missing", known, site.samples())


def main():
    for cases in (cached, direct):
        if cases is cached and not shutil.which("rrdcached"):
            skip("through rrdcached", "rrdcached is not installed")
            continue
        site = Site(cases is cached)
        try:
            cases(site)
        finally:
            site.end()
    return end()


sys.exit(main())
