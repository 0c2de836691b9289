#!/usr/bin/env python3
"""Devices that behave for two rounds and then turn hostile, beside one that is well; prints TAP.

usage: hostile.py RACKVITALS FAKE-AGENT

What is kept of a device from its good rounds (kept cells, frames) meets what it says later. For each kind of
hostility: the reason is named, in the round and by check; memory stays bounded; the good device is told of as before;
and once the hostile one behaves again, it is the device that it was. What an agent does from its first answer on:
check-live.py, and tests/unit/snmp."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import zlib

from fake_agent import FakeAgent
from tap import end, ok, skip

PROGRAM, FAKE = sys.argv[1:3]
SECONDS, STEP = 1800000000, 600
PORTS, SENSORS = 16, 6

# More than the same command takes where all are well. What one device says is kept up to 64 MiB (snmp/answers.h); it
# is put in order by a copy, and becomes an observation and its line of JSON. What a dozen say that is of no use is
# not kept at all.
HEAVY_MIB, LIGHT_MIB = 3 * 64, 16
# What all that are asked at once say is kept up to 224 MiB together (snmp/shares.h); beside it there is what was put in
# order, is stored or waits for that (poll/crew.c).
CROWD, CROWD_MIB = 200, 224 + 96

PATIENT, QUICK, LATE = "timeout: 5s, retries: 1", "timeout: 300ms, retries: 1", "timeout: 2s, retries: 2"


def table(root, first, count, columns):
    return "".join(f"1.3.6.1.2.1.{root}.{column}.{first + i}|{kind}|{str(value).replace('#', str(first + i))}\n"
                   for column, kind, value in columns for i in range(count))


# Files of 1 kB: what is looked at is their number.
TEMPLATES = """templates:
  - template: interface
    series: interface
    step: 300s
    heartbeat: 1200s
    create: on-up
    sources: [ { name: in, from: in_octets, scale: 8, minimum: 0 } ]
    archives: [ { function: AVERAGE, every: 300s, keep: 4h } ]
