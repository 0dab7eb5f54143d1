//! The example clients with the answers they must get, what they reach, and what the check found.

use super::Subject;
use super::model::{Block, Place, Section, Table, Text};
use super::page::{Page, place, snippet};
use crate::prose::count;
use crate::study::case::{Case, Question};
use crate::study::coverage::Kind;
use crate::study::verdict::{self, Ran};

/// The cases of one treatment and what they reach.
pub(super) fn section(page: &Page<'_>) -> Section {
    let ran = page.studied.ran;
    let mut blocks = Vec::new();
    let (passed, answers) = (
        ran.iter().filter(|ran| ran.failures.is_empty()).count(),
        ran.iter().map(|ran| ran.answers.len()).sum::<usize>(),
    );
    blocks.push(match ran.is_empty() {
        true => Block::Paragraph(Text::default().strong("There are no cases.")),
        false => Block::words(format!(
            "{} with {}; {passed} of {} answered as expected.",
            count(ran.len() as i64, "case"),
            count(answers as i64, "answer"),
            ran.len()
        )),
    });
    if page.studied.left_out > 0 {
        let left = count(page.studied.left_out as i64, "case");
        blocks.push(Block::Paragraph(Text::default().strong(format!("{left} could not be run."))));
    }
    blocks.push(Block::Table(reached(page)));
    let gaps = page.studied.coverage.gaps.iter();
    let mut gaps: Vec<(&str, Place)> =
        gaps.map(|gap| (gap.says.as_str(), snippet(page.subject.texts, gap.span))).collect();
    gaps.dedup();
    let gaps: Vec<Text> = gaps.into_iter().map(|(says, place)| Text::of(says).place(place)).collect();
    if !gaps.is_empty() {
        blocks.push(Block::words("Not reached by any case:"));
        blocks.push(Block::list(gaps));
    }
    let mut section = Section::new(page.section("cases"), "Cases and what they reach", blocks);
    let mut files: Vec<&str> = ran.iter().map(|ran| ran.case.file.as_str()).collect();
    files.dedup();
    for file in files {
        let name = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".yaml");
        let rows = ran.iter().filter(|ran| ran.case.file == file).map(|ran| row(page, ran));
        let table = Table {
            caption: format!("Cases of {file}"),
            columns: vec!["Case", "Asks", "Answer", "As expected"],
            rows: rows.collect(),
        };
        let heading = crate::prose::sentence_case(&name.replace(['_', '-'], " "));
        section.sections.push(Section::new(page.anchor("cases", name), heading, vec![Block::Table(table)]));
    }
    section
}

fn reached(page: &Page<'_>) -> Table {
    let clinic = page.subject.written.clinic.as_ref();
    let rows = Kind::ALL.into_iter().filter_map(|kind| {
        let (reached, all) = page.studied.coverage.counts(kind);
        let wanted = clinic
            .and_then(|clinic| clinic.thresholds.iter().find(|one| one.name == kind.word()))
            .map(|one| {
                Text::of(format!("{} %", one.value.text)).place(place(
                    page.subject.texts,
                    one.value.span,
                    &one.value.text,
                ))
            });
        (all > 0).then(|| {
            vec![
                Text::of(kind.word()),
                Text::of(reached.to_string()),
                Text::of(all.to_string()),
                wanted.unwrap_or_else(|| Text::of("-")),
            ]
        })
    });
    Table {
        caption: "What the cases reach".to_string(),
        columns: vec!["What", "Reached", "Of", "Must be at least"],
        rows: rows.collect(),
    }
}

fn row(page: &Page<'_>, ran: &Ran<'_>) -> Vec<Text> {
    let case = ran.case;
    let answers: Vec<String> =
        ran.answers.iter().filter_map(|answer| Some(verdict::given(answer)?.words())).collect();
    let answer = match (&answers[..], ran.answers.len()) {
        ([one], 1) => one.clone(),
        ([], _) => "a list of instructions".to_string(),
        (_, rows) => {
            let mut kinds: Vec<&str> = answers.iter().map(|answer| kind_of(answer)).collect();
            kinds.sort_unstable();
            kinds.dedup();
            format!("{}: {}", count(rows as i64, "row"), kinds.join(", "))
        }
    };
    vec![
        Text::default()
            .mark(page.anchor("case", &case.slug))
            .words(&case.name)
            .place(snippet(page.subject.texts, case.span)),
        Text::of(asks(case)),
        Text::of(answer),
        match ran.failures.is_empty() {
            true => Text::of("yes"),
            false => Text::default().strong("no"),
        },
    ]
}

/// The answer without its days: `deferred`.
fn kind_of(answer: &str) -> &str {
    let cut = [" until ", " without "].iter().filter_map(|word| answer.find(word)).min();
    &answer[..cut.unwrap_or(answer.len())]
}

fn asks(case: &Case) -> &'static str {
    match case.rows.first().map(|row| &row.question) {
        Some(Question::Decide(_)) => "may this client be treated",
        Some(Question::Aftercare { may: Some(_), .. }) => "is this allowed yet",
        Some(Question::Aftercare { may: None, .. }) => "what to do afterwards",
        Some(Question::PlanFrom(_) | Question::PlanFor(_)) => "when the sessions may be",
        Some(Question::Quote(..)) => "what it costs",
        None => "-",
    }
}

/// What the check found.
pub(super) fn findings(subject: &Subject<'_>) -> Section {
    let found: Vec<Text> = subject
        .findings
        .iter()
        .map(|finding| {
            let text = Text::default()
                .strong(format!("{} ", finding.severity.word()))
                .code(finding.code.name())
                .words(format!(" {}", finding.message));
            match finding.span() {
                Some(span) => text.place(snippet(subject.texts, span)),
                None => text,
            }
        })
        .collect();
    let blocks = match found.is_empty() {
        true => vec![Block::words("Nothing.")],
        false => vec![Block::list(found)],
    };
    Section::new("findings", "What the check found", blocks)
}
