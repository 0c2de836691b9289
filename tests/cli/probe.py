#!/usr/bin/env python3
"""probe as a whole command against a simulated BMC: what works is printed as an inventory entry, and
a wrong password is tried once.

probe.py RACKVITALS FAKE-FOLDER"""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, sys.argv[2])
import bmc  # noqa: E402

COUNT = 0


def check(what, good, seen):
    global COUNT
    COUNT += 1
    print('%s %d - %s' % ('ok' if good else 'not ok', COUNT, what))
    if not good:
        print('# ' + str(seen).replace('\n', '\n# '))


def probe(port, password, *options):
    with tempfile.NamedTemporaryFile('w', prefix='rackvitals-pw-') as file:
        os.chmod(file.name, 0o600)
        file.write(password + '\n')
        file.flush()
        return subprocess.run([sys.argv[1], 'probe', '--port', str(port), '--ipmi-user', bmc.USER, '--ipmi-password-file', file.name,
                               '--timeout', '1s', *options, '127.0.0.1'], capture_output=True, text=True, timeout=60)


def attempts(done):
    return len(re.findall('^# (IPMI|SNMP) ', done.stdout, re.M))


def main():
    if not bmc.available():
        print('1..0 # SKIP ipmi_sim is not installed')
        return
    with bmc.Bmc(bmc.small_server()) as server:
        found = probe(server.port, bmc.PASSWORD)
        check('the workaround it needs is found', found.returncode == 0 and
              'cipher: 3, workarounds: [opensesspriv], port: %d }' % server.port in found.stdout, found)
        check('the lowest privilege that reads sensors', 'privilege: user' in found.stdout, found)
        check('what it is', 'Dell PowerEdge with iDRAC' in found.stdout and '8 sensors' in found.stdout, found)
        check('no secret is printed', bmc.PASSWORD not in found.stdout + found.stderr, found)
        wrong = probe(server.port, 'wrong', '--ipmi-workaround', 'opensesspriv')
        check('a wrong password is tried once', wrong.returncode == 1 and attempts(wrong) == 1 and
              'refused the password' in wrong.stdout and 'devices:' not in wrong.stdout, wrong)
        wrong = probe(server.port, 'wrong')
        check('also where a workaround is needed first', wrong.returncode == 1 and
              wrong.stdout.count('refused the password') == 1, wrong)
        old = probe(server.port, bmc.PASSWORD, '--ipmi-version', '1.5')
        check('IPMI 1.5', old.returncode == 0 and 'version: "1.5"' in old.stdout, old)
    nobody = probe(bmc.free_port(), bmc.PASSWORD)
    check('nobody there', nobody.returncode == 1 and attempts(nobody) == 1, nobody)
    print('1..%d' % COUNT)


main()
