#!/usr/bin/env python3
"""Rounds of poll killed with -9 at random instants, without rrdcached and through it; prints TAP.

usage: kills.py RACKVITALS FAKE-AGENT [KILLS [SEED]]

Rounds are a minute apart by a simulated clock; the counters that the agents give go on with it, so
that every rate that is known must be the same. After each kill it is looked up what had been taken
down (spool and state), and every RRD file is read. Through rrdcached, which keeps a journal, the
daemon is killed now and then as well, alone or together with the round, and may then stay away for
the next rounds. rrdcached buffers its journal: what it took in the round in which it was killed
itself it may lose, and that alone is not looked for in the files. Held against that:

- no file cannot be read, no value that was once known is gone or another;
- whatever was taken down is in the files and in the state in the end, and nothing twice;
- no rate but the true one.

The suite does 5 of each; 200 of each: meson test --benchmark 'poll killed'."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from tap import end, ok, skip

PROGRAM, FAKE = sys.argv[1:3]
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 5
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else random.SystemRandom().randrange(1 << 30)
DEVICES, PORTS = 24, 3
BEGIN, MINUTE = 1800000000, 60
RATE = 8000.0  # bit/s on every port


def recording(at):
    octets = (at - BEGIN + 100000) * int(RATE) // 8
    lines = ["1.3.6.1.2.1.1.1.0|4|a switch", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1",
             f"1.3.6.1.2.1.1.3.0|67|{(at - BEGIN) * 100 + 10000000}", "1.3.6.1.2.1.1.5.0|4|switch"]
    for i in range(1, PORTS + 1):
        lines += [f"1.3.6.1.2.1.2.2.1.{column}.{i}|{kind}|{value}" for column, kind, value in
                  ((1, 2, i), (2, 4, f"port {i}"), (3, 2, 6), (5, 66, 10**9), (7, 2, 1), (8, 2, 1))]
        lines += [f"1.3.6.1.2.1.31.1.1.1.{column}.{i}|{kind}|{value}" for column, kind, value in
                  ((1, 4, f"port {i}"), (6, 70, octets), (10, 70, octets), (15, 66, 1000))]
    return "\n".join(lines) + "\n"


class Site:
    """The estate, its agents, and rrdcached where it is wanted."""

    def __init__(self, cached):
        self.folder = tempfile.mkdtemp(prefix="rackvitals-kills-")
        self.cached = cached
        self.agent = self.daemon = None
        self.port = 0
        self.turn(BEGIN)
        self.write("rackvitals.yaml", "inventory: inventory.yaml\ncredentials: credentials.yaml\n"
                   "state: state\n" + (f"rrdcached: {self.path('s')}\n" if cached else ""))
        self.write("credentials.yaml", "ro: { community: public }\nwrong: { community: wrong }\n")
        self.write("inventory.yaml", f"""sites:
  one: {{ name: One }}
groups:
  switches: {{ kind: switch, site: one, snmp: {{ version: 2c, credential: ro, port: {self.port}, timeout: 1s, retries: 2 }} }}
devices:
  - {{ name: "sw-[1-{DEVICES}]", address: "127.9.0.[1-{DEVICES}]", group: switches }}
  - {{ name: silent, address: 127.9.1.1, group: switches,
      snmp: {{ version: 2c, credential: wrong, port: {self.port}, timeout: 50ms, retries: 0 }} }}
