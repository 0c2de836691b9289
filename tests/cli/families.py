#!/usr/bin/env python3
"""What agents take in one request is remembered for their family and firmware; prints TAP.

usage: families.py RACKVITALS FAKE-AGENT [DEVICES]

With DEVICES, a table of what so many are asked. A farm of fake agents, of which the first rounds ask a few, and later rounds others that the program never saw."""

import os
import shutil
import subprocess
import sys
import tempfile

from fake_agent import FakeAgent
from tap import end, ok

PROGRAM, FAKE = sys.argv[1:3]
PORTS = 48
SECONDS, STEP, DAY = 1800000000, 600, 86400
SLOW = 300  # ms of a time-out, where silence is what is shown


def recording():
    lines = ["1.3.6.1.2.1.1.1.0|4|switch, firmware 1.0", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1",
             "1.3.6.1.2.1.1.3.0|67|4200000", "1.3.6.1.2.1.1.5.0|4|switch"]
    columns = {"2.2.1": ((1, 2, "#"), (2, 4, "GigabitEthernet0/#"), (3, 2, 6), (5, 66, 10**9), (7, 2, 1), (8, 2, 1),
                         (13, 65, 3), (14, 65, 4), (19, 65, 5), (20, 65, 6)),
               "31.1.1.1": ((1, 4, "Gi0/#"), (6, 70, 10**12), (10, 70, 10**12), (15, 66, 1000),
                            (18, 4, "to the room of the other side"))}
    for table, cells in columns.items():
        lines += [f"1.3.6.1.2.1.{table}.{column}.{i}|{kind}|{str(value).replace('#', str(i))}"
                  for column, kind, value in cells for i in range(1, PORTS + 1)]
    return "\n".join(lines) + "\n"


class Farm:
    def __init__(self, *misbehave):
        self.folder = tempfile.mkdtemp(prefix="rackvitals-families-")
        with open(self.path("switch.snmprec"), "w") as file:
            file.write(recording())
        self.agent = FakeAgent(FAKE, "--address", "0.0.0.0", *(f"--misbehave={word}" for word in misbehave),
                               self.path("switch.snmprec"))
        self.write("rackvitals.yaml", "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n")
        self.write("credentials.yaml", "ro: { community: public }\n")
        self.now = SECONDS

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.agent.stop()
        shutil.rmtree(self.folder)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), 0o600)

    def order(self, text):
        return {name: int(value) for name, value in (word.split("=") for word in self.agent.obey(text))}

    def round(self, first, last, timeout=5000, more="", after=STEP):
        """Asks the agents `first` to `last`; what the agents count, and what poll said."""
        self.write("inventory.yaml", f"""sites: {{ one: {{ name: One }} }}
groups:
  switches: {{ kind: switch, site: one, snmp: {{ version: 2c, credential: ro, port: {self.agent.port},
               timeout: {timeout}ms, retries: 2{more} }} }}
devices:
  - {{ name: "sw-[{first:02d}-{last:02d}]", address: "127.11.0.[{first}-{last}]", group: switches }}
""")
        self.order("count")
        self.now += after
        run = subprocess.run([PROGRAM, "--config", self.path("rackvitals.yaml"), "poll"], capture_output=True, text=True,
                             timeout=120, env={**os.environ, "LC_ALL": "C.UTF-8", "RACKVITALS_NOW": str(self.now)})
        seen = self.order("count")
        seen["run"] = run
        seen["whole"] = f"{last - first + 1} answered" in run.stdout and run.returncode == 0
        return seen

    def kept(self):
        with open(self.path("state", "families")) as file:
            return [line for line in file if not line.startswith("#")]


def too_big():
    with Farm("too-wide=484") as farm:
        first = farm.round(1, 1)
        ok(first["whole"] and first["failed"] > 0, "the first device of a family shows what is too big", first)
        ok(len(farm.kept()) == 1, "it is kept, of the family", farm.kept())
        again = farm.round(1, 1)
        ok(again["whole"] and again["failed"] == 0, "the same device is not asked for too much again", again)
        other = farm.round(2, 9)
        ok(other["whole"] and other["failed"] == 0, "nor is any other one of its family, never seen before", other)
        ok(other["requests"] <= 8 * first["requests"], "which are asked in no more requests", first, other)
        other = farm.round(2, 9)
        ok(other["whole"] and other["failed"] == 0, "nor in their next round", other)
        farm.order("set 1.3.6.1.2.1.1.1.0|4|switch, firmware 2.0")
        changed = farm.round(2, 2)
        ok(changed["whole"] and changed["failed"] > 0 and len(farm.kept()) == 2, "other firmware is learnt anew", changed)


