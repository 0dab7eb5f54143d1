//! What to do, in the first lines of an answer: nobody books by a day that may still move.

use crate::book::Outcome;
use crate::book::english::words;
use crate::decide::{Affects, Decision, Reason};
use crate::prose::{self, count};
use crate::value::{Day, Truth};

/// What to do, in capitals.
pub(super) fn headline(decision: &Decision) -> String {
    if decision.settled {
        return settled(decision);
    }
    match decision.book_from {
        Some(_) => format!("FINE TO BOOK; {} on the day", count(checks(decision), "check")),
        None => format!("ASK FIRST: {}", certain(decision)),
    }
}

/// How many questions that decide can only be settled on the day.
fn checks(decision: &Decision) -> i64 {
    let moves = |affects: &Affects| match affects {
        Affects::Outcome | Affects::Wait => true,
        Affects::Steps | Affects::Price => false,
    };
    let deciding = decision.questions.iter().filter(|question| question.affects.iter().any(moves));
    deciding.filter(|question| question.asked.is_some()).count() as i64
}

fn settled(decision: &Decision) -> String {
    match (decision.outcome, decision.wait.as_ref().and_then(|wait| wait.latest)) {
        (Outcome::Eligible, _) => format!("ELIGIBLE{}", step_words(decision)),
        (Outcome::Deferred, Some(day)) => format!("NOT BEFORE {}", day.long()),
        (Outcome::Deferred, None) => "NOT YET, and no day can be named".to_string(),
        (Outcome::NotEligible | Outcome::NeedsReview | Outcome::MoreInformation, _) => certain(decision),
    }
}

/// What is certain, without a day.
fn certain(decision: &Decision) -> String {
    match decision.outcome {
        Outcome::Deferred => match decision.wait.as_ref().and_then(|wait| wait.not_before) {
            Some(_) => "NOT YET, and no day can be promised".to_string(),
            None => "NOT YET, and no day can be named".to_string(),
        },
        Outcome::NeedsReview => match &reviewers(decision)[..] {
            [] => "NEEDS REVIEW".to_string(),
            by => format!("NEEDS REVIEW by a {}", prose::list(by, "and a")),
        },
        other @ (Outcome::NotEligible | Outcome::MoreInformation | Outcome::Eligible) => {
            other.phrase().to_uppercase()
        }
    }
}

/// Who reviews, as far as it is certain that somebody does.
pub(super) fn reviewers(decision: &Decision) -> Vec<&str> {
    let counts = |reason: &&Reason| {
        reason.outcome == Outcome::NeedsReview
            && reason.reviewed_by.is_none()
            && (reason.holds == Truth::Yes || in_every_case(decision, reason))
    };
    let reasons = decision.reasons.iter().filter(counts);
    let mut by: Vec<&str> = reasons.filter_map(|reason| reason.review_by.as_deref()).collect();
    by.sort_unstable();
    by.dedup();
    by
}

/// Whether it is one of several reasons of which one applies in every case.
pub(super) fn in_every_case(decision: &Decision, reason: &Reason) -> bool {
    decision.in_every_case.iter().flatten().any(|rule| *rule == reason.rule)
}

/// The first possible day, where the headline does not name it.
pub(super) fn first_day(decision: &Decision) -> Option<String> {
    let named = |day: Day| match day == decision.visit {
        true => format!("{} (the day asked about)", day.long()),
        false => day.long(),
    };
    if let Some(day) = decision.book_from {
        let said = decision.settled && matches!(decision.outcome, Outcome::Eligible | Outcome::Deferred);
        return (!said).then(|| format!("First day allowed: {}.", named(day)));
    }
    let waits = decision.wait.as_ref().map(|wait| (wait.not_before, wait.latest));
    let review = if decision.outcome == Outcome::NeedsReview { " and the review" } else { "" };
    match (decision.outcome, decision.settled, waits) {
        (Outcome::NotEligible, ..) | (Outcome::Eligible, true, _) => None,
        (Outcome::Deferred, true, Some((_, Some(day)))) => Some(format!(
            "Do not promise that day: something else stands in the way by then. Ask about {} first.",
            day.long()
        )),
        (Outcome::Deferred, true, _) | (Outcome::NeedsReview, true, None) => None,
        (_, true, Some((_, Some(day)))) => {
            Some(format!("First day allowed: {}, and only with a go ahead.", named(day)))
        }
        (_, true, _) => Some("No day can be named yet.".to_string()),
        (_, false, None) => {
            Some(format!("First day allowed: {}, if the answers{review} allow it.", named(decision.visit)))
        }
        (_, false, Some((Some(first), Some(last)))) if first == last => {
            Some(format!("First day allowed: {}, if the answers{review} allow it.", named(first)))
        }
        (_, false, Some((Some(first), Some(last)))) => Some(format!(
            "First day allowed: {} at the earliest, {} at the latest, if the answers{review} allow it.",
            named(first),
            last.long()
        )),
        (_, false, Some((Some(first), None))) => Some(format!(
            "First day allowed: {} at the earliest, if the answers{review} allow it; one may leave it without a day.",
            named(first)
        )),
        // The headline says so.
        (Outcome::Deferred, false, Some((None, _))) => None,
        (_, false, Some((None, _))) => Some("No day can be named yet.".to_string()),
    }
}

/// Until when a rule keeps the client waiting.
pub(super) fn day_of(reason: &Reason) -> String {
    match (reason.until_earliest, reason.until, reason.holds) {
        (_, Some(day), Truth::Unknown) => format!("first day allowed {} at the latest: ", day.long()),
        (Some(first), Some(last), _) => {
            format!("first day allowed {} at the earliest, {} at the latest: ", first.long(), last.long())
        }
        (None, Some(day), _) => format!("first day allowed {}: ", day.long()),
        (_, None, _) => String::new(),
    }
}

fn step_words(decision: &Decision) -> String {
    let named = |answer: &str| -> Vec<String> {
        decision.steps.iter().filter(|step| step.answer == answer).map(|step| words(&step.step)).collect()
    };
    let (without, ask) = (named("no"), named("ask first"));
    let mut text = String::new();
    if !without.is_empty() {
        text += &format!(", WITHOUT {}", prose::list(&without, "and"));
    }
    if !ask.is_empty() {
        text += &format!(", ASK FIRST before {}", prose::list(&ask, "and"));
    }
    text
}