"""
NEW_FILES = 1000  # of a device, in one round

NAMES = {"2.2.1.2": "port #", "31.1.1.1.1": "Et#", "31.1.1.1.18": "to #", "47.1.1.1.1.2": "part #", "47.1.1.1.1.7": "inlet #"}
SYSTEM = {1: "a switch", 4: "somebody", 5: "switch", 6: "somewhere"}
RECORDING = ("".join(f"1.3.6.1.2.1.1.{column}.0|4|{text}\n" for column, text in SYSTEM.items()) +
             "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1\n1.3.6.1.2.1.1.3.0|67|4200000\n"
             "1.3.6.1.2.1.31.1.5.0|67|5\n1.3.6.1.2.1.47.1.4.1.0|67|5\n"
             "1.3.6.1.2.1.47.1.1.1.1.2.1|4|chassis\n1.3.6.1.2.1.47.1.1.1.1.4.1|2|0\n1.3.6.1.2.1.47.1.1.1.1.5.1|2|3\n" +
             table("2.2.1", 1, PORTS, ((1, 2, "#"), (2, 4, NAMES["2.2.1.2"]), (3, 2, 6), (5, 66, 10**9), (7, 2, 1),
                                       (8, 2, 1), (9, 67, 7), (13, 65, 3), (14, 65, 4))) +
             table("31.1.1.1", 1, PORTS, ((1, 4, NAMES["31.1.1.1.1"]), (6, 70, 1000), (10, 70, 2000), (15, 66, 1000),
                                          (18, 4, NAMES["31.1.1.1.18"]))) +
             table("47.1.1.1.1", 11, SENSORS, ((2, 4, NAMES["47.1.1.1.1.2"]), (4, 2, 1), (5, 2, 8),
                                               (7, 4, NAMES["47.1.1.1.1.7"]))) +
             table("99.1.1.1", 11, SENSORS, ((1, 2, 8), (2, 2, 9), (3, 2, 0), (4, 2, 23), (5, 2, 1))))


def signs(ticks):
    """What makes the names be read again."""
    return [f"set 1.3.6.1.2.1.31.1.5.0|67|{ticks}", f"set 1.3.6.1.2.1.47.1.4.1.0|67|{ticks}"]


def named(text_of, ticks):
    """Orders that give each port and part, and the device, the name that `text_of` (number, what it was) gives."""
    orders = []
    for root, text in NAMES.items():
        first, count = (1, PORTS) if root[0] != "4" else (11, SENSORS)
        orders += [f"set 1.3.6.1.2.1.{root}.{i}|4x|{text_of(i, text.replace('#', str(i))).hex()}"
                   for i in range(first, first + count)]
    return orders + [f"set 1.3.6.1.2.1.1.{column}.0|4x|{text_of(column, text).hex()}"
                     for column, text in SYSTEM.items()] + signs(ticks)


NASTY = [b"../../../../owned", b"/etc/passwd", b"\x1b]0;owned\x07\x1b[2J\x1b[31m", b"..", b"a\nb\rc", b"a\0b", b"\xff\xfe\xc0\x80",
         "\u202edesrever\u2066".encode(), b"%s%n", b"$(owned)", b"'; DROP TABLE device;--", b"<script>alert(1)</script>",
         b"\xc2\x9b31m", b"-rf", b"|4x|", b" ", b"a/../../b"]


def nasty(i, was):
    return NASTY[i % len(NASTY)]


def long(i, was):
    return b"%d " % i + 30000 * b"x"


def usual(i, was):
    return was.encode()


def misbehaves(name, times, word, state, reason, words):
    kind = word.split("=")[0]
    return name, times, (), [f"misbehave {word}"], [f"misbehave {kind}=0"], state, reason, words


# name, its time-outs, arguments of its agent, orders that make it hostile and good again, state, reason, and words
# that the reason, or where there is none a note, is told by
LIGHT = [
    misbehaves("circle", PATIENT, "repeat=9", "up", "loop", "in a circle"),
    misbehaves("circle-later", PATIENT, "repeat=40", "up", "loop", "in a circle"),
    misbehaves("bulk-circle", PATIENT, "bulk-repeat=60", "up", None, None),
    misbehaves("no-types", PATIENT, "strange-type", "up", None, "of a type that SNMP does not have"),
    misbehaves("ten-bytes", PATIENT, "invalid", "up", "protocol", "cannot be decoded"),
    misbehaves("other-objects", PATIENT, "other-objects", "up", "protocol", "other objects than were asked"),
    misbehaves("error", PATIENT, "refuse=5", "up", "protocol", "genErr"),
    misbehaves("empty", PATIENT, "empty", "up", None, None),
    misbehaves("twice", PATIENT, "duplicate", "up", None, None),
    misbehaves("late", LATE, "late=700", "up", None, None),
    misbehaves("wrong-id", QUICK, "wrong-id=1", "down", "protocol", "another request id"),
    misbehaves("elsewhere", QUICK, "other-address", "down", "protocol", "another address"),
    misbehaves("cut", QUICK, "truncate=60", "down", "protocol", "no SNMP"),
    misbehaves("noise", QUICK, "garbage", "down", "protocol", "no SNMP"),
    misbehaves("silent", QUICK, "dead=100", "down", "no_answer", "no answer"),
    ("wrong-types", PATIENT, (), [f"set 1.3.6.1.2.1.2.2.1.8.{i}|4|up" for i in range(1, 5)],
     [f"set 1.3.6.1.2.1.2.2.1.8.{i}|2|1" for i in range(1, 5)], "up", None, "4 values of interfaces are no numbers"),
    ("names", PATIENT, (), named(nasty, 99), named(usual, 199), "up", None, None),
]
HEAVY = [
    misbehaves("endless", PATIENT, "endless", "up", "loop", "for ever"),
    misbehaves("million-rows", PATIENT, "many=1000000", "up", "loop", "for ever"),
    ("long-strings", PATIENT, ("--max-size", "65000"), named(long, 99), named(usual, 199), "up", None, None),
]

sanitized = False
for one in ("rackvitals", "rackvitals-full"):
    path = os.path.join(os.path.dirname(os.path.abspath(PROGRAM)), one)
    if os.path.exists(path):
        with open(path, "rb") as program:
            sanitized = sanitized or b"__asan_init" in program.read()


# A process begins with the memory of the one it was forked from (getrusage(2)), so one that stays small starts them.
RUNNER = """
import json, os, subprocess, sys
for line in sys.stdin:
    command, out, errors, now = json.loads(line)
    with open(out, "wb") as out, open(errors, "wb") as errors:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
                                 env={**os.environ, "LC_ALL": "C.UTF-8", "RACKVITALS_NOW": str(now)})
        _, status, use = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    print(json.dumps([child.returncode, use.ru_maxrss / 1024]), flush=True)