""")
        if cached:
            os.mkdir(self.path("journal"))
            self.start_daemon()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), 0o600)

    def turn(self, at):
        """Agents of that moment."""
        if self.agent:
            self.agent.kill()
            self.agent.wait()
            self.agent.stdout.close()
        self.write("switch.snmprec", recording(at))
        self.agent = subprocess.Popen(
            [FAKE, "--address", "0.0.0.0", "--port", str(self.port), "--community", "public",
             self.path("switch.snmprec")], stdout=subprocess.PIPE, text=True)
        self.port = int(self.agent.stdout.readline().split()[1])

    def start_daemon(self):
        """Waits until it has read its journal and answers; before that nothing may be asked of it."""
        for name in ("s", "p"):
            if os.path.exists(self.path(name)):
                os.unlink(self.path(name))
        self.daemon = subprocess.Popen(
            ["rrdcached", "-g", "-l", "unix:" + self.path("s"), "-p", self.path("p"), "-j",
             self.path("journal"), "-w", "7200", "-f", "14400"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        while subprocess.run(["rrdtool", "flushcached", "--daemon", "unix:" + self.path("s"),
                              "/nowhere"], capture_output=True, text=True,
                             check=False).stderr.find("connect") >= 0:
            if self.daemon.poll() is not None:
                raise RuntimeError("rrdcached does not start")
            time.sleep(0.01)

    def kill_daemon(self):
        self.daemon.kill()
        self.daemon.wait()
        self.daemon = None

    def poll(self, at):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "RACKVITALS_NOW": str(at),
                       **{k: v for k, v in os.environ.items()
                          if "SAN_OPT" in k or k.startswith("RACKVITALS_")}}
        environment["RACKVITALS_NOW"] = str(at)
        return subprocess.Popen([PROGRAM, "--config", self.path("rackvitals.yaml"), "poll", "--force"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=environment)

    def rows(self, sql):
        path = self.path("state", "state.db")
        if not os.path.exists(path):
            return []
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as state:
            try:
                return state.execute(sql).fetchall()
            except sqlite3.OperationalError as error:  # killed before there were tables
                if "no such table" in str(error):
                    return []
                raise

    def files(self, ending=".rrd"):
        return sorted(os.path.join(folder, name)
                      for folder, _, names in os.walk(self.path("state", "rrd"))
                      for name in names if name.endswith(ending))

    def taken(self, at):
        """Devices whose answer of this round was taken down."""
        names = {name for name, last in self.rows("SELECT name, last_ms FROM device")
                 if last is not None and last // 1000 // MINUTE == at // MINUTE}
        spool = self.path("state", "spool")
        for name in os.listdir(spool) if os.path.isdir(spool) else []:
            with open(os.path.join(spool, name), encoding="utf-8") as file:
                for line in file:
                    if not line.endswith("\n") or line[0] == "-":
                        continue
                    answer = json.loads(line.split(" ", 1)[1])
                    if answer["taken_at_ms"] // 1000 // MINUTE == at // MINUTE:
                        names.add(answer["device"]["name"])
        return names

    def waiting(self):
        """Rounds whose answers wait in the spool for the next one to write them."""
        spool = self.path("state", "spool")
        return {int(name.split("-")[1].split(".")[0]) // 1000 // MINUTE * MINUTE
                for name in (os.listdir(spool) if os.path.isdir(spool) else [])}

    def end(self):
        for child in (self.agent, self.daemon):
            if child:
                child.kill()
                child.wait()
        shutil.rmtree(self.folder)


def rrdtool(commands):
    """One process for many files. The answer to each command, or its error."""
    run = subprocess.run(["rrdtool", "-"], input="".join(c + "\n" for c in commands), text=True,
                         capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
    answers, lines = [], []
    for line in run.stdout.splitlines():
        if line.startswith(("OK u:", "ERROR")):
            answers.append(line if line.startswith("ERROR") else lines)
            lines = []
        else:
            lines.append(line)
    if len(answers) != len(commands):
        raise RuntimeError("rrdtool ended early: " + run.stderr)
    return answers


def values_of(site, until):
    """(file, source, time) to value, of what is known at the native step; files not readable."""
    files = site.files()
    daemon = [f"flushcached --daemon unix:{site.path('s')} {path}" for path in files] \
        if site.daemon else []
    commands = daemon + [f"fetch {path} AVERAGE --start {BEGIN - 600} --end {until}" for path in files]
    answers = rrdtool(commands)
    known, unreadable = {}, [a for a in answers if isinstance(a, str) and "rrdc_flush" not in a]
    for path, lines in zip(files, answers[len(daemon):]):
        if isinstance(lines, str):
            continue
        names = lines[0].split()
        for line in lines[1:]:
            moment, _, values = line.partition(":")
            if not moment.isdigit():
                continue
            for name, text in zip(names, values.split()):
                if "nan" not in text.lower():
                    known[path, name, int(moment)] = float(text)
    return known, unreadable


def kill_round(site, at, chance, usual):
    """A round that is killed, or whose daemon is. Whether anything was, the daemon, and how long the
    round took where it came to its end. Of two random instants the later one: most of a round waits,
    what may go wrong is done at its end."""
    both = site.daemon and chance.random() < 0.3
    alone = site.daemon and not both and chance.random() < 0.2
    begin = time.monotonic()
    child = site.poll(at)
    try:
        child.communicate(timeout=max(chance.random(), chance.random()) * usual)
        hit = False
    except subprocess.TimeoutExpired:
        hit = True
        if both or alone:
            site.kill_daemon()
        if not alone:
            child.send_signal(signal.SIGKILL)
        child.communicate()
    else:
        usual = time.monotonic() - begin
        if both or alone:
            site.kill_daemon()
    return hit, bool(both or alone), usual


def kills(cached):
    words = "through rrdcached: " if cached else "direct: "
    chance = random.Random(SEED + cached)
    site = Site(cached)
    taken, unsure, known, unreadable, lost, killed = {}, set(), {}, [], [], 0
    try:
        begin = time.monotonic()
        first = site.poll(BEGIN)
        out = first.communicate()
        usual = time.monotonic() - begin
        ok(first.returncode == 1 and f"{DEVICES} answered, 1 failed" in out[0],
           words + "a whole round before", first.returncode, out)
        taken[BEGIN] = site.taken(BEGIN)
        at = BEGIN
        for _ in range(4 * KILLS):
            if killed == KILLS:
                break
            at += MINUTE
            site.turn(at)
            waiting = site.waiting()
            hit, daemon, usual = kill_round(site, at, chance, usual)
            killed += hit
            if site.cached and not site.daemon and chance.random() < 0.5:
                site.start_daemon()
            if daemon:  # it may not have written yet what it was given: this round's, and what waited for it
                unsure |= {at} | waiting
            taken[at] = site.taken(at)
            now, bad = values_of(site, at + MINUTE)
            unreadable += [(at, one) for one in bad]
            lost += [(at, key, value, now.get(key)) for key, value in known.items()
                     if now.get(key) != value]
            known = now
        if site.cached and not site.daemon:
            site.start_daemon()
        at += MINUTE
        site.turn(at)
        last = site.poll(at)
        out = last.communicate()
        taken[at] = site.taken(at)
        now, bad = values_of(site, at + MINUTE)
        judge(site, words, killed, taken, unsure, known, now, unreadable + bad, lost, (last.returncode, out))
    finally:
        site.end()


def judge(site, words, killed, taken, unsure, known, now, unreadable, lost, last):
    partly = sum(0 < len(names) <= DEVICES for names in taken.values())
    print(f"# {words}{killed} of {len(taken) - 2} rounds met their kill, {partly} of them had taken a part of "
          f"the answers, {len(unsure)} had rrdcached killed; seed {SEED}")
    ok(killed > 0 and last[0] == 1 and f"{DEVICES} answered, 1 failed" in last[1][0] and
       last[1][1] == "", words + "the round after them is as any other", last)
    ok(not unreadable, words + "every file could be read after every kill", unreadable[:5])
    lost += [("end", key, value, now.get(key)) for key, value in known.items()
             if now.get(key) != value]
    ok(not lost, words + "no value that was once there is gone or another", lost[:5])
    wrong = []
    for path in site.files():
        if os.path.basename(path) != "reachability.rrd":
            continue
        name = os.path.basename(os.path.dirname(path))
        up = 0.0 if name == "silent" else 1.0
        for moment in sorted(taken)[1:]:
            if moment in unsure or moment - MINUTE in unsure:
                continue
            both = name in taken[moment] and name in taken[moment - MINUTE]
            value = now.get((path, "up", moment))
            if value != (up if both else None):
                wrong.append((name, moment, name in taken[moment], name in taken[moment - MINUTE],
                              value))
    ok(not wrong, words + "each answer that was taken down is in the files, and nothing else",
       len(wrong), wrong[:5])
    rates = {round(value, 6) for (path, name, _), value in now.items()
             if name in ("in", "out") and "/interface." in path}
    ok(rates and all(abs(rate - RATE) < RATE / 20 for rate in rates), words + "no rate but the true one, but for milliseconds on the way", rates)
    counts = dict(site.rows("SELECT d.name, sum(r.samples) FROM reachability r JOIN device d"
                            " ON d.id = r.device WHERE r.protocol = '' GROUP BY d.id"))
    wanted = {name: sum(name in names for names in taken.values())
              for name in set().union(*taken.values())}
    ok(counts == wanted, words + "the state has each of them once", counts, wanted)
    ok(os.listdir(site.path("state", "spool")) == [], words + "nothing is left in the spool",
       os.listdir(site.path("state", "spool")))
    ok(site.rows("PRAGMA integrity_check") == [("ok",)], words + "the state is whole")


def main():
    kills(False)
    if shutil.which("rrdcached"):
        kills(True)
    else:
        skip("through rrdcached", "rrdcached is not installed")
    return end()


sys.exit(main())
