//! Proofs as findings.

use std::collections::BTreeSet;

use super::clients::Client;
use super::dead::Dead;
use super::examples::Base;
use super::find::Open;
use super::guarantees::{Broken, Kept};
use super::proofs::{Holder, HolderKind, Proof, Proofs, Question};
use crate::book::condition::FactId;
use crate::book::fact::{Fact, FactKind};
use crate::book::{Guarantee, Outcome, Rule};
use crate::decide::cells::Version;
use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::value::Truth;

/// More rules than this are not pointed at.
const MOST_LABELS: usize = 4;

/// What is wrong with a page by what was proved about it.
pub fn findings(proofs: &Proofs, version: Version<'_>, base: &Base) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = proofs.found.iter().map(|proof| found(proof, version)).collect();
    let guarantees = version.treatment.guarantees.iter().zip(&proofs.guarantees);
    all.extend(counts_for_ever(version));
    let Version { book, treatment, .. } = version;
    let stopped = book.clinic.withdrawn.is_some() || treatment.withdrawn.is_some();
    let everybody = all.iter().any(|one| one.code == Code::AlwaysHolds);
    if proofs.needed.anybody == Some(false) && !stopped && !everybody {
        let message = format!("nobody is ever eligible for `{}`", treatment.id);
        let found = Diagnostic::error(Code::NobodyEligible, message)
            .at(treatment.span, "")
            .note("for every client there is always a rule that holds")
            .help("look for a rule that asks for the opposite of what was meant");
        all.push(
            found.help("to stop a treatment for everyone, write `withdrawn:` with since, because and by"),
        );
    }
    // A rule that never holds breaks what rests on it: that is one mistake.
    let is_cause = |proof: &Proof| matches!(proof, Proof::Never(Holder { kind: HolderKind::Rule(_), .. }));
    let explained = proofs.found.iter().any(is_cause);
    all.extend(guarantees.filter_map(|(guarantee, kept)| match kept {
        Kept::Proved => None,
        Kept::Broken(_) if explained => None,
        Kept::Broken(told) => Some(broken(guarantee, told, version, base)),
        Kept::Open(open) => Some(unproved(guarantee, *open)),
    }));
    all
}

/// The facts that rules read, of which nobody says how long an answer counts. A birth date stays what it is.
fn counts_for_ever(version: Version<'_>) -> Vec<Diagnostic> {
    let Version { book, treatment, .. } = version;
    let slots_of = |fact| book.facts.slots_of(fact);
    let read: BTreeSet<FactId> = treatment
        .conditions()
        .flat_map(|condition| condition.slots(&slots_of))
        .map(|slot| book.facts.slots[slot.index()].fact)
        .collect();
    let silent =
        |fact: &&Fact| fact.good_for.is_empty() && fact.always.is_none() && fact.kind != FactKind::BirthDate;
    let facts = read.into_iter().map(|id| book.facts.get(id)).filter(silent);
    let finding = |fact: &Fact| {
        let message = format!("nobody says how long an answer to `{}` counts", fact.id);
        Diagnostic::warning(Code::CountsForEver, message)
            .at(fact.span, "so it counts for ever")
            .note("an answer of years ago says nothing about the time since, and would still clear a client")
            .help("add `good_for:` with a duration, or `good_for: always` and `why:`")
    };
    facts.map(finding).collect()
}

fn found(proof: &Proof, version: Version<'_>) -> Diagnostic {
    let rules = &version.treatment.rules;
    match proof {
        Proof::Never(holder) => never(holder),
        Proof::Always(holder) => always(holder),
        Proof::Hidden(at, by) => hidden(&rules[*at], &by.iter().map(|at| &rules[*at]).collect::<Vec<_>>()),
        Proof::NeedlessKeep(at) => needless_keep(&rules[*at]),
        Proof::Same(a, b) => same(&rules[*a], &rules[*b]),
        Proof::Dead(holder, part) => dead(holder, part),
        Proof::NotAnalysed(holder, question, open) => not_analysed(holder, *question, *open),
    }
}

/// `the rule `page/pregnancy``
fn the(holder: &Holder) -> String {
    let what = match holder.kind {
        HolderKind::Rule(_) => "the rule",
        HolderKind::Exclusion => "the condition of",
        HolderKind::Guarantee(_) => "the guarantee",
        HolderKind::Definition => "what is called",
    };
    format!("{what} `{}`", holder.name)
}

