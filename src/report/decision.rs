//! Decisions for people: what to do comes first, on 80 columns.

use super::headline;
use super::lines::Lines;
use super::tally::Counts;
use crate::book::english::words;
use crate::book::{Book, Ending, Outcome, Treatment};
use crate::decide::{Affects, AnswerNote, Decision, Question, Reason, ReviewNote};
use crate::prose::{self, count, sentence_case, visible};
use crate::value::{Day, Truth};

/// How much to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// What the front desk needs.
    Short,
    /// Also the conditions, answers, numbers and sources behind each reason.
    Why,
}

/// One decision.
pub fn one(decision: &Decision, book: &Book, treatment: &Treatment, detail: Detail) -> String {
    let mut sheet = Sheet { text: String::new(), book, detail, several_review: false };
    let today = if decision.visit_assumed.is_some() { " (today, as no day was named)" } else { "" };
    let day = format!("{} {}", decision.visit.weekday(), decision.visit.long());
    sheet.line(0, &format!("{}: {}, {day}{today}", visible(&decision.client), visible(&treatment.name)));
    sheet.body(decision);
    sheet.text
}

/// One decision without colours, and without the line that says about whom it is.
pub fn body(decision: &Decision, book: &Book) -> String {
    let mut sheet = Sheet { text: String::new(), book, detail: Detail::Short, several_review: false };
    sheet.body(decision);
    anstream::adapter::strip_str(&sheet.text).to_string()
}
/// A record that cannot be read; `findings` says why.
pub fn unreadable(client: &str, findings: &str) -> String {
    format!("{}\nNOT DECIDED, because of what is wrong below\n{}\n", visible(client), findings.trim_end())
}

/// `15 clients: 4 eligible, ...`, for more than one, and the rules that all answers rest on.
pub fn summary(counts: &Counts, treatment: &Treatment, rules: &str) -> String {
    let mut sheet = Lines::default();
    if counts.records() > 1 {
        let clients = count(counts.records() as i64, "client");
        sheet.wrap(0, &format!("{clients}: {}", counts.outcomes()));
    }
    let digest = treatment.digest.get(..19).unwrap_or(&treatment.digest);
    let revision = format!("{} revision {}", treatment.id, treatment.revision);
    let signed = if treatment.signed { ", signed" } else { "" };
    sheet.wrap(0, &visible(&format!("Rules: {revision}, {digest}{signed}, in {rules}")));
    sheet.0
}

struct Sheet<'a> {
    text: String,
    book: &'a Book,
    detail: Detail,
    /// Whether the headline names more than one who reviews.
    several_review: bool,
}

