//! Two versions of a page on one day: whether a client is told the same by both, without looking twice.

use std::sync::OnceLock;

use super::super::day::{DayRule, Rules, Verdict};
use super::{Fired, OPEN};
use crate::value::Point;

/// The rules that are not the same in two versions of a page, on one day and about the same facts.
pub struct Difference {
    /// In each version, a bit for each rule.
    rules: [Vec<u64>; 2],
    /// Whether the search finds what is possible exactly in both.
    exact: OnceLock<bool>,
}

impl Difference {
    /// Between two versions; `None` if they differ in more than rules. The facts must be the same.
    pub fn between(old: &Rules<'_>, new: &Rules<'_>) -> Option<Difference> {
        let ids = |rules: &Rules<'_>| rules.withdrawn().map(str::to_string).collect::<Vec<_>>();
        if old.domains != new.domains || ids(old) != ids(new) {
            return None;
        }
        let mut differing = [old, new].map(|rules| vec![u64::MAX; rules.rules.len().div_ceil(64)]);
        let mut next = 0;
        for (at, rule) in new.rules.iter().enumerate() {
            // A rule that moved up or down on the page is one that differs.
            let found = old.rules[next..].iter().position(|other| other.rule.id == rule.rule.id);
            let Some(place) = found.map(|found| next + found) else { continue };
            next = place + 1;
            if is_same(&old.rules[place], rule) {
                differing[0][place / 64] &= !(1 << (place % 64));
                differing[1][at / 64] &= !(1 << (at % 64));
            }
        }
        Some(Difference { rules: differing, exact: OnceLock::new() })
    }

    /// What both versions say about a client, if no rule in which they differ holds or may hold in either. The
    /// rules are those they were made from; `points` are as [`Rules::judge`] takes them, and `fired` shows what
    /// the new version says.
    pub fn same_for(&self, rules: [&Rules<'_>; 2], points: &[Point], fired: &mut Fired) -> Option<Verdict> {
        let mut verdict = None;
        for (rules, differing) in rules.into_iter().zip(&self.rules) {
            verdict = Some(rules.judge(points, fired)?);
            if fired.words.iter().zip(differing).any(|(word, differing)| (word[0] | word[1]) & differing != 0)
            {
                return None;
            }
        }
        let exact = || rules.iter().all(|rules| (0..rules.rules.len()).all(|at| rules.is_exact(at)));
        let searched = !points.contains(&OPEN) || *self.exact.get_or_init(exact);
        verdict.filter(|_| searched)
    }
}

/// Whether two rules hold for the same clients and last as long.
fn is_same(old: &DayRule<'_>, new: &DayRule<'_>) -> bool {
    old.rule.outcome == new.rule.outcome
        && old.prop == new.prop
        && old.scripted.is_none()
        && old.waits_alike(new)
}
