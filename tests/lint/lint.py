"""What the lint programs share: the tree, and TAP.

A program adds findings to named checks; each check is one TAP line, with its findings as
diagnostics below it.
"""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def files(*suffixes, under="."):
    """Paths below ROOT, relative to it, that belong to the project: not built, not hidden."""
    found = []
    top = os.path.normpath(os.path.join(ROOT, under))
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(n for n in folders
                            if n not in (".git", ".cache", "__pycache__")
                            and not (folder == ROOT and n.startswith("build")))
        for name in sorted(n for n in names if n != ".git"):
            if not suffixes or name.endswith(suffixes):
                found.append(os.path.relpath(os.path.join(folder, name), ROOT))
    return found


def text(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def run(argv, **options):
    return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False, **options)


class Tap:
    """Prints one line for each check; ends the program with the right status."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, name, findings):
        self.count += 1
        findings = list(findings)
        self.failed += bool(findings)
        print(f"{'not ok' if findings else 'ok'} {self.count} - {name}")
        for finding in findings[:100]:
            print(f"# {finding}")
        sys.stdout.flush()

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}")

    def done(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)
