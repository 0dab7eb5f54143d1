//! The rules: one table to compare them, and each in full.

use super::model::{Block, Entry, Place, Row, Section, Table, Text};
use super::page::{Page, days, sentence, short, title};
use crate::book::condition::{CompareOp, Condition, ConditionKind, DateBase, DateTerm, FactId, ParameterId};
use crate::book::{Ending, Outcome, Rule, print};
use crate::prose::{count, sentence_case};
use crate::study::proofs::{Holder, HolderKind, Proof, Question};
use crate::study::run::Answer;
use crate::value::Truth;
use crate::written;

/// The rules, worst outcome first, then as they are sorted everywhere: by id.
fn worst_first<'a>(page: &Page<'a>) -> Vec<(usize, &'a Rule)> {
    let mut rules: Vec<(usize, &Rule)> = page.treatment.rules.iter().enumerate().collect();
    rules.sort_by_key(|(_, rule)| std::cmp::Reverse(rule.outcome));
    rules
}

/// The decision table.
pub(super) fn table(page: &Page<'_>) -> Section {
    let rows = worst_first(page).into_iter().map(|(_, rule)| {
        vec![
            page.rule_link(rule).place(page.place(rule.span, short(&rule.id))),
            reads(page, &rule.condition),
            {
                let days = in_force(page, rule);
                let lead = if days.is_empty() { "" } else { " In force: " };
                Text::joined(when(page, rule), " ").words(lead).text(days)
            },
            Text::default().outcome(rule.outcome),
            until(page, rule),
            Text::joined(rule.basis.statements.iter().map(|at| page.statement_link(*at)), ", "),
            Text::of(rule.basis.basis.as_deref().unwrap_or("The source alone.")),
        ]
    });
    let table = Table {
        caption: format!("Every rule of {}, worst outcome first", page.treatment.name),
        columns: vec!["Rule", "Reads", "Applies when", "Outcome", "Until", "Source", "Basis"],
        rows: rows.collect(),
    };
    let lead =
        "For a fully known client the worst rule that holds decides. All that hold are told as reasons.";
    Section::new(page.section("table"), "Decision table", vec![Block::words(lead), Block::Table(table)])
}

/// Each rule in full.
pub(super) fn section(page: &Page<'_>) -> Section {
    let mut section = Section::new(page.section("rules"), "The rules", Vec::new());
    let rules = worst_first(page);
    for outcome in Outcome::ALL.into_iter().rev() {
        let same: Vec<Block> = rules
            .iter()
            .filter(|(_, rule)| rule.outcome == outcome)
            .map(|(at, rule)| Block::Entry(entry(page, *at, rule)))
            .collect();
        if !same.is_empty() {
            let heading = sentence_case(outcome.phrase());
            let anchor = page.anchor("rules", &outcome.phrase().replace(' ', "-"));
            section.sections.push(Section::new(anchor, heading, same));
        }
    }
    section
}

/// What the page has given a name to, if anything.
pub(super) fn definitions(page: &Page<'_>) -> Option<Section> {
    let english = page.english();
    let entries = page.treatment.definitions.iter().map(|one| {
        let mut rows = Vec::new();
        if let Some(condition) = &one.condition {
            let machine = print::condition(condition, &page.subject.book.facts, page.treatment);
            let machine = Text::default().code(machine).place(page.snippet(condition.span));
            rows.push(Row::one("Stands for", Text::of(sentence(&english.condition(condition)))));
            rows.push(Row::one("As the program reads it", machine).small());
        }
        let meaning = one.meaning.clone().unwrap_or_else(|| title(&one.id));
        Block::Entry(Entry {
            anchor: page.anchor("name", &one.id),
            title: Text::of(sentence_case(&meaning)).words(" ").code(&one.id),
            outcome: None,
            place: Some(page.place(one.span, &one.id)),
            rows,
        })
    });
    let entries: Vec<Block> = entries.collect();
    let lead = Block::words("Where a condition of the page has a name, rules are written with it.");
    let blocks = std::iter::once(lead).chain(entries.clone()).collect();
    (!entries.is_empty()).then(|| Section::new(page.section("names"), "Named conditions", blocks))
}

