//! The random pages hold every construct, and few of their rules are refused.

use crate::page::Page;
use crate::random::Random;

const CONSTRUCTS: [&str; 42] = [
    "kind: yes/no",
    "kind: choice",
    "kind: set",
    "kind: number",
    "whole: yes",
    "kind: date",
    "kind: planned date",
    "kind: birth date",
    "kind: history",
    "good_for: ",
    "    never: ",
    "is: ",
    "conditions:",
    "absolute_contraindications:",
    "relative_contraindications:",
    "deferrals:",
    "requirements:",
    "when: ",
    "when_any:",
    "when_all:",
    "until: ",
    "at_least: ",
    "in_force:",
    "last_day: ",
    "withdrawn:",
    "latest(",
    "ongoing(",
    "never(",
    "days(",
    "weeks(",
    "months(",
    "years(",
    "days_between(",
    "years_between(",
    "date(\"",
    ") != (",
    ") == (",
    "set_a.any",
    "set_a.none",
    "- days(",
    "+ wait_a",
    "limit_a",
];

#[test]
fn every_construct_appears() {
    let mut random = Random(0x4eac);
    let mut counts = [0; CONSTRUCTS.len()];
    let (mut kept, mut refused) = (0, 0);
    for _ in 0..400 {
        let facts = 3 + random.below(6);
        let (page, _) = Page::random(&mut random, facts, 6);
        let text = format!("{}{}", page.facts_yaml(), page.page_yaml(None));
        for (count, construct) in counts.iter_mut().zip(CONSTRUCTS) {
            *count += usize::from(text.contains(construct));
        }
        kept += page.rules.len();
        refused += page.refused;
    }
    let rare: Vec<_> = CONSTRUCTS.iter().zip(counts).filter(|(_, count)| *count < 8).collect();
    assert!(rare.is_empty(), "{rare:?}");
    assert!(refused * 5 < kept, "{refused} rules refused, {kept} kept");
}
