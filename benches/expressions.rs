//! What one evaluation of each kind of expression costs: a page with one rule, many clients.

use super::cases::{MIXES, Page};
use super::times;
use clearance::inside::value::{Point, Points, Truth};
use std::hint::black_box;

const CLIENTS: usize = 10_000;

const FACTS: &str = "
a: {kind: yes/no, ask: A?}
b: {kind: yes/no, ask: B?}
c: {kind: yes/no, ask: C?}
s: {kind: set, of: {one: One, two: Two, three: Three, four: Four, five: Five}, ask: S?}
d: {kind: date, ask: D?}
e: {kind: date, ask: E?}
h: {kind: history, of: {one: One, two: Two, three: Three}, ask: H?}
n: {kind: number, between: [1, 2000], ask: N?}
";

/// What it is called, and the condition of the rule.
const KINDS: [(&str, &str); 8] = [
    ("yes/no", "a"),
    ("any of a set of five", "s.any"),
    ("a date and a wait", "visit < d + days(180)"),
    (
        "a history, three medicines",
        "visit < h.one + days(7) || visit < h.two + days(7) || visit < h.three + days(30)",
    ),
    ("a number in a range", "n >= 100 && n < 400"),
    ("and, or, not over three", "a && (not(b) || c)"),
    ("and over five, with a date", "a && b && not(c) && s.one && visit < d + days(30)"),
    ("two answers compared", "not(never(d)) && d < e"),
];

pub fn print() {
    println!("\none rule, in nanoseconds a client");
    for (name, when) in KINDS {
        let page = format!(
            "treatment: Page\nrevision: 1\nin_force: {{from: 2026-01-01}}\nrelative_contraindications:\n  rule:\n    when: {when}\n    because: It matters.\n    basis: Ours\n"
        );
        let clinic = "name: Clinic\ntime_zone: Europe/London\ncurrency: GBP\n";
        let files = [("clinic.yaml", clinic), ("facts.yaml", FACTS), ("page.yaml", &page)];
        let page = Page::of(files.map(|(path, text)| (path, text.as_bytes().to_vec())));
        let rules = page.rules();
        let values = page.clients(MIXES[1], false, CLIENTS);
        let clients: Vec<&[Point]> = values.chunks_exact(page.slots()).collect();
        let one = |value: &Point| Points::one(*value);
        let sets: Vec<Vec<Points>> = clients.iter().map(|values| values.iter().map(one).collect()).collect();
        let asked: Vec<_> = rules.held().map(|(_, asked)| asked).collect();
        let see = |truth: Truth| _ = black_box(truth);
        let [known, as_sets] = times(
            CLIENTS,
            [&mut || clients.iter().for_each(|values| see(asked[0].known(black_box(values)))), &mut || {
                sets.iter().for_each(|sets| see(asked[0].truth(black_box(sets))))
            }],
        );
        println!("  {name:28} {known:5.1} known, {as_sets:5.1} as sets of one");
    }
}
