"""What recordings of real devices are expected to hold is found in them: coverage.py RACKVITALS.

The recordings, what is expected of them and the program that compares belong to other projects and
are not part of this one: RACKVITALS_CORPUS names the folder where they lie, or this is skipped.
Prints TAP.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

# What device knowledge is held to: figures of the whole, never of one recording.
CORE, ADJACENT, RACK, SYSTEMS, INTERFACES, IDENTITY = 0.97, 0.95, 0.95, 0.95, 0.99, 0.95


def interpret(program, recordings, folder):
    done = subprocess.run([program, "profile", "test", "--output", folder, *recordings], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def compare(corpus, folder):
    summary = os.path.join(folder, "summary")
    subprocess.run([sys.executable, os.path.join(corpus, "tools", "coverage.py"), "--dir", os.path.join(corpus, "snmp"),
                    "--replay", folder, "--json", summary], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    with open(summary, encoding="utf-8") as file:
        return json.load(file)


def share(counts, ends):
    """Of all counts 'X expected' the part that is 'X <end>'."""
    expected = {key[:-len(" expected")]: n for key, n in counts.items() if key.endswith(" expected")}
    found = sum(counts.get(key + ends, 0) for key in expected)
    return found / max(1, sum(expected.values()))


def identity(counts):
    """Without what the expectation itself does not find in the recording."""
    return share({key: n for key, n in counts.items() if "(derived)" not in key}, " ok")


def checks(summary, recordings):
    def group(name):
        return summary["groups"][name]["hw"]["strict_recall"]

    ports = summary["ports"]
    yield len(summary["failures"]) == 0, f"each of {recordings} recordings gave an answer", len(summary["failures"])
    yield group("core") >= CORE, "sensors of switches, firewalls, servers and storage", group("core")
    yield group("adjacent") >= ADJACENT, "sensors of management controllers and blade chassis", group("adjacent")
    yield group("rack") >= RACK, "sensors of supplies and probes in the same rack", group("rack")
    mean = summary["macro_os_value_recall"]
    yield mean >= SYSTEMS, "the mean over operating systems", mean
    found = ports["found"] / ports["expected"]
    yield found >= INTERFACES, "interfaces", found
    equal = ports["counters equal"] / ports["counters expected"]
    yield equal >= INTERFACES, "counters of interfaces", equal
    known = identity(summary["identity"])
    yield known >= IDENTITY, "identities", known


def main(program):
    corpus = os.environ.get("RACKVITALS_CORPUS", "")
    recordings = sorted(glob.glob(os.path.join(corpus, "snmp", "recordings", "*.snmprec"))) if corpus else []
    if not recordings:
        print("1..0 # SKIP RACKVITALS_CORPUS names no folder of recordings")
        return
    with tempfile.TemporaryDirectory() as folder:
        status, stderr = interpret(program, recordings, folder)
        print(("ok" if status == 0 else "not ok"), "1 - the recordings are read")
        for line in stderr.splitlines()[:20]:
            print("#", line)
        number = 1
        for number, (fine, what, figure) in enumerate(checks(compare(corpus, folder), len(recordings)), 2):
            print(f"{'ok' if fine else 'not ok'} {number} - {what}")
            print(f"# {figure:.4f}")
        print(f"1..{number}")


main(*sys.argv[1:])