impl Sheet<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        let mut lines = Lines(std::mem::take(&mut self.text));
        lines.wrap(indent, &visible(text));
        self.text = lines.0;
    }

    fn body(&mut self, decision: &Decision) {
        self.headline(decision);
        self.possible(decision);
        let (counted, reviewed): (Vec<&Reason>, Vec<&Reason>) =
            decision.reasons.iter().partition(|reason| reason.reviewed_by.is_none());
        let holds = |outcome: Outcome| {
            let found =
                counted.iter().filter(move |reason| reason.holds == Truth::Yes && reason.outcome == outcome);
            found.copied().collect::<Vec<&Reason>>()
        };
        self.several_review = headline::reviewers(decision).len() > 1;
        for group in &decision.in_every_case {
            let of_group = |reason: &&&Reason| group.contains(&reason.rule) && reason.holds == Truth::Unknown;
            let of_group: Vec<&Reason> = counted.iter().filter(of_group).copied().collect();
            self.reasons("In every case one of these applies", &of_group, true);
        }
        self.reasons("Never, because", &holds(Outcome::NotEligible), false);
        self.reasons("A clinician decides", &holds(Outcome::NeedsReview), false);
        self.reasons("Wait", &holds(Outcome::Deferred), false);
        self.reasons("Reviewed: go ahead", &reviewed, false);
        self.questions(decision);
        let open = counted
            .iter()
            .filter(|reason| reason.holds == Truth::Unknown && !headline::in_every_case(decision, reason));
        let open: Vec<&Reason> = open.copied().collect();
        let heading = "May apply, too little is known";
        match (self.detail, decision.outcome) {
            (Detail::Why, _) => self.reasons(heading, &open, true),
            // Nothing is certain yet: they are all the reasons there are.
            (Detail::Short, Outcome::MoreInformation) => self.in_short(heading, &open),
            _ => {}
        }
        self.steps(decision);
        for review in decision.reviews.iter().filter(|review| !review.counts) {
            let why = review.why.as_deref().unwrap_or_default();
            self.line(2, &format!("The review of {} by {} does not count: {why}.", review.rule, review.by));
        }
        let quiets = |rule: &str| reviewed.iter().any(|reason| reason.rule == rule);
        for review in decision.reviews.iter().filter(|review| review.counts && quiets(&review.rule)) {
            review.note.iter().for_each(|note| self.line(2, &format!("{}.", sentence_case(note))));
        }
        let may_fail = |rule: &str| counted.iter().any(|reason| reason.rule == rule);
        for review in decision.reviews.iter().filter(|review| review.counts && may_fail(&review.rule)) {
            let ReviewNote { rule, by, .. } = review;
            self.line(2, &format!("The review of {rule} by {by} counts unless a script of the rule fails."));
        }
        self.expired(decision);
        match decision.next_change {
            Some(day) if decision.outcome == Outcome::Eligible => {
                let last = Day::from_point(day.point() - 1);
                self.line(2, &format!("Last day of this answer: {}.", last.long()));
            }
            _ => {}
        }
        if !decision.exact {
            self.line(2, "Too much is open to tell exactly: fewer outcomes may be possible than are listed.");
        }
    }

    /// Numbers that the answer rests on and nobody has looked at in time.
    fn expired(&mut self, decision: &Decision) {
        for note in decision.expired.iter().flatten() {
            let number = format!("{} ({})", words(&note.parameter), note.value);
            let text = format!(
                "Past its review date: {number} should have been looked at again by {}. Ask the {}.",
                note.review_by.long(),
                note.owner
            );
            self.line(2, &text);
            if self.detail == Detail::Why {
                self.line(6, &format!("Used by {}", prose::list(&note.rules, "and")));
            }
        }
    }

    fn headline(&mut self, decision: &Decision) {
        let colour = match decision.outcome {
            Outcome::Eligible => "\u{1b}[1;32m",
            Outcome::NotEligible => "\u{1b}[1;31m",
            Outcome::NeedsReview | Outcome::Deferred | Outcome::MoreInformation => "\u{1b}[1;33m",
        };
        let mut lines = Lines::default();
        lines.wrap(0, &visible(&headline::headline(decision)));
        self.text += &format!("{colour}{}\u{1b}[0m\n", lines.0.trim_end());
        if let Some(day) = headline::first_day(decision) {
            self.line(2, &day);
        }
    }

    /// Which outcomes are still possible, where the headline does not say it.
    fn possible(&mut self, decision: &Decision) {
        if decision.outcome == Outcome::MoreInformation {
            let possible: Vec<&str> =
                decision.possible.iter().rev().map(|outcome| outcome.phrase()).collect();
            self.line(2, &format!("Possible so far: {}.", prose::list(&possible, "or")));
        }
    }

    /// Reasons that may hold, each in one sentence.
    fn in_short(&mut self, heading: &str, reasons: &[&Reason]) {
        if !reasons.is_empty() {
            self.line(2, &format!("{heading}:"));
        }
        for reason in reasons {
            self.line(2, &format!("- {}: {}", sentence_case(reason.outcome.phrase()), reason.because));
        }
    }

    /// Reasons under a heading; `mixed` if they do not all decide the same.
    fn reasons(&mut self, heading: &str, reasons: &[&Reason], mixed: bool) {
        if reasons.is_empty() {
            return;
        }
        self.line(2, &format!("{heading}:"));
        for reason in reasons {
            let outcome = if mixed { format!("{}: ", reason.outcome) } else { String::new() };
            let text = format!("{outcome}{}{}", headline::day_of(reason), reason.because);
            self.line(2, &format!("- {}", sentence_case(&text)));
            if let Some(ends) = &reason.cleared_when {
                let ends = match ends {
                    Ending::ClearedWhen(text) => format!("No day yet: it ends when {}", full_stop(text)),
                    Ending::WhileOngoing(text) | Ending::Missing(text) => {
                        format!("No day yet: {}", full_stop(text))
                    }
                };
                self.line(6, &ends);
            }
            if let Some(withdrawn) = &reason.withdrawn {
                let incident =
                    withdrawn.incident.as_ref().map(|id| format!(", incident {id}")).unwrap_or_default();
                self.line(
                    6,
                    &format!("Withdrawn by {} since {}{incident}.", withdrawn.by, withdrawn.since.long()),
                );
            }
            if let (Some(by), None, true) =
                (&reason.review_by, &reason.reviewed_by, mixed || self.several_review)
            {
                self.line(6, &format!("Reviewed by a {by}."));
            }
            if let (Some(consider), None) = (&reason.consider, &reason.reviewed_by) {
                self.line(6, &format!("To consider: {consider}"));
            }
            if let Some(by) = &reason.reviewed_by {
                self.line(6, &format!("Go ahead by {by}."));
            }
            match self.detail {
                Detail::Short => self.answers(reason),
                Detail::Why => self.why(reason),
            }
        }
    }

    /// The answers behind a reason that say something.
    fn answers(&mut self, reason: &Reason) {
        let said: Vec<String> = reason
            .facts
            .iter()
            .filter(|(_, note)| !["no", "never", "unknown"].contains(&note.answer.as_str()))
            .map(|(name, note)| format!("{}: {}", self.slot_words(name), in_days(&note.answer)))
            .collect();
        if !said.is_empty() {
            self.line(6, &format!("({})", said.join("; ")));
        }
    }

    fn why(&mut self, reason: &Reason) {
        self.line(6, &format!("Rule {}, {}", reason.rule, reason.at));
        for condition in &reason.conditions {
            self.line(6, &format!("When {}: {}", condition.says, condition.holds.word()));
        }
        let facts: Vec<String> = reason
            .facts
            .iter()
            .map(|(name, note)| format!("{}: {}", self.slot_words(name), given(note)))
            .collect();
        for fact in facts {
            self.line(6, &format!("Answer {fact}"));
        }
        for (name, note) in &reason.parameters {
            let basis = note.basis.as_ref().map(|basis| format!(" {}", full_stop(basis))).unwrap_or_default();
            let later: Vec<String> = note
                .later
                .iter()
                .map(|later| format!(", from {} on {}", later.since.long(), in_days(&later.value)))
                .collect();
            let later = later.concat();
            self.line(
                6,
                &format!(
                    "Number {}: {} since {}{later}.{basis}",
                    words(name),
                    in_days(&note.value),
                    note.since.long()
                ),
            );
        }
        for source in &reason.source {
            self.line(6, &format!("Source {}, line {}: {}", source.statement, source.line, source.says));
        }
        if let Some(basis) = &reason.basis {
            self.line(6, &format!("Basis: {basis}"));
        }
        match (&reason.review_by, reason.reviewable) {
            (_, true) => self.line(6, &format!("A review of it names the meaning {}", reason.meaning)),
            (Some(role), false) if !self.book.clinic.people.is_empty() && !self.book.clinic.has(role) => {
                self.line(6, &format!("Nobody can review it: nobody in clinic.yaml has the role {role}"));
            }
            _ => {}
        }
    }

    /// `acne_medications.isotretinoin` as `Isotretinoin (acne medications)`.
    fn slot_words(&self, name: &str) -> String {
        let Some((fact, option)) = name.split_once('.') else { return words(name) };
        let text = self
            .book
            .facts
            .named(fact)
            .map(|id| self.book.facts.get(id))
            .and_then(|fact| fact.option(option).map(|at| fact.options[at].text.clone()));
        format!("{} ({})", text.unwrap_or_else(|| words(option)), words(fact))
    }

    fn questions(&mut self, decision: &Decision) {
        let affects = |question: &Question, what: &[Affects]| {
            question.affects.iter().any(|affects| what.contains(affects))
        };
        let (moving, rest): (Vec<&Question>, Vec<&Question>) = (decision.questions.iter())
            .partition(|question| affects(question, &[Affects::Outcome, Affects::Wait]));
        let worse = moving.iter().any(|question| affects(question, &[Affects::Outcome]));
        let never = decision.settled && decision.outcome == Outcome::NotEligible;
        let mut lead = match (decision.outcome, worse) {
            (Outcome::MoreInformation, _) => "",
            _ if never => "",
            (_, true) => "COULD STILL GET WORSE. ",
            (_, false) => "COULD STILL TAKE LONGER. ",
        };
        let (rest, moving) = if never { ([moving, rest].concat(), Vec::new()) } else { (rest, moving) };
        let (checks, before): (Vec<&Question>, Vec<&Question>) =
            moving.into_iter().partition(|question| question.asked.is_some());
        for (heading, questions) in [("ASK BEFORE YOU BOOK", before), ("CHECK ON THE DAY", checks)] {
            if !questions.is_empty() {
                self.line(2, &format!("{}{heading}:", std::mem::take(&mut lead)));
                questions.into_iter().for_each(|question| self.question(question));
            }
        }
        let pointless = never && self.detail == Detail::Short;
        if !rest.is_empty() && pointless {
            let open = count(rest.len() as i64, "other answer");
            self.line(2, &format!("Open: {open}. None can change this."));
        } else if !rest.is_empty() {
            self.line(2, "Also open, without changing the outcome or the day:");
            for question in rest {
                self.question(question);
            }
        }
    }

    fn question(&mut self, question: &Question) {
        self.line(2, &format!("- {}", question.ask));
        let mut parts = vec![in_days(&question.why)];
        if !question.options.is_empty() && question.why != "never asked" {
            let id = self.book.facts.named(&question.fact);
            let texts: Vec<String> = question
                .options
                .iter()
                .map(|option| {
                    let fact = id.map(|id| self.book.facts.get(id));
                    let text =
                        fact.and_then(|fact| fact.option(option).map(|at| fact.options[at].text.clone()));
                    text.unwrap_or_else(|| option.clone())
                })
                .collect();
            parts.push(format!("open: {}", texts.join(", ")));
        }
        match question.could_become.is_empty() {
            false => {
                parts.push(format!("could become {}", prose::list(&phrases(&question.could_become), "or")))
            }
            true => {
                let moves: Vec<&str> = question
                    .affects
                    .iter()
                    .map(|affects| match affects {
                        Affects::Outcome => "the outcome",
                        Affects::Wait => "how long to wait",
                        Affects::Steps => "the steps of the visit",
                        Affects::Price => "the price",
                    })
                    .collect();
                parts.push(format!("moves {}", prose::list(&moves, "and")));
            }
        }
        if let Some(asked) = question.asked {
            parts.push(format!("ask it {asked}"));
        }
        self.line(6, &format!("({})", parts.join("; ")));
        if let (Detail::Why, Some(advice)) = (self.detail, &question.not_sure) {
            self.line(6, &format!("If they do not know: {advice}"));
        }
    }

    /// Steps to leave out or ask about, for a client who may be treated one day.
    fn steps(&mut self, decision: &Decision) {
        if decision.settled && decision.outcome == Outcome::NotEligible {
            return;
        }
        for step in decision.steps.iter().filter(|step| step.answer != "yes") {
            let because = step.because.as_deref().unwrap_or_default();
            let name = words(&step.step);
            match step.answer {
                "no" => self.line(2, &format!("Without {name}: {because}")),
                _ => self.line(2, &format!("Ask first before {name}: {because}")),
            }
        }
    }
}

fn phrases(outcomes: &[Outcome]) -> Vec<&'static str> {
    outcomes.iter().map(|outcome| outcome.phrase()).collect()
}

fn full_stop(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_string() } else { format!("{text}.") }
}

/// An answer with where and when it comes from.
fn given(note: &AnswerNote) -> String {
    let mut text = in_days(&note.answer);
    let origin = |on: Option<Day>, from: Option<&String>| {
        let parts: Vec<String> =
            on.map(|day| day.long()).into_iter().chain(from.map(|from| visible(from))).collect();
        if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
    };
    text += &origin(note.on, note.from.as_ref());
    for said in &note.said {
        text += &format!("; said: {}{}", in_days(&said.answer), origin(said.on, said.from.as_ref()));
    }
    text
}

/// Days inside a text written as people write them.
pub(super) fn in_days(text: &str) -> String {
    let long = |word: &str| -> String {
        let bare = word.trim_end_matches([',', ';', ')', '.']);
        match Day::parse(bare) {
            Some(day) => format!("{}{}", day.long(), &word[bare.len()..]),
            None => word.to_string(),
        }
    };
    text.split(' ').map(long).collect::<Vec<_>>().join(" ")
}
