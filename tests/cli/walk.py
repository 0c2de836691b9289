#!/usr/bin/env python3
"""The walk command against the fake agent, net-snmp's snmpd and snmpsim's simulator; prints TAP.

usage: walk.py RACKVITALS FAKE-AGENT
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from tap import end, ok, skip

PROGRAM, FAKE = sys.argv[1:3]
RECORDING = """1.3.6.1.2.1.1.1.0|4|a "switch"
1.3.6.1.2.1.1.3.0|67|4200
1.3.6.1.2.1.2.2.1.6.1|4x|001b2c3d4e5f
1.3.6.1.2.1.2.2.1.10.1|65|4294967295
1.3.6.1.4.1.9.1|6|1.3.6.1.4.1.9
"""
PRINTED = """.1.3.6.1.2.1.1.1.0 = STRING: "a \\"switch\\""
.1.3.6.1.2.1.1.3.0 = Timeticks: (4200) 0:00:00:42.00
.1.3.6.1.2.1.2.2.1.6.1 = Hex-STRING: 00 1B 2C 3D 4E 5F
.1.3.6.1.2.1.2.2.1.10.1 = Counter32: 4294967295
.1.3.6.1.4.1.9.1 = OID: .1.3.6.1.4.1.9
"""
# an enumeration's word stands behind its number; what only lies below a branch has no name
NAMED = ["SNMPv2-MIB::sysDescr.0 = STRING: \"a \\\"switch\\\"\"",
         "SNMPv2-MIB::sysUpTime.0 = Timeticks: (4200) 0:00:00:42.00",
         "IF-MIB::ifPhysAddress.1 = Hex-STRING: 00 1B 2C 3D 4E 5F",
         "IF-MIB::ifInOctets.1 = Counter32: 4294967295",
         ".1.3.6.1.4.1.9.1 = OID: .1.3.6.1.4.1.9"]
AUTHS = [("MD5", "MD5"), ("SHA", "SHA-1")] + [(f"SHA-{n}", f"SHA-{n}") for n in (224, 256, 384, 512)]
PRIVS = [("DES", "DES"), ("AES", "AES-128")] + [(f"AES-{n}{c}", f"AES-{n}{c}") for n in (192, 256) for c in ("", "-C")]
# user, protocol and password as snmpd has them, then as we ask: all that there are
USERS = [("none", "", "noAuthNoPriv", None, None)] + \
    [(auth.lower(), f"{auth} authpass1", "authNoPriv", ours, None) for auth, ours in AUTHS] + \
    [(f"{auth}-{priv}".lower(), f"{auth} authpass1 {priv} privpass1", "authPriv", ours, our_priv)
     for auth, ours in AUTHS for priv, our_priv in PRIVS]
LEVELS = {"noAuthNoPriv": "noauth", "authNoPriv": "auth", "authPriv": "priv"}
children = []
folder = tempfile.mkdtemp(prefix="rackvitals-")
environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8",
               "RACKVITALS_CONFIG": "", **{k: v for k, v in os.environ.items() if "SAN_OPT" in k}}


def walk(*arguments):
    run = subprocess.run([PROGRAM, "walk", *arguments], capture_output=True, text=True, timeout=60,
                         env=environment)
    return run.returncode, run.stdout, run.stderr


def write(name, text, mode=0o600):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def start(*command, **options):
    child = subprocess.Popen(command, **options)
    children.append(child)
    return child


def fake(*arguments):
    child = start(FAKE, "--frozen", *arguments, stdout=subprocess.PIPE, text=True)
    return child.stdout.readline().split()[1]


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def wait_for(port, *arguments):
    """A server that has no line to say when it listens."""
    for _ in range(100):
        result = walk("127.0.0.1", "1.3.6.1.2.1.1.3.0", "--port", port, "--timeout", "200ms", *arguments)
        if result[0] == 0:
            return True
        time.sleep(0.1)
    return False


def against_fake():
    port = fake(write("a.snmprec", RECORDING))
    at = ("127.0.0.1", "--port", port)
    saved = os.path.join(folder, "saved.snmprec")
    result = walk(*at)
    ok(result == (0, PRINTED, ""), "all values, in order, typed", result)
    result = walk(*at, "--names")
    ok(result[0] == 0 and result[1].splitlines() == NAMED, "names where a module has them", result)
    result = walk(*at, "1.3.6.1.2.1.1")
    ok(result == (0, "".join(PRINTED.splitlines(True)[:2]), ""), "below an OID", result)
    result = walk(*at, "1.3.6.1.2.1.1.3.0")
    ok(result == (0, PRINTED.splitlines(True)[1], ""), "an instance", result)
    result = walk(*at, "--snmp-version", "1")
    ok(result == (0, PRINTED, ""), "version 1", result)
    result = walk(*at, "1.3.6.1.4.1.11")
    ok(result == (0, "", ""), "nothing is there: nothing is printed", result)
    result = walk(*at, "--save", saved)
    with open(saved) as file:
        ok(result == (0, "", "") and file.read() == RECORDING, "a recording", result)
    result = walk(*at, "--save", os.path.join(folder, "no", "where"))
    ok(result[0] == 73, "a recording that cannot be written", result)
    result = walk(*at, "system")
    ok(result[0] == 64 and "1.3.6.1.2.1.1" in result[2], "an OID that is none", result)
    result = walk("127.0.0.1", "--port", free_port())
    ok(result[0] == 1 and "refused" in result[2], "nobody listens", result)
    silent = fake("--community", "other", write("b.snmprec", RECORDING))
    result = walk("127.0.0.1", "--port", silent, "--timeout", "100ms", "--retries", "1")
    ok(result[0] == 1 and "no answer within" in result[2] and "community" in result[2],
       "nobody answers", result)
    loops = fake("--rows", "5", "--misbehave", "repeat=3")
    result = walk("127.0.0.1", "--port", loops)
    ok(result[0] == 1 and len(result[1].splitlines()) == 3 and "does not advance" in result[2],
       "a walk that does not advance: what came is printed", result)


def v3(port, user, level, auth, priv, auth_password="authpass1", priv_password="privpass1"):
    arguments = ["127.0.0.1", "1.3.6.1.2.1.1.5.0", "--port", port, "--snmp-user", user, "--snmp-level", level,
                 "--timeout", "500ms"]
    if auth:
        arguments += ["--snmp-auth", auth, "--snmp-auth-password-file", write("auth", auth_password)]
    if priv:
        arguments += ["--snmp-priv", priv, "--snmp-priv-password-file", write("priv", priv_password)]
    return walk(*arguments)


def against_snmpd():
    snmpd = shutil.which("snmpd", path=os.environ["PATH"] + ":/usr/sbin")
    if snmpd is None:
        skip("snmpd", "not installed")
        return
    port = free_port()
    lines = [f"agentAddress udp:127.0.0.1:{port}", "rocommunity public 127.0.0.1", "sysName tested"]
    for user, made, level, _, _ in USERS:
        lines += [f"createUser {user} {made}", f"rouser {user} {LEVELS[level]}"]
    config = write("snmpd.conf", "\n".join(lines) + "\n")
    start(snmpd, "-f", "-C", "-c", config, "-Lf", "/dev/null", "-p", os.path.join(folder, "pid"),
          env={**environment, "SNMP_PERSISTENT_DIR": folder, "MIBS": ""}, stdout=subprocess.DEVNULL,
          stderr=subprocess.DEVNULL)
    ok(wait_for(port), "snmpd answers version 2c")
    said = '.1.3.6.1.2.1.1.5.0 = STRING: "tested"\n'
    result = walk("127.0.0.1", "1.3.6.1.2.1.1.5.0", "--port", port, "--snmp-version", "1")
    ok(result == (0, said, ""), "snmpd answers version 1", result)
    for user, _, level, auth, priv in USERS:
        result = v3(port, user, level, auth, priv)
        ok(result == (0, said, ""), f"snmpd answers version 3, {level} {auth} {priv}", result)
    for words, arguments, says in [
            ("unknown user", ("nobody", "authPriv", "SHA-1", "DES"), "unknown user name"),
            ("wrong password", ("sha-des", "authPriv", "SHA-1", "DES", "wrongpass"), "wrong digest"),
            ("wrong protocol", ("sha-des", "authPriv", "SHA-256", "DES"), "wrong digest"),
            ("wrong privacy password", ("sha-des", "authPriv", "SHA-1", "DES", "authpass1", "wrongpass"),
             "privacy password"),
            ("no privacy set up", ("md5", "authPriv", "MD5", "DES"), "security level"),
            ("level below what may read", ("sha-des", "authNoPriv", "SHA-1", None), "authorizationError"),
            ("password of 7 characters", ("md5", "authNoPriv", "MD5", None, "secret7"), "fewer than 8")]:
        result = v3(port, *arguments)
        ok(result[0] == 1 and result[1] == "" and says in result[2] and "pass" not in result[1]
           and "wrongpass" not in result[2] and "secret7" not in result[2], f"snmpd: {words}", result)
    full = subprocess.run(["snmpbulkwalk", "-v2c", "-cpublic", "-Cc", "-On", "-m", "", f"127.0.0.1:{port}",
                           "1.3.6.1.2.1.1"], capture_output=True, text=True, env=environment)
    theirs = {line.split(" = ")[0] for line in full.stdout.splitlines() if line.startswith(".")}
    ours = {line.split(" = ")[0] for line in walk("127.0.0.1", "1.3.6.1.2.1.1", "--port", port)[1].splitlines()}
    ok(ours == theirs, "as many values as snmpbulkwalk", (ours ^ theirs))


def against_snmpsim():
    simulator = shutil.which("snmpsimd")
    if simulator is None:
        skip("snmpsimd", "not installed")
        return
    port = free_port()
    data = os.path.join(folder, "data")
    os.mkdir(data)
    write("data/public.snmprec", RECORDING, 0o644)
    cache = os.path.join(folder, "cache")
    os.mkdir(cache)
    start(simulator, "--v2c-arch", f"--data-dir={data}", f"--cache-dir={cache}",
          f"--agent-udpv4-endpoint=127.0.0.1:{port}", "--process-user=nobody", "--process-group=nogroup",
          env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    os.chmod(folder, 0o755)
    shutil.chown(cache, "nobody") if os.geteuid() == 0 else None
    if not wait_for(port):
        skip("snmpsimd", "does not start here")
        return
    result = walk("127.0.0.1", "--port", port, "--snmp-version", "2c")
    ok(result == (0, PRINTED, ""), "snmpsimd answers version 2c", result)


try:
    against_fake()
    against_snmpd()
    against_snmpsim()
finally:
    for child in children:
        child.kill()
        child.wait()
    shutil.rmtree(folder, ignore_errors=True)
sys.exit(end())