fn entry(page: &Page<'_>, at: usize, rule: &Rule) -> Entry {
    let facts = &page.subject.book.facts;
    let mut rows = vec![Row::all("Applies when", when(page, rule))];
    let machine = Text::default()
        .code(print::condition(&rule.condition, facts, page.treatment))
        .place(page.snippet(rule.condition.span));
    rows.push(Row::one("As the program reads it", machine).small());
    if !until(page, rule).is_empty() {
        rows.push(Row::one("Until", until(page, rule)));
    }
    rows.push(Row::one("Because", Text::of(&rule.because)));
    rows.extend(page.basis(&rule.basis));
    rows.extend(stricter(page, rule).map(|says| Row::one("Stricter than its source", says)));
    rows.push(Row::one("Reads", reads(page, &rule.condition)));
    let numbers: Vec<Text> = rule.condition.parameters().into_iter().map(|id| number(page, id)).collect();
    if !numbers.is_empty() {
        rows.push(Row::all("Numbers", numbers));
    }
    if let Some(written) = page.written.rules.iter().find(|one| one.span == rule.span).map(|one| &one.value) {
        let limits = [("At least so long before", &written.at_least), ("Counts for", &written.good_for)];
        rows.extend(
            limits
                .into_iter()
                .filter_map(|(label, words)| Some(Row::one(label, page.value(words.as_ref()?)))),
        );
    }
    if let Some(by) = &rule.review_by {
        rows.push(Row::one("Reviewed by", Text::of(by)));
    }
    if let Some(consider) = &rule.consider {
        rows.push(Row::one("To consider", Text::of(consider)));
    }
    if rule.outcome == Outcome::NeedsReview {
        let meaning = print::meaning(rule, page.day, facts, page.treatment);
        rows.push(Row::one("A go ahead names the meaning", Text::default().code(meaning)).small());
    }
    let days = in_force(page, rule);
    if !days.is_empty() {
        rows.push(Row::one("In force", days));
    }
    if let Some(switch) = &rule.withdrawn {
        let incident = switch.incident.as_ref().map(|id| format!(", incident {id}")).unwrap_or_default();
        let since = switch.since.long();
        let says = format!("Since {since}, by {}{incident}: {}", switch.by, sentence(&switch.because));
        rows.push(Row::one(
            "Withdrawn",
            Text::of(says).place(Place { at: switch.at.clone(), holds: "withdrawn".to_string() }),
        ));
    }
    if let Some(keep) = &rule.keep {
        rows.push(Row::one("Kept because", Text::of(keep)));
    }
    rows.push(Row::all("Proved", proved(page, at)));
    let hazards: Vec<Text> = page
        .subject
        .book
        .hazards
        .iter()
        .filter(|hazard| hazard.rules.contains(&rule.id))
        .map(|hazard| page.hazard_link(&hazard.id).words(format!(": {}", hazard.hazard)))
        .collect();
    if !hazards.is_empty() {
        rows.push(Row::all("Guards against", hazards));
    }
    rows.push(Row::all("Cases", cases(page, rule)));
    Entry {
        anchor: page.rule_anchor(rule),
        title: Text::of(title(&rule.id)).words(" ").code(&rule.id),
        outcome: Some(rule.outcome),
        place: Some(page.place(rule.span, short(&rule.id))),
        rows,
    }
}

/// When the rule holds, as sentences: one for each of a list.
pub(super) fn when(page: &Page<'_>, rule: &Rule) -> Vec<Text> {
    let english = page.english();
    // With a list and a day the list is the first of two parts.
    let (list, day) = match &rule.condition.kind {
        ConditionKind::And(both) if both.len() == 2 && is_list(&both[0], &rule.parts) => {
            (&both[0], Some(&both[1]))
        }
        _ => (&rule.condition, None),
    };
    let ongoing = matches!(rule.ending, Some(Ending::WhileOngoing(_)));
    let ongoing = ongoing.then(|| Text::of("Also while it goes on."));
    // What is required can be missing in several ways.
    if let (written::Section::Requirement, ConditionKind::Or(ways)) = (rule.section, &rule.condition.kind) {
        let said = ways.iter().enumerate().map(|(at, way)| {
            let or = if at == 0 { "" } else { "or " };
            Text::of(sentence(&format!("{or}{}", english.condition(way))))
        });
        return said.collect();
    }
    if rule.parts.is_empty() {
        let whole = Text::of(sentence(&english.condition(&rule.condition)));
        return std::iter::once(whole).chain(ongoing).collect();
    }
    let joint = if matches!(list.kind, ConditionKind::And(_)) { "and" } else { "or" };
    let mut said: Vec<Text> = Vec::new();
    for (at, part) in rule.parts.iter().enumerate() {
        let joint = if at == 0 { String::new() } else { format!("{joint} ") };
        said.push(Text::of(sentence(&format!("{joint}{}", english.condition(part)))));
    }
    said.extend(day.map(|day| Text::of(sentence(&format!("and besides, {}", english.condition(day))))));
    said.extend(ongoing);
    said
}

