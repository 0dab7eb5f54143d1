//! What a reader must know first: what the page is, how an answer comes about, and what is not checked.

use super::drawing::{Drawing, Node};
use super::model::{Block, Figure, Place, Section, Text};
use super::page::{Page, anchor, days, sentence};
use super::signatures;
use crate::book::{Book, Outcome, Treatment, Withdrawn};
use crate::diagnostic::Code;
use crate::prose::{count, list};
use crate::study::guarantees::Kept;

/// Revision and digest, as they stand on every printed page.
pub(super) fn running(page: &Page<'_>) -> String {
    let Treatment { id, revision, digest, .. } = page.treatment;
    let signed = if page.studied.standing.signed { "signed" } else { "not signed" };
    format!("{id} revision {revision}, {}, {signed}", digest.get(..23).unwrap_or(digest))
}

/// What is wrong with the page itself: cases that fail or cannot be asked, and a signature that is missing where the
/// clinic has people who sign.
pub(super) fn alarms(page: &Page<'_>) -> Vec<Text> {
    let name = &page.treatment.name;
    let ran = page.studied.ran;
    let link = |text: Text, to: String, says: &str| text.words(" See ").link(to, says).words(".");
    let mut alarms = Vec::new();
    let failed = ran.iter().filter(|ran| !ran.failures.is_empty()).count();
    if failed > 0 {
        let of = count(ran.len() as i64, "case");
        let verb = if failed == 1 { "fails" } else { "fail" };
        let says = format!("{name}: {failed} of {of} {verb}. The rules do not answer as the clinic expects.");
        alarms.push(link(Text::default().strong(says), page.section("cases"), "the cases"));
    }
    if page.studied.left_out > 0 {
        let left = count(page.studied.left_out as i64, "case");
        let says = format!("{name}: {left} could not be asked, because of mistakes in them.");
        alarms.push(link(Text::default().strong(says), page.section("cases"), "the cases"));
    }
    let standing = page.studied.standing;
    if !page.subject.book.clinic.signers.is_empty() && !standing.signed {
        let lacks = match &standing.missing[..] {
            [] => String::new(),
            missing => format!(" They lack {}.", list(missing, "and")),
        };
        let says = format!("{name}: RULES NOT SIGNED.{lacks}");
        alarms.push(link(Text::default().strong(says), "signatures".to_string(), "the signatures"));
    }
    alarms
}

/// The page in a few lines.
pub(super) fn in_short(page: &Page<'_>) -> Section {
    let treatment = page.treatment;
    let mut lines = vec![revision(page)];
    let standing = page.studied.standing;
    lines.push(match signatures::counting(standing).count() {
        n if standing.signed => {
            Text::of(format!("Signed by {}.", count(n as i64, "person").replace("persons", "people")))
        }
        _ => Text::default().strong("Not signed."),
    });
    lines.extend(in_force(page));
    let switches = [("The clinic", &page.subject.book.clinic.withdrawn), ("This page", &treatment.withdrawn)];
    lines.extend(switches.into_iter().filter_map(|(what, switch)| Some(withdrawn(what, switch.as_ref()?))));
    lines.push(counts(page));
    let open = open_queries(page);
    if open > 0 {
        let text = Text::default()
            .strong(format!("{} to the author of a source still open", count(open as i64, "question")))
            .words(": it stops signing. See ")
            .link(page.section("sources"), "the sources")
            .words(".");
        lines.push(text);
    }
    let day = page.day.long();
    let numbers =
        format!("Numbers in sentences are those in force on {day}, and what follows them. All stand under ");
    lines.push(Text::of(numbers).link(page.section("days"), "what counts when").words("."));
    Section::new(page.section("short"), "In short", vec![Block::list(lines)])
}

fn revision(page: &Page<'_>) -> Text {
    let Treatment { name, revision, digest, .. } = page.treatment;
    let text = Text::of(format!("{name}, revision {revision}"));
    let text = match &page.written.revision {
        Some(words) => text.place(page.place(words.span, &words.text)),
        None => text,
    };
    text.words(". Digest ").code(digest).words(".")
}

fn in_force(page: &Page<'_>) -> Option<Text> {
    let days = days(&page.treatment.in_force)?;
    let mut text = Text::of(format!("In force {days}"));
    if let Some(written) = &page.written.in_force {
        for words in [&written.from, &written.last_day].into_iter().flatten() {
            text = text.place(page.place(words.span, &words.text));
        }
    }
    Some(match page.treatment.in_force.covers(page.day) {
        true => text.words("."),
        false => text.words(". ").strong(format!("Not in force on {}.", page.day.long())),
    })
}