fn never(holder: &Holder) -> Diagnostic {
    let message = match holder.kind {
        HolderKind::Rule(_) => format!("{} can never fire", the(holder)),
        HolderKind::Exclusion | HolderKind::Definition => format!("{} can never hold", the(holder)),
        HolderKind::Guarantee(_) => format!("{} speaks of nobody", the(holder)),
    };
    let note = match holder.kind {
        HolderKind::Guarantee(_) => "a guarantee about nobody is kept whatever the rules say",
        _ => "whoever it was written for gets no word of it",
    };
    Diagnostic::error(Code::NeverFires, message)
        .at(holder.condition, "no client answers so on any visit")
        .note(note)
        .help("look for `&&` where `||` is meant, a comparison that is the wrong way round, or days that do not meet")
}

fn always(holder: &Holder) -> Diagnostic {
    Diagnostic::error(Code::AlwaysHolds, format!("{} holds for every client", the(holder)))
        .at(holder.condition, "every client answers so on every visit")
        .note("a condition that asks nothing treats all clients alike, and no answer matters to it")
        .help("look for `||` where `&&` is meant, or a comparison that is the wrong way round")
        .help("to stop a treatment for everyone, write `withdrawn:`")
}

fn hidden(rule: &Rule, by: &[&Rule]) -> Diagnostic {
    let names: Vec<String> = by.iter().map(|by| format!("`{}`", by.id)).collect();
    let message = format!(
        "the rule `{}` never changes anything: {} hide{} it",
        rule.id,
        prose::list(&names, "and"),
        if by.len() == 1 { "s" } else { "" }
    );
    let mut found =
        Diagnostic::error(Code::HiddenRule, message).at(rule.span, format!("{} here", rule.outcome));
    for by in by.iter().take(MOST_LABELS) {
        found = found.at(by.span, by.outcome.phrase());
    }
    let note = match by {
        [_] => "wherever this rule holds the other one does too, and decides",
        _ => "wherever this rule holds one of the others does too, and decides",
    };
    found
        .note(note)
        .note("its outcome and its wait change nobody's answer")
        .help("narrow the stricter rule, or remove this one")
        .help("to keep it all the same, say why: `keep: ...`")
}

fn needless_keep(rule: &Rule) -> Diagnostic {
    let message = format!("the rule `{}` says why it is kept, and no stricter rule hides it", rule.id);
    Diagnostic::warning(Code::NeedlessKeep, message)
        .at(rule.span, "")
        .note("`keep` would silence the finding on the day on which the rule is hidden")
        .help("remove `keep:` from the rule")
}

fn same(a: &Rule, b: &Rule) -> Diagnostic {
    let (weaker, stricter) = if a.outcome < b.outcome { (a, b) } else { (b, a) };
    let message = format!("the rules `{}` and `{}` hold for the same clients", weaker.id, stricter.id);
    Diagnostic::error(Code::SameCondition, message)
        .at(weaker.condition.span, format!("{} here", weaker.outcome))
        .at(stricter.condition.span, format!("{} here", stricter.outcome))
        .note(format!(
            "such a client is always told `{}`: one of the two outcomes is not meant",
            stricter.outcome
        ))
        .help("decide which outcome is right and remove the other rule, or correct its condition")
        .help(format!("to keep both, say why: `keep: ...` at `{}`", weaker.id))
}

fn dead(holder: &Holder, part: &Dead) -> Diagnostic {
    let Dead { all, alone, by, .. } = part;
    let (message, label) = match (alone, all) {
        (true, true) => ("is true for every client", "always true"),
        (true, false) => ("is never true", "never true"),
        (false, true) => ("adds nothing", "already follows"),
        (false, false) => ("adds nothing", "already counted"),
    };
    let mut found = Diagnostic::warning(
        Code::DeadCondition,
        format!("a part of the condition of `{}` {message}", holder.name),
    )
    .at(part.part, label);
    for span in by.iter().take(MOST_LABELS) {
        found = found.at(*span, if *all { "from this" } else { "by this" });
    }
    found
        .note("without it the same clients are told the same on every visit")
        .help("remove the part, or correct it: it may have been meant to say something else")
}

