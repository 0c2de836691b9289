#!/usr/bin/env python3
"""poll and BMCs: a round that is told to end leaves no session behind, and a BMC that answers before
the device's agent does not make later rounds dearer; prints TAP.

usage: poll-ipmi.py RACKVITALS TESTS/FAKE FAKE-AGENT"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from tap import end, ok

PROGRAM = sys.argv[1]
sys.path.insert(0, sys.argv[2])
import bmc  # noqa: E402
from scripted_bmc import ScriptedBmc, available  # noqa: E402

DELAY_MS = 60


def site(folder, port, more="workarounds: [opensesspriv], timeout: 5s, retransmission: 2s", beside=""):
    def write(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(file.name, 0o600)
    write("rackvitals.yaml", "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n")
    write("credentials.yaml", f"bmc: {{ user: {bmc.USER}, password: {bmc.PASSWORD} }}\n"
          "ro: { community: public }\n")
    write("inventory.yaml", f"""sites:
  one: {{ name: One }}
groups:
  servers: {{ kind: server, site: one }}
devices:
  - {{ name: slow, address: 127.0.0.1, group: servers, {beside + "," if beside else ""}
      ipmi: {{ credential: bmc, port: {port}, {more} }} }}
""")
    return [PROGRAM, "--config", os.path.join(folder, "rackvitals.yaml"), "poll", "--force"]


def sessions(server):
    """Without the one that asks."""
    return int(server.raw(0, "06", "3d", "00").split()[5], 16) - 1


def settled(server):
    end = time.monotonic() + 5
    while sessions(server) > 0:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def requests_of_a_round(server):
    folder = tempfile.mkdtemp(prefix="rackvitals-poll-ipmi-")
    try:
        with bmc.Relay(server.port) as relay:
            run = subprocess.run(site(folder, relay.port), capture_output=True, text=True, timeout=60)
            ok(run.returncode == 0 and "1 answered" in run.stdout and settled(server), "a round that is let be", run)
            return relay.requests_so_far()
    finally:
        shutil.rmtree(folder)


def ended(server, whole, what, number, *options):
    """The signal comes when the session is open and sensors are being read."""
    with bmc.Relay(server.port, "--delay-ms", str(DELAY_MS)) as relay:
        folder = tempfile.mkdtemp(prefix="rackvitals-poll-ipmi-")
        child = subprocess.Popen(site(folder, relay.port) + list(options), stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
        try:
            while child.poll() is None and relay.requests_so_far() < 10:
                time.sleep(0.005)
            during = sessions(server)
            child.send_signal(number)
            out, err = child.communicate(timeout=60)
            requests = relay.requests_so_far()
            ok(during == 1, f"{what}: a session was open", during, out, err)
            ok(settled(server), f"{what}: it is closed", sessions(server), out, err)
            ok(requests < whole, f"{what}: the rest was not asked any more", requests, whole)
            ok(child.returncode not in (0, -number), f"{what}: the round says that it was ended", child.returncode)
        finally:
            if child.poll() is None:
                child.kill()
                child.communicate()
            shutil.rmtree(folder)


def very_slow():
    """Its answers take longer than a round waits for what hangs."""
    records = [bmc.full(i, i, f"Temp {i}", 1, 1, 1) for i in range(1, 40)]
    folder = tempfile.mkdtemp(prefix="rackvitals-poll-ipmi-")
    try:
        with ScriptedBmc(records, delay=lambda replies: 3.3 if replies > 20 else 0) as server:
            child = subprocess.Popen(site(folder, server.port, "version: 1.5, timeout: 5s, retransmission: 5s"),
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            while child.poll() is None and server.replies < 21:
                time.sleep(0.005)
            during = len(server.sessions)
            child.send_signal(signal.SIGTERM)
            out, err = child.communicate(timeout=60)
            end = time.monotonic() + 10     # the answer to what closed it is late, too
            while server.sessions and time.monotonic() < end:
                time.sleep(0.02)
            ok(during == 1 and not server.sessions, "3.3 s for each answer, SIGTERM: the session is closed", during,
               server.sessions, out, err)
    finally:
        shutil.rmtree(folder)


AGENT = """1.3.6.1.2.1.1.1.0|4|a server
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1
1.3.6.1.2.1.1.3.0|67|4200000
1.3.6.1.2.1.1.5.0|4|server
1.3.6.1.2.1.47.1.1.1.1.2.1|4|chassis
1.3.6.1.2.1.47.1.1.1.1.4.1|2|0
1.3.6.1.2.1.47.1.1.1.1.5.1|2|3
1.3.6.1.2.1.47.1.1.1.1.11.1|4|AGENT-SERIAL
1.3.6.1.2.1.47.1.1.1.1.13.1|4|Model of the agent
1.3.6.1.2.1.47.1.1.1.1.2.2|4|inlet
1.3.6.1.2.1.47.1.1.1.1.4.2|2|1
1.3.6.1.2.1.47.1.1.1.1.5.2|2|8
1.3.6.1.2.1.47.1.1.1.1.7.2|4|inlet
1.3.6.1.2.1.99.1.1.1.1.2|2|8
1.3.6.1.2.1.99.1.1.1.2.2|2|9
1.3.6.1.2.1.99.1.1.1.3.2|2|0
1.3.6.1.2.1.99.1.1.1.4.2|2|23
1.3.6.1.2.1.99.1.1.1.5.2|2|1
"""
FRU = bmc.fru(("Maker", "Board", "BMC-BOARD", "P1"), ("Maker", "Server of the BMC", "P2", "A1", "BMC-SERIAL", "T42"))


def both(agent_slow):
    """Who says what, and whether a frame was kept, after three rounds; one of the two is slow."""
    folder = tempfile.mkdtemp(prefix="rackvitals-poll-ipmi-")
    path = os.path.join(folder, "agent.snmprec")
    records = [bmc.full(1, 1, "Temp 1", 1, 1, 1), bmc.fru_locator(2, 0, "System Board")]
    with open(path, "w", encoding="utf-8") as file:
        file.write(AGENT)
    agent = subprocess.Popen([sys.argv[3], "--control", "--latency", "30" if agent_slow else "0", path],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        snmp = f"snmp: {{ version: 2c, credential: ro, port: {int(agent.stdout.readline().split()[1])} }}"
        with ScriptedBmc(records, readings={(0, 1): available(23)}, frus={0: FRU},
                         delay=None if agent_slow else lambda replies: 0.01) as server:
            command = site(folder, server.port, "version: 1.5, timeout: 5s, retransmission: 5s", snmp)[:-1]
            runs = []
            for n in range(3):
                runs.append(subprocess.run(command, capture_output=True, text=True, timeout=60,
                                           env={**os.environ, "RACKVITALS_NOW": str(1800000000 + 600 * n)}))
                agent.stdin.write("pass 600\n")
                agent.stdin.flush()
                agent.stdout.readline()
        with sqlite3.connect(f"file:{folder}/state/state.db?mode=ro", uri=True) as state:
            said = state.execute("SELECT model, serial FROM device").fetchall()
        return runs, said, os.path.exists(os.path.join(folder, "state", "agents", "slow.frame"))
    finally:
        agent.kill()
        agent.wait()
        shutil.rmtree(folder)


def both_protocols():
    runs, said, framed = both(agent_slow=True)
    ok(all(run.returncode == 0 and "1 answered" in run.stdout for run in runs) and framed,
       "a BMC that answers before the agent: a frame is kept all the same", runs, framed)
    runs, other, framed = both(agent_slow=False)
    ok(framed and said == other and said[0][1], "who answers first is not seen in what the device is", said, other)


def main():
    if not bmc.available():
        print("1..0 # SKIP ipmi_sim is not installed")
        return False
    with bmc.Bmc(bmc.small_server()) as server:
        whole = requests_of_a_round(server)
        ended(server, whole, "SIGTERM", signal.SIGTERM)
        ended(server, whole, "SIGINT", signal.SIGINT)
        very_slow()
        ended(server, whole, "SIGTERM, two workers", signal.SIGTERM, "--workers", "2")
    both_protocols()
    return end()


sys.exit(main())
