#!/usr/bin/env python3
"""poll and a slow BMC: a round that is told to end leaves no session behind; prints TAP.

usage: poll-ipmi.py RACKVITALS TESTS/FAKE"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = sys.argv[1]
sys.path.insert(0, sys.argv[2])
import bmc  # noqa: E402
from scripted_bmc import ScriptedBmc  # noqa: E402

DELAY_MS = 60
count = failed = 0


def ok(good, what, *seen):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {what}", flush=True)
    if not good:
        for one in seen:
            print("# " + repr(one))


def site(folder, port, more="workarounds: [opensesspriv], timeout: 5s, retransmission: 2s"):
    def write(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(file.name, 0o600)
    write("rackvitals.yaml", "inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n")
    write("credentials.yaml", f"bmc: {{ user: {bmc.USER}, password: {bmc.PASSWORD} }}\n")
    write("inventory.yaml", f"""sites:
  one: {{ name: One }}
groups:
  servers: {{ kind: server, site: one }}
devices:
  - {{ name: slow, address: 127.0.0.1, group: servers,
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
    print(f"1..{count}")
    return failed > 0


sys.exit(main())