"""
runner = subprocess.Popen([sys.executable, "-c", RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


class Run:
    """A command that has ended, and the memory that it took at most."""

    def __init__(self, command, now):
        with tempfile.TemporaryDirectory() as folder:
            out, errors = os.path.join(folder, "out"), os.path.join(folder, "errors")
            runner.stdin.write(json.dumps([command, out, errors, now]) + "\n")
            runner.stdin.flush()
            self.status, self.mib = json.loads(runner.stdout.readline())
            with open(out, "rb") as file:
                self.raw = file.read()
            with open(errors, encoding="utf-8", errors="replace") as file:
                self.errors = file.read()
        self.text = self.raw.decode("utf-8", "replace")


def takes_little(what, run, usually, most_mib):
    words = f"the {what} takes at most {most_mib} MiB more than where all are well"
    if sanitized:
        skip(words, "a sanitizer takes more")
    else:
        ok(run.mib < usually + most_mib, words, run.mib, usually)


class Site:
    def __init__(self, kinds, farms=()):
        self.kinds, self.rounds = kinds, 0
        self.folder = tempfile.mkdtemp(prefix="rackvitals-hostile-")
        recording = self.write("switch.snmprec", RECORDING)
        self.agents = ({"good": FakeAgent(FAKE, recording)} |
                       {name: FakeAgent(FAKE, *more, recording) for name, _, more, *_ in kinds} |
                       {name: FakeAgent(FAKE, "--address", "0.0.0.0", *more, recording) for name, _, more in farms})
        places = {name: (f'"{name}-[001-{count:03}]"', f'"127.9.0.[1-{count}]"') for name, count, _ in farms}
        times = {name: times for name, times, *_ in kinds}
        self.write("inventory.yaml", "sites: { one: { name: One } }\ndevices:\n" + "".join(
            "  - {{ name: {}, address: {}, kind: switch, ".format(*places.get(name, (name, "127.0.0.1"))) +
            f"snmp: {{ version: 2c, credential: ro, port: {agent.port}, {times.get(name, PATIENT)} }} }}\n"
            for name, agent in self.agents.items()))
        self.write("credentials.yaml", "ro: { community: public }\n")
        self.path = self.write("rackvitals.yaml", "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n"
                                                  "rrd-templates: templates\n")
        os.mkdir(os.path.join(self.folder, "templates"))
        self.write("templates/series.yaml", TEMPLATES)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)
        return path

    def end(self):
        for agent in self.agents.values():
            agent.stop()
        shutil.rmtree(self.folder)

    def run(self, *arguments):
        return Run([PROGRAM, "--config", self.path, *arguments], SECONDS + STEP * self.rounds)

    def round(self):
        run = self.run("poll", "--deadline", "100s")
        self.rounds += 1
        for agent in self.agents.values():
            agent.obey(f"pass {STEP}")
        return run

    def kept(self):
        """What the state says of each device: state, reason, its last answer."""
        with sqlite3.connect(f"file:{self.folder}/state/state.db?mode=ro", uri=True) as state:
            return {name: (word, None if reason == "none" else reason, json.loads(zlib.decompress(body)))
                    for name, word, reason, body in state.execute(
                        "SELECT d.name, d.state, d.reason, l.body FROM device d JOIN latest l ON l.device = d.id")}

    def files(self, device):
        return [name for folder, _, names in os.walk(f"{self.folder}/state/rrd") for name in names
                if os.path.basename(folder) == device]

    def orders(self, at):
        for kind in self.kinds:
            self.agents[kind[0]].obey(*kind[at])


def said(answer):
    """Without how and when it was asked, and what is missing by now: the sensors of other names."""
    return {what: answer[what] for what in ("interfaces", "components", "notes")} | {
        "device": {k: v for k, v in answer["device"].items() if not k.startswith("uptime")},
        "sensors": [sensor for sensor in answer["sensors"] if sensor["presence"] != "missing"]}


def protocol_of(answer):
    """What is not known is left out of what the state keeps."""
    return {"reason": None, "detail": None, "partial": False} | next(
        one for one in answer["protocols"] if one["name"] == "snmp")


def told(answer, state, reason, words):
    """Whether an answer has the reason, by these words."""
    one = protocol_of(answer)
    texts = [one["detail"] or ""] if reason else answer["notes"]
    return one["state"] == state and one["reason"] == reason and (words is None or any(words in t for t in texts))


def hostile_round(site, run, before):
    after = site.kept()
    ok(said(after["good"][2]) == said(before["good"][2]) and protocol_of(after["good"][2])["state"] == "up" and
       protocol_of(after["good"][2])["reason"] is None, "the good device is told of as before", after["good"])
    for name, *_, state, reason, words in site.kinds:
        if state == "down":
            good = after[name][:2] == (state, reason) and any(
                f"{name}: does not answer" in line and words in line for line in run.errors.splitlines())
        else:
            good = after[name][0] == "up" and told(after[name][2], state, reason, words)
        ok(good, f"the round: {name}: {state}" + (f", {reason}" if reason else "") + (f", by '{words}'" if words else ""),
           after[name][:2], protocol_of(after[name][2]), after[name][2]["notes"], run.errors)


def hostile_check(site, before):
    run = site.run("check", "*", "--format", "json")
    answers = {answer["device"]["name"]: answer for answer in map(json.loads, run.text.splitlines())}
    ok(len(answers) == len(site.agents) and [s["value"] for s in answers["good"]["sensors"]] ==
       [s["value"] for s in before["good"][2]["sensors"]], "check: the good device is told of", run.errors)
    for name, *_, state, reason, words in site.kinds:
        ok(name in answers and told(answers[name], state, reason, words), f"check: {name}: the same",
           name in answers and protocol_of(answers[name]))
    return run


def is_clean(text):
    return not any(ord(c) < 32 and c != "\n" or 0x7f <= ord(c) < 0xa0 or c in "\u202e\u2066" for c in text)


def clean(site, round_text):
    """Nothing of the names reaches a terminal or a path raw."""
    run = site.run("-v", "check", "names")
    ok("etc/passwd" in run.text and is_clean(run.text + run.errors), "names with escapes are harmless on a terminal",
       run.raw[:3000])
    ok(is_clean(round_text), "and in what a round says", round_text)
    files = [os.path.join(folder, name) for folder, _, names in os.walk(site.folder) for name in names]
    state = os.path.join(site.folder, "state", "")
    ok(all(f.startswith(state) for f in files if f.endswith(".rrd")) and
       all(is_clean(f) and "/../" not in f for f in files) and
       sorted(os.listdir(site.folder)) == ["credentials.yaml", "inventory.yaml", "rackvitals.yaml", "state", "switch.snmprec", "templates"],
       "names with separators make no path", files)


def whole(kinds, most_mib):
    site = Site(kinds)
    try:
        first = site.round()
        second = site.round()
        before = site.kept()
        ok(first.status == second.status == 0 and
           all(os.path.exists(f"{site.folder}/state/agents/{name}.frame") for name in site.agents),
           f"two good rounds: of each device ({', '.join(k[0] for k in kinds)}) a frame is kept", first.errors, second.errors)
        well = site.run("check", "*", "--format", "json")
        site.orders(3)
        hostile = site.round()
        hostile_round(site, hostile, before)
        check = hostile_check(site, before)
        for name, *_ in kinds:
            files = site.files(name)
            ok(len(files) <= NEW_FILES + PORTS + SENSORS + 1, f"{name}: it fills no disk", len(files))
        if any(kind[0] == "names" for kind in kinds):
            clean(site, hostile.text + hostile.errors)
        for what, one, usually in (("round", hostile, max(first.mib, second.mib)), ("check", check, well.mib)):
            takes_little(what, one, usually, most_mib)
        site.orders(4)
        run = site.round()
        after = site.kept()
        ok(run.status == 0 and all(said(after[name][2]) == said(before[name][2]) and after[name][:2] == ("up", None) and
                                   protocol_of(after[name][2])["reason"] is None for name in site.agents),
           "all behave again: each is the device that it was", run.errors,
           [name for name in site.agents if said(after[name][2]) != said(before[name][2])])
        print(f"# MiB: a good round {second.mib:.0f}, the hostile one {hostile.mib:.0f}, check {check.mib:.0f}", flush=True)
    finally:
        site.end()


def crowd():
    """Each says far less than is kept of one device, but all together more than there is room for at once."""
    site = Site([], (("well", 20, ()), ("crowd", CROWD, ("--max-size", "65000"))))
    try:
        first = site.round()
        before = site.kept()
        site.agents["crowd"].obey(*named(long, 99))
        run = site.round()
        after = site.kept()
        well = [name for name in before if not name.startswith("crowd")]
        ok(len(well) == 21 and all(said(after[name][2]) == said(before[name][2]) and after[name][:2] == ("up", None)
                                   for name in well), f"{CROWD} that say far too much at once: the others are told of as before",
           run.errors, [name for name in well if said(after[name][2]) != said(before[name][2])])
        cut = [name for name in after if name.startswith("crowd") and protocol_of(after[name][2]).get("reason") == "loop"]
        ok(not cut, "they wait for each other: none is cut for want of room", cut and protocol_of(after[cut[0]][2]))
        takes_little("round", run, first.mib, CROWD_MIB)
        print(f"# MiB: a good round {first.mib:.0f}, the one of the crowd {run.mib:.0f}", flush=True)
    finally:
        site.end()


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
try:
    whole(LIGHT, LIGHT_MIB)
    for heavy in HEAVY:
        whole([heavy], HEAVY_MIB)
    crowd()
finally:
    runner.kill()
    runner.communicate()
sys.exit(end())
