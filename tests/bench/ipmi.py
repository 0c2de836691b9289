#!/usr/bin/env python3
"""Many simulated BMCs at once: one round of ours beside `ipmi-sensors -F 16`, with ratios.

  ipmi.py IPMI-ASK DELAY-RELAY [--bmcs 64] [--dead 5] [--delay-ms 20] [--emu FILE]

Warm: both have their SDR caches. Then the same through a relay that holds each reply back, and with
dead BMCs among the others. Ours reads sensors, chassis, log and device id; ipmi-sensors sensors."""
import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'fake'))
import bmc  # noqa: E402


def timed(command, **more):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, **more)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def spent(processes):
    """CPU seconds of running processes until now."""
    ticks = 0
    for process in processes:
        with open('/proc/%d/stat' % process.pid, encoding='ascii') as f:
            ticks += sum(map(int, f.read().rsplit(')', 1)[1].split()[11:13]))
    return ticks / os.sysconf('SC_CLK_TCK')


def ours(options, hosts, state):
    out = timed([options.ask, '--user', bmc.USER, '--workaround', 'opensesspriv', '--state', state, '--after', '1',
                 '--budget', '60000', '--timeout', '5000'] + hosts, env=dict(os.environ, IPMI_PASSWORD=bmc.PASSWORD))
    up = out[2].count('"state":"up"')
    return out[0], out[1], up


def theirs(hosts, cache, fanout=16):
    out = timed(['ipmi-sensors', '-h', ','.join(hosts), '-F', str(fanout), '-D', 'LAN_2_0', '-W', 'opensesspriv', '-u', bmc.USER,
                 '-p', bmc.PASSWORD, '-l', 'ADMIN', '-Q', '--output-sensor-state', '--session-timeout', '5000',
                 '--sdr-cache-directory', cache])
    return out[0], out[1], out[2].count('\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('ask')
    parser.add_argument('relay')
    parser.add_argument('--bmcs', type=int, default=64)
    parser.add_argument('--dead', type=int, default=5)
    parser.add_argument('--delay-ms', type=int, default=20)
    parser.add_argument('--emu')
    options = parser.parse_args()
    if not bmc.available():
        print('ipmi_sim is not installed: nothing measured')
        return
    if options.emu:
        with open(options.emu, encoding='utf-8') as f:
            emu = f.read()
    else:
        emu = bmc.small_server()
    servers, relay = [], None
    silent = [bmc.silent_port() for _ in range(options.dead)]
    try:
        for _ in range(options.bmcs):
            servers.append(bmc.Bmc(emu, power=None))
        hosts = [s.host for s in servers]
        with tempfile.TemporaryDirectory() as state, tempfile.TemporaryDirectory() as cache:
            ours(options, hosts, state)         # caches
            theirs(hosts, cache)
            a = min((theirs(hosts, cache) for _ in range(3)), key=lambda x: x[0])
            b = min((ours(options, hosts, state) for _ in range(3)), key=lambda x: x[0])
            print('%d BMCs, warm        ipmi-sensors -F 16: wall %.2f s, CPU %.2f s, %d rows' % (options.bmcs, *a))
            print('                      ours:               wall %.2f s, CPU %.2f s, %d up' % b)
            print('                      ratio wall %.2f, CPU %.2f' % (b[0] / a[0], b[1] / a[1]))
            relay = subprocess.Popen([options.relay, str(options.delay_ms)] + hosts, stdout=subprocess.PIPE, text=True)
            slow = [relay.stdout.readline().strip() for _ in hosts]
            ours(options, slow, state)
            one = min(ours(options, [slow[0]], state)[0] for _ in range(2))
            before = spent(s.process for s in servers), spent([relay])
            runs = [ours(options, slow, state) for _ in range(2)]
            after = spent(s.process for s in servers), spent([relay])
            b = min(runs, key=lambda x: x[0])
            share = [(y - x) / len(runs) for x, y in zip(before, after)]
            theirs(slow, cache, 64)
            a = theirs(slow, cache)
            print('%d ms late            one BMC alone %.2f s; all: wall %.2f s, CPU %.2f s, %d up; ratio to one %.2f' %
                  (options.delay_ms, one, *b, b[0] / one))
            print('                      CPU of the simulated BMCs %.2f s, of the relay %.2f s, on %d cores; load %.1f' %
                  (*share, os.cpu_count(), os.getloadavg()[0]))
            print('                      ipmi-sensors -F 16: wall %.2f s' % a[0])
            dead = ['127.0.0.1:%d' % s.getsockname()[1] for s in silent]
            c = ours(options, dead + slow, state)
            print('and %d dead (time-out 5 s): wall %.2f s, %d up; the time-out adds %.2f s' %
                  (options.dead, c[0], c[2], c[0] - b[0]))
    finally:
        if relay:
            relay.kill()
            relay.communicate()
        for s in servers:
            s.stop()


main()