def lifted():
    with Farm("too-wide=484") as farm:
        farm.round(1, 1)
        farm.order("misbehave too-wide=0")
        before = farm.round(2, 2)
        ok(before["whole"] and before["failed"] == 0, "a limit that is gone is kept for a day", before)
        for i in range(3, 9):
            after = farm.round(i, i, after=DAY if i == 3 else STEP)
        ok(after["whole"] and after["requests"] < before["requests"] * 2 / 3 and not farm.kept(),
           "then more and more is asked, until it is forgotten", before, after, farm.kept())


def ordered():
    with Farm("too-wide=484") as farm:
        farm.round(1, 1)
        few = farm.round(2, 2, more=", max-repetitions: 5")
        many = farm.round(3, 3, more=", max-repetitions: 40")
        ok(few["whole"] and few["requests"] > many["requests"] and many["whole"] and many["failed"] > 0,
           "max_repetitions of the inventory is obeyed, whatever the family takes", few, many)


def no_bulk():
    with Farm("bulk-error=5") as farm:
        first, other = farm.round(1, 1), farm.round(2, 2)
        ok(first["whole"] and first["failed"] > 0 and other["whole"] and other["failed"] == 0,
           "where GETBULK is an error, the next device of the family is asked without it", first, other)


def silence():
    with Farm("silent-wide=700") as farm:
        seen = [farm.round(i, i, timeout=SLOW) for i in range(1, 5)]
        ok(all(one["whole"] for one in seen) and all(one["failed"] > 0 for one in seen[:2]),
           "silence at large answers is met twice", *seen)
        ok(seen[3]["failed"] == 0 and seen[3]["whole"], "then it is believed", *seen)


def loss():
    with Farm() as farm:
        usual = farm.round(1, 1)["requests"]
        farm.order("misbehave silent-wide=700")
        lost = farm.round(2, 2, timeout=SLOW)
        farm.order("misbehave silent-wide=0")
        after = farm.round(3, 3)
        ok(lost["failed"] > 0 and after["whole"] and after["requests"] == usual,
           "one device that is silent once lowers nothing for the others", usual, lost, after)
        farm.order("misbehave silent-wide=700")
        lost = farm.round(4, 4, timeout=SLOW)
        farm.order("misbehave silent-wide=0")
        after = farm.round(5, 5)
        ok(lost["failed"] > 0 and after["whole"] and after["requests"] == usual,
           "nor a second one, where as much was answered between them", usual, lost, after)


def damaged():
    with Farm("too-wide=484") as farm:
        farm.round(1, 1)
        with open(farm.path("state", "families"), "a") as file:
            file.write("\x1b[31m nonsense\n")
        after = farm.round(2, 2)
        told = [line for line in after["run"].stderr.splitlines() if "families" in line]
        ok(after["whole"] and after["failed"] > 0 and len(told) == 1 and len(farm.kept()) == 1,
           "a damaged file is forgotten, told of once, and written anew", after, told)


def measure(devices):
    """A table of what such farms are asked: the bench of it (tests/bench/README.md)."""
    print("| agents | round | packets a device | of them too much |\n|---|---|---|---|")
    for words in ("", "too-wide=484", "silent-wide=700", "bulk-error=5"):
        with Farm(*words.split()) as farm:
            for name, first in (("1st", 1), ("2nd", 1), ("1st of others", devices + 1), ("2nd of these", devices + 1)):
                farm.order(f"pass {farm.now + STEP - SECONDS}")
                seen = farm.round(first, first + devices - 1, timeout=SLOW)
                print(f"| {words or 'without a limit'} | {name} | {seen['requests'] / devices:.1f} | "
                      f"{seen['failed'] / devices:.1f} |{'' if seen['whole'] else ' not whole'}", flush=True)


if len(sys.argv) > 3:
    measure(int(sys.argv[3]))
    sys.exit(0)
for part in (too_big, lifted, ordered, no_bulk, silence, loss, damaged):
    part()
sys.exit(end())