/// Whether a condition is the list that a rule gives its conditions in.
fn is_list(condition: &Condition, parts: &[Condition]) -> bool {
    match &condition.kind {
        ConditionKind::And(own) | ConditionKind::Or(own) => !parts.is_empty() && own == parts,
        _ => false,
    }
}

/// The date behind `until`, if the rule has one.
fn last_until(condition: &Condition) -> Option<&DateTerm> {
    match &condition.kind {
        ConditionKind::Dates(visit, CompareOp::Less, term)
            if visit.base == DateBase::Visit && visit.offsets.is_empty() =>
        {
            Some(term)
        }
        ConditionKind::And(parts) => last_until(parts.last()?),
        _ => None,
    }
}

/// What ends a deferral.
fn until(page: &Page<'_>, rule: &Rule) -> Text {
    let mut parts: Vec<String> = Vec::new();
    if rule.outcome == Outcome::Deferred && !matches!(rule.ending, Some(Ending::Missing(_))) {
        parts.extend(last_until(&rule.condition).map(|term| sentence(&page.english().date(term))));
    }
    match &rule.ending {
        Some(Ending::ClearedWhen(text)) => parts.push(sentence(text)),
        Some(Ending::WhileOngoing(text)) => {
            parts.push(format!("While it goes on, no day: {}", sentence(text)))
        }
        Some(Ending::Missing(text)) => parts.push(sentence(text)),
        None => {}
    }
    match parts.is_empty() {
        true => Text::default(),
        false => Text::of(parts.join(" ")),
    }
}

/// The questions a condition reads.
pub(super) fn reads(page: &Page<'_>, condition: &Condition) -> Text {
    let facts = &page.subject.book.facts;
    let mut ids: Vec<FactId> = condition
        .slots(&|fact| facts.slots_of(fact))
        .into_iter()
        .map(|slot| facts.slots[slot.index()].fact)
        .collect();
    ids.dedup();
    match ids.is_empty() {
        true => Text::of("the day of the visit alone"),
        false => Text::joined(ids.into_iter().map(|id| page.question_link(id)), ", "),
    }
}

/// A parameter with its value and where that stands, and what is scheduled.
pub(super) fn number(page: &Page<'_>, id: ParameterId) -> Text {
    let parameter = page.treatment.parameter(id);
    let (since, value) = parameter.values.on(page.day);
    let shown = value.value.to_string();
    let place = page.snippet(value.span);
    let mut text = page.parameter_link(id).words(format!(": {shown} since {}", since.long())).place(place);
    for (from, later) in parameter.values.all().iter().filter(|(from, _)| *from > since && *from > page.day) {
        text =
            text.words(format!(", {} from {} on", later.value, from.long())).place(page.snippet(later.span));
    }
    text
}

fn in_force(page: &Page<'_>, rule: &Rule) -> Text {
    let Some(days) = days(&rule.in_force) else { return Text::default() };
    match rule.in_force.covers(page.day) {
        true => Text::of(sentence(&days)),
        false => {
            Text::of(format!("{}, ", sentence_case(&days))).strong(format!("so not on {}.", page.day.long()))
        }
    }
}

/// A rule that goes further than the statements it cites says so.
fn stricter(page: &Page<'_>, rule: &Rule) -> Option<Text> {
    let cited = rule.basis.statements.iter().filter_map(|at| {
        let statement = &page.treatment.statements[*at];
        statement.supports.map(|supports| (supports, *at))
    });
    let (supports, at) = cited.max()?;
    (rule.outcome > supports).then(|| {
        page.statement_link(at)
            .words(" supports ")
            .outcome(supports)
            .words(" at most. That the rule says ")
            .outcome(rule.outcome)
            .words(" is the clinic's own decision, for which the basis stands.")
    })
}

