#!/usr/bin/env python3
"""The tree speaks of the project alone: no path of somebody's machine, no address outside examples
and standards."""
import re

import lint

# Written in pieces, so that this file passes its own test.
PATHS = [re.compile(r"(?<![\w.}])/" + name + r"/[\w.-]+") for name in ("work", "home", "root", "Users", "mnt")]
URL = re.compile(r"\b(?:https?|ftp|smtps?)://(\[[0-9a-f:]+\]|[^\s/:\"'<>`)\]}|\\%;,]+)", re.I)
# Licences, standards and namespaces; and what RFC 2606 keeps for examples.
HOSTS = re.compile(r"(^|\.)(gnu\.org|fsf\.org|spdx\.org|ietf\.org|rfc-editor\.org|w3\.org|example|"
                   r"example\.(com|org|net|cn)|invalid|test|localhost)\.?$|^127\.|^\[::1\]$|^(10|192\.0\.2|198\.51\.100|203\.0\.113)\.|"
                   r"^[^.]+$|^[.%{$*…]", re.I)
BINARY = (".png", ".pdf", ".gz", ".bin", ".der", ".walk", ".snmprec", ".raw", ".dat")


def findings(path):
    for number, line in enumerate(lint.text(path).splitlines(), 1):
        for pattern in PATHS:
            match = pattern.search(line)
            if match:
                yield f"{path}:{number}: path of a machine: {match.group(0)}"
        for host in URL.findall(line):
            host = host.split("@")[-1]
            if not HOSTS.search(host):
                yield f"{path}:{number}: address: {host}"


def main():
    tap = lint.Tap()
    paths = [path for path in lint.files() if not path.endswith(BINARY) and path != "LICENSE"]
    tap.check("no machine paths, no foreign addresses",
              [finding for path in paths for finding in findings(path)])
    bad = ["see /" + "home/me/src", "fetch http" + "://registry.company.io/x"]
    tap.check("what must be found is found",
              [line for line in bad
               if not any(p.search(line) for p in PATHS)
               and all(HOSTS.search(host) for host in URL.findall(line))])
    tap.done()


main()
