//! Cases with every name resolved: what is asked, about whom, and the answer it must get.

use std::collections::BTreeMap;

use jiff::Zoned;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::base::{Client, Clients};
use super::case::{Case, NOT_IN_FORCE, Question, Row, Suite, Visit};
use super::diags::Finding;
use super::expect::{self, moment};
use crate::book::{Book, Treatment};
use crate::decide;
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;
use crate::suggest;
use crate::value::Day;
use crate::written::cases::{self, CaseFile};
use crate::written::{Named, Words};

/// Reads the cases of every treatment. A case with a mistake is reported and left out.
pub fn from_written(
    files: &[CaseFile],
    book: &Book,
    zone: &TimeZone,
    out: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Suite> {
    let mut suites = BTreeMap::new();
    for treatment in &book.treatments {
        let own: Vec<&CaseFile> = files.iter().filter(|file| file.treatment == treatment.id).collect();
        suites.insert(treatment.id.clone(), suite(&own, book, treatment, zone, out));
    }
    let names: Vec<&str> =
        files.iter().flat_map(|file| &file.cases).map(|case| case.name.text.as_str()).collect();
    // A case that is missing may stand where nobody could read it; that there is none at all is said elsewhere.
    let known = !files.is_empty() && files.iter().all(|file| file.whole);
    for words in book.hazards.iter().flat_map(|hazard| &hazard.cases).filter(|_| known) {
        if !names.contains(&words.text.as_str()) {
            let near = suggest::nearest(&words.text, names.iter().copied());
            out.push(Finding::NoSuch { span: words.span, what: "case", name: &words.text, near }.into());
        }
    }
    for file in files.iter().filter(|file| book.treatment(&file.treatment).is_none()) {
        let named = file.cases.first().map(|case| case.span);
        if let Some(span) = named.or_else(|| file.clients.first().map(|client| client.span)) {
            out.push(Finding::NoTreatment { span, path: &file.path, treatment: &file.treatment }.into());
        }
    }
    suites
}

fn suite(
    files: &[&CaseFile],
    book: &Book,
    treatment: &Treatment,
    zone: &TimeZone,
    out: &mut Vec<Diagnostic>,
) -> Suite {
    let clients = Clients {
        named: files.iter().flat_map(|file| &file.clients).collect(),
        all: files.iter().all(|file| file.whole),
    };
    let mut names: BTreeMap<&str, Span> = BTreeMap::new();
    for Named { name, span, .. } in &clients.named {
        match names.get(name.as_str()) {
            Some(first) => out.push(Finding::TwoClients { span: *span, first: *first, name }.into()),
            None => drop(names.insert(name, *span)),
        }
    }
    let mut reader = Reader { clients, book, treatment, zone, out };
    let base = reader.base();
    let names = files.iter().flat_map(|file| &file.cases).map(|case| case.name.text.clone());
    let mut suite = Suite { cases: Vec::new(), names: names.collect(), base };
    let mut slugs: BTreeMap<String, Span> = BTreeMap::new();
    for file in files {
        for case in &file.cases {
            let slug = slug(&case.name.text);
            if let Some(first) = slugs.get(&slug) {
                let (span, name) = (case.span, case.name.text.as_str());
                reader.out.push(Finding::TwoCases { span, first: *first, name }.into());
                continue;
            }
            slugs.insert(slug.clone(), case.span);
            suite.cases.extend(reader.case(case, &file.path, slug));
        }
    }
    suite
}

impl Visit {
    fn of(client: &Client, day: Day) -> Visit {
        Visit { record: client.record.clone(), day, like: client.like.clone() }
    }
}

/// A name for a file is at most so many bytes; systems take 255, endings included.
const LONGEST_SLUG: usize = 100;

/// The name of a case as a file: `Make-up, to the minute` is `make-up-to-the-minute`. A name that is too long, or
/// has neither letters nor digits, is told apart by a part of its digest.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        match c.is_alphanumeric() {
            true => slug.push(c),
            false if slug.ends_with('-') || slug.is_empty() => {}
            false => slug.push('-'),
        }
    }
    let slug = slug.trim_end_matches('-');
    if !slug.is_empty() && slug.len() <= LONGEST_SLUG {
        return slug.to_string();
    }
    let digest: String = Sha256::digest(name).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let room = LONGEST_SLUG - digest.len() - 1;
    let ends = slug.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= room);
    match &slug[..ends.last().unwrap_or(0)] {
        "" => digest,
        start => format!("{}-{digest}", start.trim_end_matches('-')),
    }
}

