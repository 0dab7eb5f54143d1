//! Every declared function tried on the ends of what it can be given.

use super::diags::Finding;
use super::values::{Arg, Take};
use super::{Bound, Entry, Gives, ScriptFault, Scripts};
use crate::book::fact::{FactKind, Facts};
use crate::book::{Quantity, Treatment};
use crate::diagnostic::Diagnostic;
use crate::prose;
use crate::value::Number;

/// With more combinations than this, one value after another is varied instead.
const MOST_TRIES: usize = 256;

/// Tries every declared function.
pub(super) fn smoke(scripts: &Scripts, treatment: &Treatment, facts: &Facts, out: &mut Vec<Diagnostic>) {
    for entry in scripts.functions.iter().chain(&scripts.price).filter(|entry| entry.found.is_some()) {
        let samples: Vec<Vec<Arg>> =
            entry.takes.iter().map(|take| samples(take, entry.gives, treatment, facts)).collect();
        let mut failed: Option<(ScriptFault, Vec<Arg>)> = None;
        let (mut tried, mut failures) = (0, 0);
        for args in combinations(&samples) {
            tried += 1;
            let Err(fault) = scripts.run(entry, &args) else { continue };
            failures += 1;
            // One that never ends is tried once.
            let endless = matches!(fault.bound, Some(Bound::Operations | Bound::Clock)) && failures > 2;
            failed.get_or_insert((fault, args));
            if endless {
                break;
            }
        }
        if let Some((fault, args)) = failed {
            let always = failures == tried;
            out.push(
                Finding::Failed { fault: &fault, given: given(entry, &args, treatment, facts), always }
                    .into(),
            );
        }
    }
}

/// `area_cm2 2000 and smoker yes`
fn given(entry: &Entry, args: &[Arg], treatment: &Treatment, facts: &Facts) -> String {
    let name = |take: &Take| match take {
        Take::Fact(id, _) => facts.get(*id).id.clone(),
        Take::Parameter(name) => name.clone(),
        Take::Price => "price".to_string(),
        Take::Sessions => "sessions".to_string(),
    };
    let each: Vec<String> =
        entry.takes.iter().zip(args).map(|(take, arg)| format!("{} {arg}", name(take))).collect();
    match each.is_empty() {
        true => format!("every client of {}", treatment.id),
        false => prose::list(&each, "and"),
    }
}

/// The ends of what `take` can be, and what lies between where there is little of it.
fn samples(take: &Take, gives: Gives, treatment: &Treatment, facts: &Facts) -> Vec<Arg> {
    let mut found = match take {
        Take::Fact(id, kind) => {
            let fact = facts.get(*id);
            let ids = || fact.options.iter().map(|option| option.id.clone());
            match kind {
                FactKind::YesNo => vec![Arg::YesNo(false), Arg::YesNo(true)],
                FactKind::Choice => ids().map(Arg::Option).collect(),
                FactKind::Set => {
                    let none = || ids().map(|id| (id, false));
                    let alone =
                        ids().map(|one| Arg::Set(none().map(|(id, _)| (id.clone(), id == one)).collect()));
                    let ends = [Arg::Set(none().collect()), Arg::Set(ids().map(|id| (id, true)).collect())];
                    ends.into_iter().chain(alone).collect()
                }
                FactKind::Number { whole, low, high } => {
                    let middle = [0, Number::whole(1).point(), low + (high - low) / 2];
                    let points = [*low, *high].into_iter().chain(middle).filter(|p| low <= p && p <= high);
                    points.map(|point| number(point, *whole)).collect()
                }
                _ => Vec::new(),
            }
        }
        Take::Parameter(name) => {
            let values = treatment.parameters.iter().filter(|p| p.id == *name).flat_map(|p| p.values.all());
            let numbers = values.filter_map(|(_, value)| match value.value {
                Quantity::Number(number) => Some(Arg::Number(number)),
                _ => None,
            });
            numbers.collect()
        }
        Take::Price => {
            let lists = treatment.pricing.iter().flat_map(|pricing| pricing.lists.all());
            lists.flat_map(|(_, list)| &list.bands).map(|band| Arg::Number(band.price)).collect()
        }
        Take::Sessions => {
            let course = treatment.course.as_ref().map_or(4, |course| i64::from(course.sessions));
            [1, course, 100].map(Arg::Whole).to_vec()
        }
    };
    found.sort();
    found.dedup();
    debug_assert!(gives == Gives::Lines || !matches!(take, Take::Price | Take::Sessions));
    found
}

fn number(point: i64, whole: bool) -> Arg {
    match whole {
        true => Arg::Whole(point / Number::whole(1).point()),
        false => Arg::Number(Number::from_point(point)),
    }
}

/// Every choice of one value each, or, where those are too many, one value varied after the other.
fn combinations(samples: &[Vec<Arg>]) -> Vec<Vec<Arg>> {
    let count = samples.iter().try_fold(1_usize, |all, some| all.checked_mul(some.len()));
    if count.is_some_and(|count| count <= MOST_TRIES) {
        return samples.iter().fold(vec![Vec::new()], |all, some| {
            all.iter()
                .flat_map(|args| some.iter().map(|arg| [&args[..], std::slice::from_ref(arg)].concat()))
                .collect()
        });
    }
    let Some(first) = samples.iter().map(|some| some.first().cloned()).collect::<Option<Vec<Arg>>>() else {
        return Vec::new();
    };
    let mut all = vec![first.clone()];
    for (at, some) in samples.iter().enumerate() {
        for arg in some.iter().skip(1) {
            let mut args = first.clone();
            args[at] = arg.clone();
            all.push(args);
        }
    }
    all
}
