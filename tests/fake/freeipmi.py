"""FreeIPMI's own tools, and what ours reads otherwise than they do."""
import subprocess
import tempfile


def freeipmi(server, tool, *options):
    with tempfile.TemporaryDirectory() as cache:
        return subprocess.run(
            [tool, '-h', server.host, '-u', server.user, '-p', server.password, '-l', 'ADMIN', '-Q', '--sdr-cache-directory',
             cache] + server.driver + list(options), capture_output=True, text=True, errors='replace', timeout=60).stdout


def number(word):
    return None if word == 'N/A' else float(word)


def near(a, b):
    return (a is None) == (b is None) and (a is None or abs(a - b) < 0.006)


LIMITS = (('Lower NR', 'lower_nr'), ('Lower C', 'lower_c'), ('Lower NC', 'lower_nc'), ('Upper NC', 'upper_nc'),
          ('Upper C', 'upper_c'), ('Upper NR', 'upper_nr'))


def differences(rows, answers):
    mine = {}
    for s in answers['sensors']:
        mine.setdefault(s['id'], s)
    for r in rows:
        s = mine.get(int(r['ID']))
        if s is None:
            yield '%s: not there' % r['Name']
            continue
        value = number(r['Reading'])
        if s['name'] != r['Name'].strip():
            yield 'name %s, %s' % (r['Name'], s['name'])
        if not near(value, s['value']) or (value is not None and r['Units'] != s['unit']):
            yield '%s: %s %s, %s %s' % (r['Name'], r['Reading'], r['Units'], s['value'], s['unit'])
        if s['readable'] and 'OEM Event' not in r['Event']:
            words = ' '.join("'%s'" % w for w in s['words']) or ("'OK'" if s['events'] >= 0 else 'N/A')
            if words != r['Event']:
                yield '%s: %s, %s' % (r['Name'], r['Event'], words)
        for theirs, ours in LIMITS:
            if s['readable'] and not near(number(r[theirs]), s[ours]):
                yield '%s: %s %s, %s' % (r['Name'], theirs, r[theirs], s[ours])