/// The four things a case can ask.
const ASKS: [&str; 4] = ["decide", "aftercare", "plan", "quote"];

struct Reader<'a> {
    clients: Clients<'a>,
    book: &'a Book,
    treatment: &'a Treatment,
    zone: &'a TimeZone,
    out: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Every base client is read, whether a case is like it or not.
    fn base(&mut self) -> Option<(String, Visit)> {
        let clients = self.clients.named.clone();
        let mut base = None;
        for Named { name, span, value } in clients {
            let before = errors(self.out);
            let client = self.clients.resolve(value, self.out);
            let Some(client) = client.filter(|client| client.visit.is_some()) else { continue };
            let visit = self.visit(&client, *span);
            if errors(self.out) == before && base.is_none() {
                base = visit.map(|visit| (name.clone(), visit));
            }
        }
        base
    }

    fn case(&mut self, case: &cases::Case, file: &str, slug: String) -> Option<Case> {
        let before = errors(self.out);
        let client = match &case.client {
            Some(client) => Some(self.clients.resolve(client, self.out)?),
            None => None,
        };
        let mut rows = Vec::new();
        match &case.vary {
            None => rows.extend(self.row(case, client, None)),
            Some(vary) => {
                for row in &case.table {
                    let mut case = case.clone();
                    let mut client = client.clone();
                    let value = Some(row.value.clone());
                    match (vary.text.as_str(), client.as_mut()) {
                        ("visit", Some(client)) => client.visit = value,
                        ("answered_on", Some(client)) => client.record.answered_on = value.map(Words::kept),
                        ("may", _) => case.may = value,
                        ("at", _) => case.at = value,
                        ("ended", _) => case.ended = value,
                        ("first", _) => case.first = value,
                        ("sessions", _) => case.sessions = value,
                        (_, Some(client)) => client.with(vary, &row.value, self.out),
                        (_, None) => {
                            let message = "the rows differ in an answer, and there is no client".to_string();
                            let help = "add `like:` with a client's name, or `client:`".to_string();
                            self.out.push(Finding::BadCase { span: vary.span, message, help }.into());
                            break;
                        }
                    }
                    case.expected = expect::of_row(&case.expected, &row.expected);
                    rows.extend(self.row(&case, client, Some(row.value.text.clone())));
                }
            }
        }
        let name = case.name.text.clone();
        let vary = case.vary.as_ref().map(|words| words.text.clone());
        (errors(self.out) == before && !rows.is_empty()).then(|| Case {
            name,
            slug,
            file: file.to_string(),
            span: case.span,
            vary,
            rows,
        })
    }

    fn row(&mut self, case: &cases::Case, client: Option<Client>, value: Option<String>) -> Option<Row> {
        let question = self.question(case, client)?;
        let mut expectation = expect::Reader { treatment: self.treatment, zone: self.zone, out: self.out };
        let expected = expectation.read(&case.expected, &question, case.span, &self.book.facts)?;
        let span = case.expected.span.unwrap_or(case.span);
        Some(Row { value, span, question, expected })
    }

    fn question(&mut self, case: &cases::Case, client: Option<Client>) -> Option<Question> {
        let ask = case.ask.as_ref().map_or("decide", |words| words.text.as_str());
        let uses: &[&str] = match ask {
            "decide" => &["client"],
            "aftercare" => &["ended", "may", "at"],
            "plan" => &["client", "first"],
            "quote" => &["client", "sessions"],
            other => {
                let near = suggest::nearest(other, ASKS);
                let span = case.ask.as_ref().map_or(case.span, |words| words.span);
                self.out.push(Finding::NoSuch { span, what: "question", name: other, near }.into());
                return None;
            }
        };
        let given = [
            ("client", case.client.as_ref().map(|client| client.span)),
            ("ended", case.ended.as_ref().map(|words| words.span)),
            ("may", case.may.as_ref().map(|words| words.span)),
            ("at", case.at.as_ref().map(|words| words.span)),
            ("first", case.first.as_ref().map(|words| words.span)),
            ("sessions", case.sessions.as_ref().map(|words| words.span)),
        ];
        let needless = given.iter().filter(|(key, _)| !uses.contains(key));
        let needless: Vec<_> = needless.filter_map(|(key, span)| Some((*key, (*span)?))).collect();
        for (key, span) in &needless {
            let what = if *key == "client" { "a client" } else { key };
            let message = format!("a case that asks for `{ask}` has no use for `{what}`");
            let help = format!("remove it, or say with `ask:` what is asked: {}", ASKS.join(", "));
            self.out.push(Finding::BadCase { span: *span, message, help }.into());
        }
        let mut bad = |message: &str, help: &str| {
            let (message, help) = (message.to_string(), help.to_string());
            self.out.push(Finding::BadCase { span: case.span, message, help }.into());
        };
        let help = "add `like:` with a client's name, or write the answers under `client:`";
        match (ask, client, &case.ended) {
            _ if !needless.is_empty() => None,
            ("aftercare", _, None) => {
                bad("this case does not say when the treatment ended", "add `ended:` with day and time");
                None
            }
            ("aftercare", _, Some(ended)) => {
                let ended = self.moment(ended, None)?;
                let may = match (&case.may, &case.at) {
                    (Some(may), Some(at)) => Some((may.text.clone(), self.moment(at, Some(&ended))?)),
                    (None, None) => None,
                    _ => {
                        let message = "`may` and `at` belong together".to_string();
                        let help = "name the activity and the time, or neither".to_string();
                        self.out.push(Finding::BadCase { span: case.span, message, help }.into());
                        return None;
                    }
                };
                Some(Question::Aftercare { ended, may })
            }
            ("plan", client, _) => match (client, &case.first) {
                (None, Some(words)) => {
                    let day = Day::parse(&words.text);
                    if day.is_none() {
                        self.out.push(Finding::NoDay { span: words.span, text: &words.text }.into());
                    }
                    day.map(Question::PlanFrom)
                }
                (Some(client), None) => self.visit(&client, case.span).map(Question::PlanFor),
                _ => {
                    bad("a plan begins with a client or with `first`", "name one of the two");
                    None
                }
            },
            (_, None, _) => {
                bad("this case is about no client", help);
                None
            }
            ("quote", Some(client), _) => {
                let sessions = match &case.sessions {
                    None => 1,
                    Some(words) => {
                        let number = words.text.parse().ok().filter(|n| (1..=100).contains(n));
                        if number.is_none() {
                            self.out.push(Finding::NoNumber { span: words.span, text: &words.text }.into());
                        }
                        number?
                    }
                };
                Some(Question::Quote(self.visit(&client, case.span)?, sessions))
            }
            (_, Some(client), _) => {
                let expected = case.expected.answer.first().map(|words| words.text.as_str());
                let visit = match expected == Some(NOT_IN_FORCE) {
                    true => client.day(case.span, self.out).map(|day| Visit::of(&client, day)),
                    false => self.visit(&client, case.span),
                };
                visit.map(Question::Decide)
            }
        }
    }

    /// The client on the day, if every answer can be read.
    fn visit(&mut self, client: &Client, span: Span) -> Option<Visit> {
        let day = client.day(span, self.out)?;
        let read = decide::from_written(&client.record, "", day, Some(day), self.book, self.treatment);
        self.out.extend(read.1);
        read.0?;
        Some(Visit::of(client, day))
    }

    fn moment(&mut self, words: &Words, ended: Option<&Zoned>) -> Option<Zoned> {
        moment(words, self.zone, ended, self.out)
    }
}

fn errors(findings: &[Diagnostic]) -> usize {
    findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_the_name_of_a_file() {
        for (name, expected) in [
            ("Make-up, to the minute", "make-up-to-the-minute"),
            ("Fläche über 100 cm", "fläche-über-100-cm"),
            ("../../etc/passwd", "etc-passwd"),
            ("???", "a03b221c"),
        ] {
            assert_eq!(slug(name), expected);
        }
        for letters in ["long ", "ä", "長"] {
            let alike = letters.repeat(60);
            let [one, two] = ["one", "two"].map(|end| slug(&format!("{alike}{end}")));
            assert!(one != two && one.len().max(two.len()) <= LONGEST_SLUG && one.len() > 90, "{one}");
        }
    }
}