fn not_analysed(holder: &Holder, question: Question, open: Open) -> Diagnostic {
    let asked = match question {
        Question::Fires => "whether it can ever hold",
        Question::Holds => "whether it holds for everyone",
        Question::Matters => "whether a stricter rule hides it",
        Question::Parts => "whether each of its parts says something",
    };
    Diagnostic::warning(Code::NotAnalysed, format!("{} is not analysed: {asked} is not known", the(holder)))
        .at(holder.condition, "")
        .note(open.words())
        .help(
            "nothing is proved here, neither for nor against; make the condition simpler if you need to know",
        )
}

fn unproved(guarantee: &Guarantee, open: Open) -> Diagnostic {
    let message = match open {
        Open::Free => format!("the guarantee `{}` is possible, not proved", guarantee.id),
        _ => format!("the guarantee `{}` is not analysed", guarantee.id),
    };
    Diagnostic::warning(Code::NotAnalysed, message)
        .at(guarantee.span, "")
        .note(format!("{}, and no client was found who breaks it", open.words()))
        .help("test it with cases, or make the conditions that it rests on simpler")
}

fn broken(guarantee: &Guarantee, told: &Broken, version: Version<'_>, base: &Base) -> Diagnostic {
    let Broken { client, decision } = told;
    let outcome = decision.outcome;
    let message = format!("the guarantee `{}` is broken: this client is told `{outcome}`", guarantee.id);
    let never: Vec<String> = guarantee.never.iter().map(|one| format!("`{one}`")).collect();
    let mut found = Diagnostic::error(Code::BrokenGuarantee, message)
        .at(guarantee.span, format!("never {}", prose::list(&never, "or")));
    let expected = expected(guarantee, outcome, version);
    for rule in expected.iter().take(MOST_LABELS) {
        found = found.at(rule.span, format!("`{}` does not hold for this client", rule.outcome));
    }
    found = found.note(who(guarantee, client, version, base));
    let held: Vec<String> = decision
        .reasons
        .iter()
        .filter(|reason| reason.holds == Truth::Yes)
        .map(|reason| format!("`{}`", reason.rule))
        .collect();
    found = found.note(match held.is_empty() {
        true => "no rule holds for this client".to_string(),
        false => format!("rules that hold: {}", prose::list(&held, "and")),
    });
    if expected.is_empty() {
        found = found.note("no rule reads what the guarantee is about and decides otherwise");
    }
    found.help("correct the rules until nobody breaks it; or, if it is no longer meant, change the guarantee")
}

/// Rules that read what the guarantee is about and would have kept it.
fn expected<'a>(guarantee: &Guarantee, told: Outcome, version: Version<'a>) -> Vec<&'a Rule> {
    let facts = &version.book.facts;
    let options = |fact: FactId| facts.slots_of(fact);
    let mut about = guarantee.when.as_ref().map_or(Vec::new(), |when| when.slots(&options));
    about.extend(guarantee.unanswered.iter().flat_map(|fact| facts.slots_of(*fact)));
    let rules = version.treatment.rules.iter();
    let reads = |rule: &&Rule| rule.condition.slots(&options).iter().any(|slot| about.contains(slot));
    rules
        .filter(|rule| rule.outcome > told && !guarantee.never.contains(&rule.outcome))
        .filter(reads)
        .collect()
}

/// The client in words: what differs from the base client, and the day.
fn who(guarantee: &Guarantee, client: &Client, version: Version<'_>, base: &Base) -> String {
    let like = base.like(client, version);
    let facts = &version.book.facts;
    let open: Vec<&str> = guarantee.unanswered.iter().map(|id| facts.get(*id).id.as_str()).collect();
    let is_open = |name: &str| open.contains(&name.split('.').next().unwrap_or(name));
    let given = like.answers.iter().filter(|(name, _)| !is_open(name));
    let mut answers: Vec<String> = given.map(|(fact, answer)| format!("{fact}: {answer}")).collect();
    answers.extend(open.iter().map(|name| format!("no answer to {name}")));
    let who = match (&like.base, answers.is_empty()) {
        (Some(base), true) => format!("`{}`", prose::visible(base)),
        (Some(base), false) => {
            format!("like `{}`, but {}", prose::visible(base), prose::list(&answers, "and"))
        }
        (None, _) => prose::list(&answers, "and"),
    };
    format!("the client: {who}; visit on {}", client.visit)
}
