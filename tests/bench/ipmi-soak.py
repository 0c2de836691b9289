#!/usr/bin/env python3
"""A week of five-minute rounds in fast motion against one simulated BMC: no session, no memory and
no descriptor may leak.

  ipmi-soak.py IPMI-ASK [ROUNDS]      default 2016, a week"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'fake'))
import bmc  # noqa: E402

TOLERANCE_KIB = 1024


def measure(pid):
    with open('/proc/%d/status' % pid, encoding='ascii') as f:
        rss = next(int(line.split()[1]) for line in f if line.startswith('VmRSS'))
    return rss, len(os.listdir('/proc/%d/fd' % pid))


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 2016
    if not bmc.available():
        print('1..0 # SKIP ipmi_sim is not installed')
        return
    with bmc.Bmc(bmc.small_server()) as server, tempfile.TemporaryDirectory() as state:
        process = subprocess.Popen(
            [sys.argv[1], '--user', bmc.USER, '--workaround', 'opensesspriv', '--state', state, '--times', str(rounds),
             server.host], stdout=subprocess.PIPE, text=True, env=dict(os.environ, IPMI_PASSWORD=bmc.PASSWORD))
        up = 0
        early, late = [], []        # several: a round may just have its socket open
        for number, line in enumerate(process.stdout, 1):
            up += '"state":"up"' in line and '"partial":false' in line
            if rounds // 10 <= number < rounds // 10 + 20:
                early.append(measure(process.pid))
            if rounds - 22 <= number < rounds - 2:
                late.append(measure(process.pid))
        process.wait()
        sessions = int(server.raw(0, '06', '3d', '00').split()[5], 16) - 1
    early, late = ([min(column) for column in zip(*rows)] for rows in (early, late))
    rows = (('%d rounds, all whole' % rounds, up == rounds, up),
            ('no session left', sessions == 0, sessions),
            ('no memory: %d KiB, %d KiB' % (early[0], late[0]), late[0] - early[0] < TOLERANCE_KIB, ''),
            ('no descriptor: %d, %d' % (early[1], late[1]), late[1] <= early[1], ''))
    for number, (what, good, seen) in enumerate(rows, 1):
        print('%s %d - %s %s' % ('ok' if good else 'not ok', number, what, '' if good else seen))
    print('1..%d' % len(rows))
    sys.exit(not all(good for _, good, _ in rows))


main()
