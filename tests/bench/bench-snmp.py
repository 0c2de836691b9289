#!/usr/bin/env python3
"""The SNMP engine beside a bare client, snmpbulkwalk and braa, in one run; prints a table.

usage: bench-snmp.py BENCH-SNMP FAKE-SNMP-AGENT [AGENTS [PEER-AGENTS]]

Every agent is a switch of 437 values (55 interfaces x 7 columns, 51 sensors, uptime), all of them one
farm on the loopback. The peers ask PEER-AGENTS of them and are counted per agent. Ratios are what
counts: the farm runs on the same cores.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

BENCH, FARM = sys.argv[1:3]
AGENTS = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
PEER_AGENTS = int(sys.argv[4]) if len(sys.argv) > 4 else min(AGENTS, 100)
COLUMNS = [f"1.3.6.1.2.1.2.2.1.{c}" for c in (8, 13, 14, 19, 20)] + \
          [f"1.3.6.1.2.1.31.1.1.1.{c}" for c in (6, 10)] + ["1.3.6.1.2.1.99.1.1.1.4"]
ENV = {**os.environ, "MIBS": "", "LC_ALL": "C"}
folder = tempfile.mkdtemp(prefix="rackvitals-")
farms = []


def recording():
    rows = [("1.3.6.1.2.1.1.3.0", 67, 123456), ("1.3.6.1.2.1.99.1.1.1.5.1", 2, 1)]
    for column in COLUMNS[:5]:
        rows += [(f"{column}.{i}", 2 if column.endswith(".8") else 65, i) for i in range(1, 56)]
    for column in COLUMNS[5:7]:
        rows += [(f"{column}.{i}", 70, i * 123456789012) for i in range(1, 56)]
    rows += [(f"{COLUMNS[7]}.{100006001 + 10 * i}", 2, 300 + i) for i in range(51)]
    path = os.path.join(folder, "switch.snmprec")
    with open(path, "w") as file:
        file.writelines(f"{oid}|{tag}|{value}\n" for oid, tag, value in rows)
    return path


def farm(*options):
    child = subprocess.Popen([FARM, "--address", "0.0.0.0", *options, switch], stdout=subprocess.PIPE, text=True)
    farms.append(child)
    return child.stdout.readline().split()[1]


def bench(port, *options, agents=AGENTS, rounds=3):
    out = subprocess.run([BENCH, "--port", port, "--agents", str(agents), "--rounds", str(rounds), *options],
                         capture_output=True, text=True, check=True).stdout
    return [dict(word.split("=") for word in line.split()) for line in out.splitlines()]


def timed(command):
    before, start = os.times(), time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV)
    after = os.times()
    return time.monotonic() - start, (after.children_user - before.children_user) + \
        (after.children_system - before.children_system)


def address(i):
    return f"127.16.{(1 + i) // 256}.{(1 + i) % 256}"


def show(words, agents, wall, cpu, floor, requests="", peak="", note=""):
    print(f"| {words} | {agents} | {wall:.2f} | {cpu:.2f} | {wall / agents * AGENTS / floor:.1f} | {requests} "
          f"| {peak} | {note} |", flush=True)


def run(title, latency, window, *options):
    port = farm("--latency", str(latency), *options)
    clean = farm("--latency", str(latency)) if options else port
    floor = min(float(r["wall"]) for r in bench(clean, "--bare", "--at-once", str(window)))
    last = bench(clean, "--bare", "--at-once", str(window))[-1]
    show(f"{title}: send and receive only", AGENTS, floor, float(last["cpu"]), floor, 8)
    rounds = bench(port)
    for words, result in (("rows not known", rounds[0]), ("rows known", rounds[-1])):
        show(f"{title}: rackvitals, {words}", AGENTS, float(result["wall"]), float(result["cpu"]), floor,
             f"{int(result['requests']) / AGENTS:.1f}", f"{int(result['peak_kib']) / 1024:.0f}",
             f"{result['whole']} whole, {result['down']} down, {result['retries']} sent again")
    return port, floor


def peers(title, port, floor):
    if shutil.which("snmpbulkwalk"):
        script = os.path.join(folder, "one.sh")
        with open(script, "w") as file:
            file.writelines([f"snmpbulkwalk -v2c -cpublic -Cr55 -OQn $1:{port} {c}\n" for c in COLUMNS] +
                            [f"snmpget -v2c -cpublic -OQn $1:{port} 1.3.6.1.2.1.1.3.0\n"])
        listed = os.path.join(folder, "list")
        with open(listed, "w") as file:
            file.writelines(address(i) + "\n" for i in range(PEER_AGENTS))
        wall, cpu = timed(["xargs", "-a", listed, "-P4", "-n1", "sh", script])
        show(f"{title}: snmpbulkwalk, xargs -P4", PEER_AGENTS, wall, cpu, floor)
    if shutil.which("braa"):
        what = ",".join(f".{c}.*" for c in COLUMNS) + ",.1.3.6.1.2.1.1.3.0"
        wall, cpu = timed(["timeout", "600", "braa", "-2", "-a", "600",
                           f"public@{address(0)}-{address(PEER_AGENTS - 1)}:{port}:{what}"])
        show(f"{title}: braa", PEER_AGENTS, wall, cpu, floor)


switch = recording()
try:
    print("| what | agents | wall s | CPU s | x floor, per agent | requests a device | peak MiB | |")
    print("|---|---|---|---|---|---|---|---|")
    port, floor = run("0 ms", 0, 512)
    peers("0 ms", port, floor)
    run("20 ms", 20, 16000)
    run("20 ms, 5 % lost, 2 % dead", 20, 16000, "--misbehave", "lose=5", "--misbehave", "dead=2")
finally:
    for child in farms:
        child.kill()
        child.wait()
    shutil.rmtree(folder, ignore_errors=True)