/// Whether some of the page's conditions cannot be analysed: a script decides, or two answers are compared.
fn is_free(page: &Page<'_>, condition: &Condition) -> bool {
    let facts = &page.subject.book.facts;
    let mut free = condition.is_scripted();
    condition.walk(&mut |part| {
        if matches!(part.kind, ConditionKind::Dates(..) | ConditionKind::Numbers(..)) {
            free |= part.slots(&|fact| facts.slots_of(fact)).len() > 1;
        }
    });
    free
}

/// What is proved about a rule, and what is not.
fn proved(page: &Page<'_>, at: usize) -> Vec<Text> {
    let rules = &page.treatment.rules;
    let own = |holder: &Holder| holder.kind == HolderKind::Rule(at);
    let link = |at: usize| page.rule_link(&rules[at]);
    let mut said = Vec::new();
    for proof in &page.studied.proofs.found {
        match proof {
            Proof::Never(holder) if own(holder) => {
                said.push(Text::default().strong("No client ever meets it."))
            }
            Proof::Always(holder) if own(holder) => {
                said.push(Text::default().strong("Every client meets it."))
            }
            Proof::Hidden(hidden, by) if *hidden == at => said.push(
                Text::default()
                    .strong("It changes nobody's answer")
                    .words(", because one of these always holds too: ")
                    .text(Text::joined(by.iter().map(|by| link(*by)), ", ")),
            ),
            Proof::Same(a, b) if *a == at || *b == at => {
                let other = if *a == at { *b } else { *a };
                said.push(Text::default().strong("It holds for the same clients as ").text(link(other)));
            }
            Proof::Dead(holder, _) if own(holder) => {
                said.push(Text::of("A part of its condition could be left out."))
            }
            Proof::NeedlessKeep(kept) if *kept == at => {
                said.push(Text::of("Nothing hides it, so `keep` is not needed."))
            }
            Proof::NotAnalysed(holder, question, open) if own(holder) => {
                let what = match question {
                    Question::Fires => "whether any client meets it",
                    Question::Holds => "whether every client meets it",
                    Question::Matters => "whether a stricter rule hides it",
                    Question::Parts => "whether each part of it says something",
                };
                said.push(Text::of(format!("Not analysed {what}: {}.", open.words())));
            }
            _ => {}
        }
    }
    if is_free(page, &rules[at].condition) {
        said.push(Text::of("Not fully analysed: it asks a script, or compares two answers."));
    } else if rules.iter().any(|rule| is_free(page, &rule.condition)) {
        said.push(Text::of(
            "Some client meets it and some does not. Not analysed whether a rule that asks a script or compares two \
             answers hides it.",
        ));
    } else if said.is_empty() {
        said.push(Text::of(
            "Some client meets it, some client does not, and without it somebody would get another answer.",
        ));
    }
    said
}

/// The cases in which the rule was seen to hold, and those in which it may hold.
fn cases(page: &Page<'_>, rule: &Rule) -> Vec<Text> {
    let seen = |wanted: Truth| -> Vec<Text> {
        let ran = page.studied.ran.iter().filter(|ran| {
            ran.answers.iter().any(|answer| match answer {
                Answer::Decision(decision) => {
                    decision.reasons.iter().any(|reason| reason.rule == rule.id && reason.holds == wanted)
                }
                _ => false,
            })
        });
        ran.map(|ran| Text::default().link(page.anchor("case", &ran.case.slug), &ran.case.name)).collect()
    };
    let (holds, may) = (seen(Truth::Yes), seen(Truth::Unknown));
    let counted = |cases: &[Text]| count(cases.len() as i64, "case");
    let mut said = Vec::new();
    said.push(match holds.is_empty() {
        true => Text::default().strong("No case in which it holds."),
        false => Text::of(format!("Holds in {}: ", counted(&holds))).text(Text::joined(holds, "; ")),
    });
    if !may.is_empty() {
        said.push(Text::of(format!("May hold, for want of an answer, in {}.", counted(&may))));
    }
    said
}