fn withdrawn(what: &str, switch: &Withdrawn) -> Text {
    let incident = switch.incident.as_ref().map(|id| format!(", incident {id}")).unwrap_or_default();
    let place = Place { at: switch.at.clone(), holds: "withdrawn".to_string() };
    Text::default()
        .strong(format!("{what} is withdrawn"))
        .words(format!(
            " for visits from {} on, by {}{incident}: {}",
            switch.since.long(),
            switch.by,
            sentence(&switch.because)
        ))
        .place(place)
}

fn counts(page: &Page<'_>) -> Text {
    let treatment = page.treatment;
    let cases = page.studied.ran.len();
    let passed = page.studied.ran.iter().filter(|ran| ran.failures.is_empty()).count();
    let guarantees = &page.studied.proofs.guarantees;
    let proved = guarantees.iter().filter(|kept| matches!(kept, Kept::Proved)).count();
    let counted = |number: usize, noun: &str| count(number as i64, noun);
    Text::of(format!(
        "{} on {}, {} of {} proved for every possible client, {passed} of {} answered as expected.",
        counted(treatment.rules.len(), "rule"),
        counted(treatment.statements.len(), "statement"),
        proved,
        counted(guarantees.len(), "guarantee"),
        counted(cases, "case"),
    ))
}

/// How many questions to the authors of this page's sources have no answer.
fn open_queries(page: &Page<'_>) -> usize {
    let sources = page.written.sources.iter();
    sources
        .filter_map(|source| page.subject.written.sources.get(&source.value.text))
        .flat_map(|source| &source.open_queries)
        .filter(|query| query.value.answer.is_none())
        .count()
}

/// How an answer comes about.
pub(super) fn how() -> Section {
    let node = |title, lines: &[&'static str]| Node { title, lines: lines.to_vec() };
    let drawing = Drawing::Flow(vec![
        node("The client's record", &["answers, with day and origin"]),
        node("Each answer is a set of possible values", &["known: one value; unknown: all of them"]),
        node("Each rule: yes, no or unknown", &["on the day of the visit, on these sets"]),
        node(
            "Possible outcomes",
            &["of every way to fill in what is open;", "for each, the worst rule that holds decides"],
        ),
        node("The answer", &["what is already certain, its reasons,", "and what is still to be asked"]),
    ]);
    let says = [
        "The record gives answers, each with its day and where it comes from. What is not in it is unknown.",
        "Each answer becomes the set of values it may stand for: one if it is known, all if it is unknown, some if \
         only a month or a range is known or if two sources disagree. An answer that is too old counts as unknown.",
        "Each rule in force on the day of the visit is judged on these sets: yes, no or unknown. It is unknown only \
         if one way of filling in the open answers makes it hold and another does not.",
        "Every way of filling in what is open gives one outcome: that of the worst rule that holds, from not \
         eligible over needs review and deferred to eligible. Together these are the possible outcomes.",
        "The answer is the best of the possible outcomes, because that much is certain. Where eligible is possible \
         beside anything else the answer is more information needed: unknown never clears. All reasons and all open \
         questions are listed with it.",
    ];
    let figure = Figure {
        anchor: anchor(&["drawing", "how"]),
        title: "From the record to the answer".to_string(),
        drawing,
        says: says.into_iter().map(Text::of).collect(),
    };
    let worst_first: Vec<Text> = Outcome::ALL
        .into_iter()
        .rev()
        .map(|outcome| Text::default().outcome(outcome).words(format!(": {}", meaning(outcome))))
        .collect();
    Section::new(
        "how",
        "How an answer comes about",
        vec![
            Block::Figure(figure),
            Block::words("The outcomes, worst first:"),
            Block::List { numbered: true, items: worst_first },
        ],
    )
}

/// What an outcome means for the client.
pub(super) fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotEligible => "this client is not treated",
        Outcome::NeedsReview => "a clinician decides",
        Outcome::Deferred => "later: from a day on, or once something has cleared or been done",
        Outcome::MoreInformation => "too little is known; the open questions are listed",
        Outcome::Eligible => "nothing on the page stands in the way, and everything that matters is known",
    }
}

