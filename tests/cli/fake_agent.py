"""A fake SNMP agent (tests/fake/snmp-agent.c), or with --address 0.0.0.0 one at each address of 127/8."""

import subprocess


class FakeAgent:
    def __init__(self, program, *arguments):
        self.child = subprocess.Popen([program, "--control", *arguments], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True)
        self.port = int(self.child.stdout.readline().split()[1])

    def obey(self, *orders):
        """Returns the words that the last one was answered with, after "ok"."""
        words = []
        for order in orders:
            self.child.stdin.write(order + "\n")
            self.child.stdin.flush()
            answer = self.child.stdout.readline().split()
            assert answer[:1] == ["ok"], (order, answer)
            words = answer[1:]
        return words

    def stop(self):
        self.child.kill()
        self.child.communicate()
