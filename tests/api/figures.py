"""What came of all the requests, by the receiver's own metrics; the argument is their address.

A run that reached nothing would find nothing.
"""

import collections
import re
import sys
import urllib.request

taken = collections.Counter()
refused = collections.defaultdict(collections.Counter)
with urllib.request.urlopen(sys.argv[1]) as answer:
    for line in answer.read().decode().splitlines():
        if count := re.match(r'deskbell_received_total{source="([^"]*)".*} (\d+)', line):
            taken[count[1]] += int(count[2])
        elif count := re.match(r'deskbell_refused_total{source="([^"]*)",reason="([^"]*)"} (\d+)', line):
            refused[count[1]][count[2]] += int(count[3])

for source in sorted(taken.keys() | refused.keys()):
    reasons = ", ".join(f"{reason} {count}" for reason, count in refused[source].most_common())
    print(f"{source}: {taken[source]} events taken; refused: {reasons}")
assert taken["open"], "no event was taken"
assert not taken["signed"] and refused["signed"], "an unsigned event was taken"
