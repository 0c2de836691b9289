#!/usr/bin/env python3
"""Counters over rounds of `poll`, as series have them after each round; prints TAP.

usage: counters.py RACKVITALS FAKE-AGENT

One switch, whose clock and counters are told for each round. What could be a restart, a reset or more than one wrap
is not known: never a spike, in no round. sysUpTime that wraps after 497 days is no restart."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile

from fake_agent import FakeAgent
from tap import end, ok

PROGRAM, FAKE = sys.argv[1:3]
SECONDS, STEP = 1800000000, 300
WRAP, KBYTES = 2**32, 300000  # octets in a round: 1000 a second, 8000 bit/s
HUGE = 10**14

TEMPLATES = """templates:
  - template: interface
    series: interface
    step: 300s
    heartbeat: 900s
    create: on-up
    sources: [ { name: in, from: in_octets, scale: 8, minimum: 0 } ]
    archives: [ { function: AVERAGE, every: 300s, keep: 4h } ]
"""

# sysUpTime of each round: it wraps before the fourth (which is no restart), and is small in the sixth (which is one)
UPTIMES = [WRAP - 70000, WRAP - 40000, WRAP - 10000, 20000, 50000, 5000, 35000]
BOOT = 5
ROUNDS = range(len(UPTIMES))


def steady(i):
    return i * KBYTES


def set_back(i):
    """Cleared by an operator after the second round: the device says nothing of it."""
    return 10**12 + steady(i) if i < 2 else steady(i - 2)


def jumps(i):
    return steady(i) if i < 2 else HUGE + steady(i)


def from_near_wrap(i):
    return (WRAP - 1000 + steady(i)) % WRAP


# Port: speed in Mbit/s, whether it has the counter of 64 bits, the counter in each round, ifCounterDiscontinuityTime
# in each, and the rounds in which its rate is not known beside the first and the one after the restart.
PORTS = [
    ("64 bits that count on: sysUpTime wraps, and nothing is lost by it", 10000, True, steady, lambda i: 0, ()),
    ("64 bits set back: unknown once", 10000, True, set_back, lambda i: 0, (2,)),
    ("64 bits that jump with ifCounterDiscontinuityTime: unknown once", 10000, True, jumps,
     lambda i: 0 if i < 2 else 4294950000, (2,)),
    ("64 bits that jump without a word: faster than the port is, unknown once", 10000, True, jumps, lambda i: 0, (2,)),
    ("32 bits at 10 Mbit/s that wrap: known", 10, False, from_near_wrap, lambda i: 0, ()),
    ("32 bits at 1 Gbit/s, which could wrap eight times in a round: never known", 1000, False, steady, lambda i: 0, ROUNDS),
]


def lines(i):
    """What the switch says in round `i`."""
    said = {"1.1.0|4": "a switch", "1.2.0|6": "1.3.6.1.4.1.99999.1", "1.3.0|67": UPTIMES[i], "1.5.0|4": "switch"}
    for port, (_, speed, wide, counter, discontinuity, _) in enumerate(PORTS, 1):
        said |= {f"2.2.1.1.{port}|2": port, f"2.2.1.2.{port}|4": f"port {port}", f"2.2.1.3.{port}|2": 6,
                 f"2.2.1.5.{port}|66": min(speed * 10**6, WRAP - 1), f"2.2.1.7.{port}|2": 1, f"2.2.1.8.{port}|2": 1,
                 f"2.2.1.10.{port}|65": counter(i) % WRAP, f"2.2.1.16.{port}|65": counter(i) % WRAP, f"31.1.1.1.1.{port}|4": f"port {port}",
                 f"31.1.1.1.15.{port}|66": speed, f"31.1.1.1.19.{port}|67": discontinuity(i)}
        if wide:
            said |= {f"31.1.1.1.6.{port}|70": counter(i), f"31.1.1.1.10.{port}|70": counter(i)}
    return [f"1.3.6.1.2.1.{oid}|{value}" for oid, value in said.items()]


class Site:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="rackvitals-counters-")
        os.mkdir(os.path.join(self.folder, "templates"))
        self.agent = FakeAgent(FAKE, "--frozen", self.write("switch.snmprec", "\n".join(lines(0)) + "\n"))
        self.write("inventory.yaml", "sites: { one: { name: One } }\ndevices:\n  - { name: switch, address: 127.0.0.1, "
                                     f"kind: switch, snmp: {{ version: 2c, credential: ro, port: {self.agent.port}, timeout: 5s }} }}\n")
        self.write("credentials.yaml", "ro: { community: public }\n")
        self.path = self.write("rackvitals.yaml", "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n"
                                                  "rrd-templates: templates\nintervals: { health: 5m }\n")
        self.write("templates/series.yaml", TEMPLATES)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)
        return path

    def end(self):
        self.agent.stop()
        shutil.rmtree(self.folder)

    def round(self, i):
        self.agent.obey(*(f"set {line}" for line in lines(i)))
        return subprocess.run([PROGRAM, "--config", self.path, "poll", "--force", "--deadline", "60s"], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              env={**os.environ, "LC_ALL": "C.UTF-8", "RACKVITALS_NOW": str(SECONDS + STEP * i)})

    def rates(self):
        """The last of each port; None: unknown."""
        rates = {}
        for folder, _, names in os.walk(os.path.join(self.folder, "state", "rrd")):
            for name in names:
                port = name.removesuffix(".rrd")[-1]
                if not name.startswith("interface.") or not port.isdigit():
                    continue
                told = subprocess.run(["rrdtool", "lastupdate", os.path.join(folder, name)], text=True,
                                      capture_output=True, check=True).stdout
                value = told.split()[-1]
                rates[int(port)] = None if value in ("U", "NaN", "-nan", "nan") else float(value)
        return rates


def main():
    site = Site()
    told = []
    try:
        for i in ROUNDS:
            run = site.round(i)
            if run.returncode != 0:
                ok(False, f"round {i} ends well", run.stdout, run.stderr)
            told.append(site.rates())
    finally:
        site.end()
    for port, (words, *_, unknown) in enumerate(PORTS, 1):
        rates = [one.get(port) for one in told]
        ok(all((rate is None) if i in (0, BOOT) or i in unknown else rate is not None and 7500 < rate < 8500
               for i, rate in enumerate(rates)), words, rates)
    return end()


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
sys.exit(main())
