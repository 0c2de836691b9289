#!/usr/bin/env python3
"""Good and bad devices in one check, and in one round: fake agents and a real snmpd; prints TAP.

usage: check-live.py RACKVITALS FAKE-AGENT

One never answers, one answers when it is too late, one gives the same objects for ever, one invents
ever new ones, one refuses the password. Each must say so, within its budget, and hold up no other."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

from tap import end, ok

PROGRAM, FAKE = sys.argv[1:3]
BUDGET_MS = 8000
# A device's own time-outs, so that what is well has time even on a busy machine. "late" takes 1.2 s an
# answer, in time for one request but not for all of them; "too-late" answers after the last repeat.
PATIENT, QUICK = "timeout: 5s, retries: 1", "timeout: 1s, retries: 1"

RECORDING = """1.3.6.1.2.1.1.1.0|4|a switch
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1
1.3.6.1.2.1.1.3.0|67|4200000
1.3.6.1.2.1.1.5.0|4|switch
""" + "".join(f"1.3.6.1.2.1.2.2.1.{column}.{i}|{kind}|{value or i}\n"
              for column, kind, value in ((1, 2, 0), (2, 4, "port"), (3, 2, 6), (5, 66, 10**9), (7, 2, 1), (8, 2, 1))
              for i in range(1, 9))
# name, arguments of the fake agent, time-outs, state, reason, words that the reason is told by
DEVICES = [
    ("good", (), PATIENT, "up", None, None),
    ("never", ("--community", "another"), QUICK, "down", "no_answer", "community is wrong"),
    ("too-late", ("--latency", "20000"), QUICK, "down", "no_answer", "no answer within"),
    ("late", ("--latency", "1200"), PATIENT, "up", "budget", "not all was asked"),
    ("circle", ("--misbehave", "repeat=20"), PATIENT, "up", "loop", "in a circle"),
    ("endless", ("--misbehave", "endless"), PATIENT, "up", "loop", "for ever"),
]
V3 = [("guarded", "right", "up", None, None), ("refused", "wrong", "down", "credentials", "password")]

children = []
folder = tempfile.mkdtemp(prefix="rackvitals-live-")
environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "RACKVITALS_NOW": "1800000000",
               **{k: v for k, v in os.environ.items() if "SAN_OPT" in k}}


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o600)
    return path


def start(*command, **options):
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True, **options)
    children.append(child)
    return child


def fake(recording, arguments):
    return int(start(FAKE, "--frozen", *arguments, recording, stdout=subprocess.PIPE).stdout.readline().split()[1])


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def snmpd(program):
    port = free_port()
    path = write("snmpd.conf", f'agentAddress udp:127.0.0.1:{port}\nsysName guarded\n'
                               'createUser monitor SHA-256 "right-auth" AES "right-priv"\nrouser monitor priv\n')
    start(program, "-f", "-C", "-c", path, "-Lf", "/dev/null", "-I", "-smux", "-p", os.path.join(folder, "pid"),
          env={**environment, "SNMP_PERSISTENT_DIR": folder, "MIBS": ""}, stdout=subprocess.DEVNULL,
          stderr=subprocess.DEVNULL)
    for _ in range(200):  # its socket stands in the kernel's table (proc(5)), in hexadecimal
        with open("/proc/net/udp", encoding="ascii") as table:
            if f"0100007F:{port:04X}" in table.read():
                return port
        time.sleep(0.05)
    raise RuntimeError("snmpd does not start")


def site(ports, v3_port):
    lines = [f"  - {{ name: {name}, address: 127.0.0.1, kind: switch, "
             f"snmp: {{ version: 2c, credential: community, port: {ports[name]}, {times} }} }}"
             for name, _, times, *_ in DEVICES]
    if v3_port:
        lines += [f"  - {{ name: {name}, address: 127.0.0.1, kind: server, "
                  f"snmp: {{ version: 3, credential: {credential}, port: {v3_port}, {PATIENT} }} }}"
                  for name, credential, *_ in V3]
    write("inventory.yaml", "sites: { one: { name: One } }\ndevices:\n" + "\n".join(lines) + "\n")
    write("credentials.yaml", "community: { community: public }\n" + "".join(
        f"{word}: {{ user: monitor, level: authPriv, auth: SHA-256, auth-password: {word}-auth, priv: AES-128, "
        "priv-password: right-priv }\n" for word in ("right", "wrong")))
    return write("rackvitals.yaml", "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n"
                                    f"poll: {{ deadline: 60s, device-budget: {BUDGET_MS}ms }}\n")


def run(path, *arguments):
    return subprocess.run([PROGRAM, "--config", path, *arguments], capture_output=True, text=True, timeout=150,
                          env=environment)


def one_check(path, wanted):
    result = run(path, "check", "*", "--budget", f"{BUDGET_MS}ms", "--format", "json")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    by_name = {answer["device"]["name"]: answer for answer in answers}
    ok(result.returncode == 2 and result.stderr == "" and sorted(by_name) == sorted(wanted) and
       len(answers) == len(wanted), "one check tells of every device once", result.stderr, sorted(by_name))
    for name, (state, reason, words) in wanted.items():
        protocol = by_name.get(name, {"protocols": [{}]})["protocols"][0]
        slow = name == "endless" and protocol.get("reason") == "budget"  # on a slow machine the time ends first
        ok(protocol.get("state") == state and (slow or protocol.get("reason") == reason and
                                               (words is None or words in protocol.get("detail", ""))),
           f"check: {name}: {state}" + (f", {reason}, told by '{words}'" if words else ""), protocol)
        ok(protocol.get("duration_ms", 1e9) < BUDGET_MS + 2000, f"check: {name} keeps to its budget", protocol)
    whole = [name for name, (state, reason, _) in wanted.items() if (state, reason) == ("up", None)]
    ok(all(by_name[name]["status"] == "ok" and by_name[name]["interfaces"] for name in whole),
       "the good devices are told of in full", whole)
    given_up = by_name["never"]["protocols"][0]["duration_ms"]
    ok(all(by_name[name]["protocols"][0]["duration_ms"] < given_up for name in whole),
       "the good devices are done before the silent one is given up", whole)


def one_round(path, wanted):
    result = run(path, "poll", "--force")
    down = {name: words for name, (state, _, words) in wanted.items() if state == "down"}
    ok(result.returncode == 1 and f"{len(wanted)} devices due, {len(wanted)} asked, {len(wanted) - len(down)} answered, "
       f"{len(down)} failed" in result.stdout, "one round counts who answered", result)
    for name, words in down.items():
        ok(any(f"{name}: does not answer" in line and words in line for line in result.stderr.splitlines()),
           f"poll: {name} is named, by '{words}'", result.stderr)
    with sqlite3.connect(f"file:{folder}/state/state.db?mode=ro", uri=True) as state:
        kept = {name: (word, None if reason == "none" else reason) for name, word, reason in
                state.execute("SELECT name, state, reason FROM device")}
    ok(kept == {name: (state, reason if state == "down" else None) for name, (state, reason, _) in wanted.items()},
       "the round keeps each device's state and reason", kept)


def main():
    recording = write("switch.snmprec", RECORDING)
    ports = {name: fake(recording, arguments) for name, arguments, *_ in DEVICES}
    program = shutil.which("snmpd", path=os.environ["PATH"] + ":/usr/sbin")
    wanted = {name: (state, reason, words) for name, _, _, state, reason, words in DEVICES}
    if program:
        wanted |= {name: (state, reason, words) for name, _, state, reason, words in V3}
    path = site(ports, program and snmpd(program))
    one_check(path, wanted)
    one_round(path, wanted)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
try:
    main()
finally:
    for one in children:
        one.kill()
        one.wait()
    shutil.rmtree(folder, ignore_errors=True)
sys.exit(end())
