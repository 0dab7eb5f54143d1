//! What must be so for every possible client, with its proof.

use super::model::{Block, Entry, Row, Section, Text};
use super::page::{Page, days, sentence, short, title};
use crate::book::{Guarantee, Outcome, print};
use crate::prose::{count, list};
use crate::study::guarantees::{Broken, Kept};
use crate::value::Truth;

/// Every guarantee with what became of it.
pub(super) fn section(page: &Page<'_>) -> Section {
    let pairs = page.treatment.guarantees.iter().zip(&page.studied.proofs.guarantees);
    let mut blocks = vec![match page.treatment.guarantees.is_empty() {
        true => Block::words("The page states no guarantee."),
        false => Block::words(
            "A guarantee speaks of every possible client, not of examples. It is proved by going through all answers \
             that the rules can tell apart, on every kind of visit day.",
        ),
    }];
    blocks.extend(pairs.map(|(guarantee, kept)| Block::Entry(entry(page, guarantee, kept))));
    Section::new(page.section("guarantees"), "Guarantees", blocks)
}

fn entry(page: &Page<'_>, guarantee: &Guarantee, kept: &Kept) -> Entry {
    let mut rows = Vec::new();
    let facts = &page.subject.book.facts;
    if let Some(when) = &guarantee.when {
        rows.push(Row::one(
            "Of every client of whom this is so",
            Text::of(sentence(&page.english().condition(when))),
        ));
        let machine = print::condition(when, facts, page.treatment);
        rows.push(
            Row::one("As the program reads it", Text::default().code(machine).place(page.snippet(when.span)))
                .small(),
        );
    }
    if !guarantee.unanswered.is_empty() {
        let open = guarantee.unanswered.iter().map(|id| page.question_link(*id));
        rows.push(Row::one("Of every record without an answer to", Text::joined(open, " or ")));
    }
    let never = guarantee.never.iter().map(|outcome| Text::default().outcome(*outcome));
    rows.push(Row::one("The answer is never", Text::joined(never, " or ")));
    rows.push(Row::one("Proof", proof(kept)));
    if let Kept::Broken(told) = kept {
        rows.push(Row::all("By this client", broken(page, told)));
    }
    if let Some(days) = days(&guarantee.in_force) {
        rows.push(Row::one("In force", Text::of(sentence(&days))));
    }
    if let Some(hazard) = &guarantee.hazard {
        rows.push(Row::one("Guards against", page.hazard_link(hazard)));
    }
    Entry {
        anchor: page.anchor("guarantee", short(&guarantee.id)),
        title: Text::of(title(&guarantee.id)).words(" ").code(&guarantee.id),
        outcome: None,
        place: Some(page.place(guarantee.span, short(&guarantee.id))),
        rows,
    }
}

/// What became of a guarantee, in a sentence.
pub(super) fn proof(kept: &Kept) -> Text {
    match kept {
        Kept::Proved => {
            Text::default().strong("Proved").words(" for every possible client on every visit in force.")
        }
        Kept::Broken(_) => Text::default().strong("Broken.").words(" The rules do not keep it."),
        Kept::Open(open) => Text::default().strong("Not analysed").words(format!(
            ": {}. No client was found who breaks it, and nobody can say that there is none.",
            open.words()
        )),
    }
}

/// How the guarantees stand, in a word.
pub(super) fn word(kept: &Kept) -> &'static str {
    match kept {
        Kept::Proved => "proved",
        Kept::Broken(_) => "broken",
        Kept::Open(_) => "not analysed",
    }
}

fn broken(page: &Page<'_>, told: &Broken) -> Vec<Text> {
    let Broken { client, decision } = told;
    let answers = client.answers(None, &page.subject.book.facts);
    let said: Vec<String> = answers.iter().map(|(fact, answer)| format!("{fact}: {answer}")).collect();
    let reasons: Vec<&str> =
        decision.reasons.iter().filter(|one| one.holds == Truth::Yes).map(|one| one.rule.as_str()).collect();
    let outcome: Outcome = decision.outcome;
    vec![
        Text::of(format!("Visit on {}; {}.", client.visit.long(), said.join("; "))),
        Text::of("Told ").outcome(outcome).words(match reasons.is_empty() {
            true => ": no rule holds.".to_string(),
            false => format!(", by {}: {}.", count(reasons.len() as i64, "rule"), list(&reasons, "and")),
        }),
    ]
}
