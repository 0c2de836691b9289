#!/usr/bin/env python3
"""A UDP relay between one client and one server that counts, delays, loses and dies on order.

  udp-relay.py --to HOST:PORT… [--listen HOST[:PORT]] [--delay-ms N] [--drop-every N]
               [--die-after N]

Prints "listening HOST:PORT" when it is ready, a line for each --to. Every client address gets a socket of its own
towards the server, as a BMC tells sessions apart by nothing else where they have no id yet.

  --delay-ms N     each reply is N milliseconds late
  --drop-every N   every Nth reply is lost
  --die-after N    after N requests nothing passes any more

SIGUSR1 prints "requests N replies N clients_at_once N": clients_at_once counts those that were
heard of again after another had begun.
"""
import argparse
import heapq
import selectors
import signal
import socket
import time


def address(text, port=0):
    host, _, tail = text.partition(':')
    return host, int(tail or port)


class Relay:
    def __init__(self, options):
        self.options = options
        self.poll = selectors.DefaultSelector()
        self.fronts, self.backs = [], {}
        for to in options.to:
            front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            front.bind(address(options.listen))
            self.poll.register(front, selectors.EVENT_READ, (None, front, address(to)))
            self.fronts.append(front)
        self.late = []          # heap of (due, number, data, front, client)
        self.requests = self.replies = 0
        self.over = self.report = False
        self.open, self.at_once = [], 0         # clients by their first packet

    def back(self, front, server, client):
        key = (front, client)
        if key not in self.backs:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.connect(server)
            self.poll.register(s, selectors.EVENT_READ, (client, front, None))
            self.backs[key] = s
            if len(self.backs) > 512:       # the oldest client is long gone
                old = next(iter(self.backs))
                self.poll.unregister(self.backs[old])
                self.backs.pop(old).close()
        return self.backs[key]

    def request(self, front, server):
        data, client = front.recvfrom(65536)
        self.requests += 1
        self.note(client)
        if self.options.die_after and self.requests > self.options.die_after:
            return
        try:
            self.back(front, server, client).send(data)
        except OSError:
            pass

    def note(self, client):
        """A client that speaks after a later one began was open at the same time as that one."""
        if client not in self.open:
            self.open.append(client)
            del self.open[:-64]
        self.at_once = max(self.at_once, len(self.open) - self.open.index(client))

    def reply(self, sock, front, client):
        try:
            data = sock.recv(65536)
        except OSError:
            return
        self.replies += 1
        if self.options.drop_every and self.replies % self.options.drop_every == 0:
            return
        heapq.heappush(self.late, (time.monotonic() + self.options.delay_ms / 1000, self.replies, data, front, client))

    def send_due(self):
        now = time.monotonic()
        while self.late and self.late[0][0] <= now:
            _, _, data, front, client = heapq.heappop(self.late)
            front.sendto(data, client)
        return max(0, self.late[0][0] - now) if self.late else None

    def run(self):
        for front in self.fronts:
            print('listening %s:%d' % front.getsockname(), flush=True)
        while not self.over:
            if self.report:
                self.report = False
                print('requests %d replies %d clients_at_once %d' % (self.requests, self.replies, self.at_once), flush=True)
            wait = self.send_due()
            for key, _ in self.poll.select(0.05 if wait is None else min(wait, 0.05)):
                client, front, server = key.data
                if client is None:
                    self.request(front, server)
                else:
                    self.reply(key.fileobj, front, client)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--to', required=True, action='append')
    parser.add_argument('--listen', default='127.0.0.1:0')
    parser.add_argument('--delay-ms', type=float, default=0)
    parser.add_argument('--drop-every', type=int, default=0)
    parser.add_argument('--die-after', type=int, default=0)
    relay = Relay(parser.parse_args())
    signal.signal(signal.SIGUSR1, lambda *_: setattr(relay, 'report', True))
    signal.signal(signal.SIGTERM, lambda *_: setattr(relay, 'over', True))
    relay.run()


if __name__ == '__main__':
    main()