/// Intended use, users, inputs, limits, and what is not checked.
pub(super) fn limits(page: &Page<'_>) -> Section {
    let Book { clinic, facts, .. } = page.subject.book;
    let name = &page.treatment.name;
    let block = |anchor: &str, title: &str, items: Vec<Text>| {
        Section::new(page.anchor("use", anchor), title, vec![Block::list(items)])
    };
    let asked = Text::of(format!("Answers to the {} under ", count(facts.facts.len() as i64, "question")))
        .link("questions", "questions")
        .words(", and the day of the visit. Nothing else about the client is read.");
    let goals: Vec<Text> = page
        .written
        .indications
        .iter()
        .map(|goal| {
            let text = facts.named("goals").and_then(|id| {
                let fact = facts.get(id);
                fact.option(&goal.name).map(|at| fact.options[at].text.clone())
            });
            Text::of(text.unwrap_or_else(|| goal.name.clone()))
                .words(" ")
                .text(statement(page, &goal.value.text))
                .place(page.place(goal.span, &goal.name))
        })
        .collect();
    let mut purpose = vec![
        Text::of(format!(
            "To tell staff of {} whether a client may have {name} on a given day by these rules, with every reason; \
             and the aftercare, course and price that the page gives.",
            clinic.name
        )),
        Text::of(
            "For front desk and clinicians. A clinician stays responsible; an outcome of needs review is theirs to decide.",
        ),
    ];
    if !goals.is_empty() {
        let goals = Text::of("For these goals, each with its statement; any other goal needs review: ")
            .text(Text::joined(goals, "; "));
        purpose.push(goals.words("."));
    }
    let zone = &clinic.time_zone;
    let mut unchecked = vec![
        Text::of("Whether an answer is true. The rules read what was answered, not the client."),
        Text::of("Anything no question asks about: an illness, a medicine or a device that no rule reads."),
        Text::of(
            "Whether a source is right. Statements are restated in the clinic's words and traced to their line; the original is not read.",
        ),
        Text::of("The skill of whoever treats, the product used, and consent."),
    ];
    for entry in &page.written.not_used {
        let text = Text::of(format!("{}, which no rule reads: {}", entry.name, sentence(&entry.value.text)));
        unchecked.push(text.place(page.place(entry.span, &entry.name)));
    }
    let free =
        page.subject.findings.iter().filter(|f| f.code == Code::NotAnalysed || f.code == Code::ComparesFacts);
    let limits = vec![
        Text::of(format!(
            "Days are calendar days and times are local to {zone}. A wait in months that ends on a missing day ends on the first of the next month."
        )),
        Text::of("A partial date, such as a month, counts as every day it may stand for."),
        Text::of(
            "What the page does not name, it does not allow: asked about another activity, the answer is that the source is silent.",
        ),
        Text::of(match free.count() {
            0 => "Every condition can be analysed; nothing is left open by the proofs.".to_string(),
            n => format!(
                "{} where an answer may err towards unknown, or a proof is open: see what the check found.",
                count(n as i64, "place")
            ),
        }),
    ];
    let mut section = Section::new(page.section("use"), "Intended use and limits", Vec::new());
    section.sections = vec![
        block("purpose", "Intended use", purpose),
        block(
            "inputs",
            "Inputs",
            vec![
                asked,
                Text::of(
                    "Absent and unknown both mean unknown. An answer that does not fit its question is an error, never a guess.",
                ),
            ],
        ),
        block("limits", "Limits", limits),
        block("unchecked", "What is not checked", unchecked),
    ];
    let open = &page.studied.proofs.needed;
    let names = |ids: &[crate::book::condition::FactId]| {
        let names: Vec<String> =
            ids.iter().map(|id| crate::book::english::words(&facts.get(*id).id)).collect();
        list(&names, "and")
    };
    let needed = match (open.anybody, open.facts.is_empty()) {
        (Some(false), _) => {
            "By these rules nobody is ever eligible: there is always a rule that holds.".to_string()
        }
        (_, true) => "No single answer is needed to be eligible.".to_string(),
        _ => format!("Proved: nobody is eligible unless these are answered: {}.", names(&open.facts)),
    };
    section.blocks.push(Block::words(needed));
    if !open.open.is_empty() {
        section.blocks.push(Block::words(format!("Of these it is not known: {}.", names(&open.open))));
    }
    section
}

fn statement(page: &Page<'_>, id: &str) -> Text {
    match page.treatment.statements.iter().position(|statement| statement.id == id) {
        Some(at) => page.statement_link(at),
        None => Text::of(id),
    }
}
