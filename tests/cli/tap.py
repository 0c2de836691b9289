"""What the programs of this folder print: TAP, a line for each thing that is looked at."""

SEEN_CEILING = 3000  # characters of one thing that was seen

count = failed = 0


def ok(good, what, *seen):
    """`seen` is told where it is not good."""
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {what}", flush=True)
    for one in seen if not good else ():
        print("# " + repr(one)[:SEEN_CEILING], flush=True)


def skip(what, why):
    ok(True, f"{what} # SKIP {why}")


def end():
    """The plan; returns the program's exit status."""
    print(f"1..{count}", flush=True)
    return 1 if failed else 0
