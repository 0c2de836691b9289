#!/usr/bin/env python3
"""Every command and option that --help shows is in its man page, and the other way round.

usage: manuals.py RACKVITALS
"""
import os
import re
import shutil
import sys

import lint

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
GLOBAL = {"--config", "--lang", "--verbose", "--quiet", "--version", "--help"}


def help_of(program, *words):
    result = lint.run([program, *words, "--help"])
    return result.stdout if result.returncode == 0 else None


def commands(help_text):
    """Words of the table below "Commands:" or, for a command of commands, below "Usage:"."""
    table = re.search(r"^(?:Commands:|Usage: .* COMMAND \.\.\.)\n\n?((?:  \S.*\n)+)", help_text, re.M)
    return [line.split()[0] for line in table.group(1).splitlines()] if table else []


def options(help_text):
    return set(OPTION.findall("\n".join(line for line in help_text.splitlines()
                                        if line.lstrip().startswith("-"))))


def rendered(path):
    raw = lint.run(["mandoc", "-T", "utf8", "-O", "width=500", os.path.join(lint.ROOT, path)]).stdout
    plain = re.sub(r".\x08", "", raw)
    return plain.replace("\u2010", "-").replace("\u2212", "-").replace("\u2011", "-")


def documented(page):
    """Options that the page defines: those at the head of a paragraph with a hanging tag."""
    found = set()
    for line in page.splitlines():
        if re.match(r"^ {4,14}-", line):
            found |= set(OPTION.findall(re.split(r"\S  +", line.strip())[0]))
    return found


def unnamed(own_help, *words):
    """--help begins with the command's own name, as one would type it."""
    named = "rackvitals " + " ".join(words)
    return [] if re.match(rf"Usage:\s+{named}\b", own_help) else [f"{named} --help does not begin with its name"]


def compare(program, name, own_help):
    """What --help and the page of one command do not agree on."""
    path = f"man/rackvitals-{name}.1"
    if not os.path.exists(os.path.join(lint.ROOT, path)):
        return [f"{path} is not there"]
    page = rendered(path)
    shown, subs = options(own_help), commands(own_help)
    findings = unnamed(own_help, name)
    for sub in subs:
        text = help_of(program, name, sub)
        if text is None:
            findings.append(f"rackvitals {name} {sub} --help fails")
            continue
        shown |= options(text)
        findings += unnamed(text, name, sub)
        if not re.search(rf"rackvitals {name}\s+(?:\S+\|)*{sub}\b", page):
            findings.append(f"{path} does not show 'rackvitals {name} {sub}'")
    mentioned = set(OPTION.findall(page))
    findings += [f"{path} lacks {option}" for option in sorted(shown - mentioned - {"--help"})]
    findings += [f"{path} has {option}, which --help does not show"
                 for option in sorted(documented(page) - shown - GLOBAL)]
    if not re.search(r"^EXIT STATUS", page, re.M):
        findings.append(f"{path} has no EXIT STATUS")
    return findings


def overview(page, top):
    names = commands(top)
    return ([f"man/rackvitals.1 lacks the command {name}" for name in names
             if not re.search(rf"^ +{name}\b", page, re.M)] +
            [f"man/rackvitals.1 lacks {option}" for option in sorted(options(top) - set(OPTION.findall(page)))] +
            [f"man/rackvitals.1 has {option}, which --help does not show"
             for option in sorted(documented(page) - options(top))] +
            [f"man/rackvitals.1 does not refer to rackvitals-{name}(1)" for name in names
             if f"rackvitals-{name}(1)" not in page])


def main():
    program = sys.argv[1]
    tap = lint.Tap()
    pages = lint.files(".1", ".5", ".7", ".8", under="man")
    installed = set(re.findall(r"'(rackvitals[^']*\.\d)'", lint.text("man/meson.build")))
    there = {os.path.basename(path) for path in pages}
    tap.check("every page is installed", [f"man/meson.build: {name}" for name in sorted(installed ^ there)])
    if not shutil.which("mandoc"):
        tap.skip("man pages", "mandoc is not there")
        tap.done()
    for path in pages:
        result = lint.run(["mandoc", "-T", "lint", "-W", "error", path], cwd=lint.ROOT)
        tap.check(f"{path} is valid", (result.stdout + result.stderr).splitlines())
    top = help_of(program)
    tap.check("--help of the program and rackvitals(1) agree", overview(rendered("man/rackvitals.1"), top))
    for name in commands(top):
        own = help_of(program, name)
        tap.check(f"--help of {name} and rackvitals-{name}(1) agree",
                  compare(program, name, own) if own else [f"rackvitals {name} --help fails"])
    orphans = [path for path in pages if path.endswith(".1") and path != "man/rackvitals.1"
               and os.path.basename(path)[len("rackvitals-"):-2] not in commands(top)]
    tap.check("no page for a command that is not there", orphans)
    for path in pages:
        for name, section in re.findall(r"(rackvitals[a-z.-]*)\((\d)\)", rendered(path)):
            if not os.path.exists(os.path.join(lint.ROOT, "man", f"{name}.{section}")):
                tap.check(f"{path} refers to pages that are there", [f"{name}({section}) is not"])
    tap.done()


main()
