"""Writes so many lines with client records: the NDJSON examples, varied, and lines that nobody can read.

    python3 tests/spark/clients.py 6000 > clients.ndjson
"""

import json
import random
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "rules" / "examples" / "clients.ndjson"
CHANCE = random.Random(2026)

OTHER = {
    "pregnant": [False, True, "unknown", {"answer": False, "on": "2026-01-12"}],
    "skin_diseases": ["none", ["eczema"], ["measles"], "unknown"],
    "last_radiation_on": ["never", "2025-09", "2025", "2026-02-30"],
    "acne_medications": ["none", {"isotretinoin": "2025-09-04", "rest": "never"}, {"tretinoin": "ongoing"}],
    "last_session": ["none", {"microneedling": "2026-02-09"}],
    "goals": [["age_spots"], ["acne_scars", "large_pores"]],
    "shoe_size": [41],
}

UNREADABLE = [
    "{bad",
    "[1, 2]",
    "null",
    '{"client":"twice","visit":"2026-03-02","visit":"2026-03-03"}',
    '{"client":"no day","visit":"soon"}',
    '{"client":' + "[" * 500,
    '"}{"',
    "}",
]

BLANK = ["", "   ", "\r"]


def record(number):
    """One of the examples, with some answers changed, only partly known or never asked."""
    one = json.loads(CHANCE.choice(examples))
    one["client"] = CHANCE.choice([f"K{number}", f"K{number}", "again", f"Zoë\u2028 \u0085 {number}", number])
    if CHANCE.random() < 0.1:
        del one["client"]
    facts = one["facts"]
    for name in CHANCE.sample(list(facts), CHANCE.randrange(len(facts))):
        if CHANCE.random() < 0.5:
            del facts[name]
    for name in CHANCE.sample(list(OTHER), CHANCE.choice([0, 0, 1, 2])):
        facts[name] = CHANCE.choice(OTHER[name])
    text = json.dumps(one, ensure_ascii=CHANCE.random() < 0.5)
    return text.replace(", ", CHANCE.choice([",", ", ", ",\r", ", \t"])) + CHANCE.choice(["", "", "\r"])


examples = EXAMPLES.read_text(encoding="utf-8").splitlines()
out = open(sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=False)
with out:
    for number in range(int(sys.argv[1])):
        kind = CHANCE.random()
        line = CHANCE.choice(UNREADABLE) if kind < 0.04 else CHANCE.choice(BLANK) if kind < 0.08 else record(number)
        out.write(line + "\n")
