#!/usr/bin/env python3
"""notify list and notify test as whole commands, against a real mail server and a real HTTP server.

notify.py RACKVITALS PEERS.PY"""

import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

SITE = """\
language: en
state: state
credentials: credentials.yaml
notify:
  mail: {{ mail: "smtp://127.0.0.1:{smtp}", from: rounds@example.com, to: duty@example.com, levels: "1", language: zh_CN, quiet: "00:00-23:59" }}
  hook: {{ webhook: "http://127.0.0.1:{http}/hook", credential: hook }}
  script: {{ command: [/bin/sh, -c, 'cat > "{folder}/heard"; echo "$RACKVITALS_EVENT" >> "{folder}/heard"'] }}
  broken: {{ command: [/bin/sh, -c, "exit 3"] }}
  nobody: {{ webhook: "http://127.0.0.1:{closed}/" }}
"""


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def tell(self, good, name, detail=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        if not good:
            print("# " + str(detail).replace("\n", "\n# "))


def run(program, site, *arguments):
    return subprocess.run([program, "--config", site, "notify", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60, check=False)


def records(folder):
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("[0-9]*.json"))]


def check(tap, program, folder, messages, ports):
    site, mood = folder / "rackvitals.yaml", messages / "mood"
    with socket.socket() as closed:  # bound, and nobody listens
        closed.bind(("127.0.0.1", 0))
        site.write_text(SITE.format(folder=folder, closed=closed.getsockname()[1], **ports), encoding="utf-8")
        secrets = folder / "credentials.yaml"
        secrets.write_text("hook: { key: webhook key }\n", encoding="utf-8")
        secrets.chmod(0o600)

        got = run(program, site, "list")
        tap.tell(got.returncode == 0 and "mail to duty@example.com" in got.stdout and got.stdout.count("\n") == 5
                 and "webhook key" not in got.stdout, "list names the channels and no secrets", got)

        got = run(program, site, "test", "mail", "hook", "script")
        tap.tell(got.returncode == 0 and [line.split(" (")[0] for line in got.stdout.splitlines()] ==
                 ["mail: taken", "hook: taken", "script: taken"], "three channels take a test, quiet hours or not", got)
        arrived = {record["server"]: record for record in records(messages)}
        mail, hook = arrived.get("smtp", {}), arrived.get("http", {})
        tap.tell(mail.get("to") == ["duty@example.com"] and "测试消息" in mail.get("subject", "")
                 and "没有发生任何故障" in mail.get("body", "") and not mail.get("defects"),
                 "the mail says that it is a test, in its channel's language", mail)
        tap.tell(hook.get("signed") and [event["event"] for event in hook["json"]["events"]] == ["test"],
                 "the webhook is signed and its event is 'test'", hook)
        heard = (folder / "heard").read_text(encoding="utf-8")
        tap.tell("Test message: nothing has happened" in heard and heard.endswith("\ntest\n"),
                 "the command hears it on its input and in its environment", heard)

        got = run(program, site, "test", "broken", "nobody")
        tap.tell(got.returncode == 1 and "broken: not taken" in got.stdout and "code 3" in got.stdout
                 and "nobody: not taken" in got.stdout, "what takes none says why", got)
        mood.write_text("refuse", encoding="utf-8")
        got = run(program, site, "test", "mail", "hook")
        tap.tell(got.returncode == 1 and "452" in got.stdout and "HTTP status 503" in got.stdout,
                 "a server's refusal is told in its own words", got)
        mood.write_text("", encoding="utf-8")
        tap.tell(not (folder / "state").exists(), "nothing of a test is kept", list(folder.iterdir()))

        got = run(program, site, "test", "mial")
        tap.tell(got.returncode == 64 and "no channel 'mial'" in got.stderr, "a channel that is not there", got)
        site.write_text("language: en\n", encoding="utf-8")
        got = run(program, site, "test")
        tap.tell(got.returncode == 66 and "no channels" in got.stderr, "a site without channels", got)


def main():
    program, peers = sys.argv[1:3]
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="rackvitals-notify-") as name:
        folder, messages = Path(name), Path(name) / "messages"
        messages.mkdir()
        with subprocess.Popen([sys.executable, peers, str(messages)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as servers:
            ports = json.loads(servers.stdout.readline())
            if "skip" in ports:
                print(f"1..0 # SKIP {ports['skip']}")
                return 0
            check(tap, program, folder, messages, ports)
            servers.stdin.close()
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
