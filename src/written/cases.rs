//! Cases as written: example clients and questions, and the answers they must get. What the words mean is
//! read in `study`.

use std::borrow::Cow;

use super::diags::Finding;
use super::fields::{Fields, Named, Words};
use super::record::{self, Review};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::{Entry, Folder, Kind, Node, Pair, Value, yaml};
use crate::span::Span;

/// One file of `<treatment>/cases/`.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// `microneedling/cases/waits.yaml`
    pub path: String,
    /// `microneedling`
    pub treatment: String,
    /// Clients that cases are like, by name.
    pub clients: Vec<Named<Client>>,
    /// The cases, in order.
    pub cases: Vec<Case>,
    /// Whether nothing in it is wrong: otherwise there may be clients and cases that nobody could read.
    pub whole: bool,
}

/// An example client, written out or as another one with some answers replaced.
#[derive(Debug, Clone)]
pub struct Client {
    /// Where it stands.
    pub span: Span,
    /// The client it is like.
    pub like: Option<Words>,
    /// The answers written out, or those that replace the other client's.
    pub answers: Vec<Pair<'static>>,
    /// The day asked about.
    pub visit: Option<Words>,
    /// When the answers were given; the visit if absent.
    pub answered_on: Option<Words>,
    /// What clinicians decided.
    pub reviews: Vec<Review>,
}

/// One case, or a table of them that differ in one value.
#[derive(Debug, Clone)]
pub struct Case {
    /// Where its name stands.
    pub span: Span,
    /// What it shows, as a sentence.
    pub name: Words,
    /// `aftercare`, `plan` or `quote`; a decision if absent.
    pub ask: Option<Words>,
    /// The client, if it names or describes one.
    pub client: Option<Client>,
    /// The end of the treatment.
    pub ended: Option<Words>,
    /// The activity asked about.
    pub may: Option<Words>,
    /// When the activity is asked about.
    pub at: Option<Words>,
    /// The day of the first session.
    pub first: Option<Words>,
    /// How many sessions.
    pub sessions: Option<Words>,
    /// What the rows of the table differ in.
    pub vary: Option<Words>,
    /// The rows; empty without a table.
    pub table: Vec<Row>,
    /// What is expected, of all rows if there is a table.
    pub expected: Expected,
}

/// One row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The value that the row has.
    pub value: Words,
    /// What is expected.
    pub expected: Expected,
}

/// The answer a case must get.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// Where it stands.
    pub span: Option<Span>,
    /// The answer in words; a list for the sessions of a plan.
    pub answer: Vec<Words>,
    /// The rules that certainly hold.
    pub reasons: Option<Vec<Words>>,
    /// The rules that may hold.
    pub may_apply: Option<Vec<Words>>,
    /// The facts that are asked about.
    pub questions: Option<Vec<Words>>,
    /// The steps of the appointment.
    pub steps: Vec<Named<Words>>,
}

/// Reads every case file of the folder, in order of their paths.
pub fn read(folder: &Folder, out: &mut Vec<Diagnostic>) -> Vec<CaseFile> {
    let paths: Vec<&str> = folder.paths().filter(|path| treatment_of(path).is_some()).collect();
    paths
        .into_iter()
        .filter_map(|path| {
            let id = folder.get(path)?;
            let treatment = treatment_of(path)?.to_string();
            let before = out.len();
            let read = yaml::read(&folder.texts, id, out)
                .and_then(|node| contents(path, &node, Span::new(id, 0..0), out));
            let whole = out[before..].iter().all(|finding| finding.severity != Severity::Error);
            let (clients, cases) = read.unwrap_or_default();
            Some(CaseFile { path: path.to_string(), treatment, clients, cases, whole })
        })
        .collect()
}

/// The treatment whose cases a file holds: `microneedling/cases/waits.yaml`.
pub fn treatment_of(path: &str) -> Option<&str> {
    let (treatment, name) = path.split_once("/cases/")?;
    (name.ends_with(".yaml") && !name.contains('/') && !treatment.contains('/')).then_some(treatment)
}

type Contents = (Vec<Named<Client>>, Vec<Case>);

fn contents(path: &str, node: &Node, span: Span, out: &mut Vec<Diagnostic>) -> Option<Contents> {
    let mut fields = Fields::of(node, span, format!("`{path}`"), out)?;
    let clients = fields.named("clients", out);
    let clients = clients
        .into_iter()
        .filter_map(|named| {
            let value = base(&named, out)?;
            Some(Named { name: named.name, span: named.span, value })
        })
        .collect();
    let mut cases = Vec::new();
    if let Some(entry) = fields.entry("cases") {
        match &entry.value.kind {
            Kind::List(items) => cases.extend(items.iter().filter_map(|item| case(item, out))),
            _ => out.push(not_a_list(entry, "cases")),
        }
    }
    fields.finish(out);
    Some((clients, cases))
}

fn not_a_list(entry: &Entry, what: &str) -> Diagnostic {
    let found = entry.value.shape();
    Finding::WrongShape { span: entry.key_span, what, wanted: "a list", found }.into()
}

fn base(named: &Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Client> {
    let mut fields = Fields::of(named.value, named.span, format!("client `{}`", named.name), out)?;
    let client = client(&mut fields, "facts", named.span, out);
    fields.finish(out);
    if client.is_none() {
        let owner = format!("client `{}`", named.name);
        let why = "a client has answers, written out or as another client's";
        out.push(Finding::MissingKey { span: named.span, owner: &owner, key: "facts", why }.into());
    }
    client
}

/// A client written out under `key`, or as another one. `None` if there is neither.
fn client(
    fields: &mut Fields<'_>,
    key: &'static str,
    span: Span,
    out: &mut Vec<Diagnostic>,
) -> Option<Client> {
    let like = fields.words("like", out);
    let but = fields.entry("but");
    let own = fields.entry(key);
    if let (Some(but), None) = (but, &like) {
        let message = "`but` changes the answers of another client, and none is named".to_string();
        let help = format!("add `like:` with a client's name, or write the answers under `{key}:`");
        out.push(Finding::BadValue { span: but.key_span, message, help }.into());
    }
    if let (Some(own), Some(_)) = (own, &like) {
        let message = format!("`{key}` and `like` stand side by side");
        let help = "write the answers that differ under `but:`".to_string();
        out.push(Finding::BadValue { span: own.key_span, message, help }.into());
    }
    let found = like.is_some() || own.is_some();
    let answers = but.or(own).map(|entry| answers(entry, out)).unwrap_or_default();
    let (visit, answered_on) = (fields.words("visit", out), fields.words("answered_on", out));
    let mut reviews = Vec::new();
    if let Some(entry) = fields.entry("reviews") {
        match &entry.value.kind {
            Kind::List(items) => reviews.extend(items.iter().filter_map(|item| record::review(item, out))),
            _ => out.push(not_a_list(entry, "reviews")),
        }
    }
    let visited = visit.is_some() || answered_on.is_some();
    (found || visited).then_some(Client { span, like, answers, visit, answered_on, reviews })
}

fn answers(entry: &Entry, out: &mut Vec<Diagnostic>) -> Vec<Pair<'static>> {
    match &entry.value.kind {
        Kind::Map(entries) => entries
            .iter()
            .map(|e| Pair {
                key: Cow::Owned(e.key.clone()),
                key_span: e.key_span,
                value: Value::of(&e.value).into_owned(),
            })
            .collect(),
        _ if entry.value.is_empty() => Vec::new(),
        _ => {
            let found = entry.value.shape();
            let span = entry.value.span;
            out.push(Finding::WrongShape { span, what: &entry.key, wanted: "a map", found }.into());
            Vec::new()
        }
    }
}

fn case(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Case> {
    let start = Span { end: node.span.start, ..node.span };
    let mut fields = Fields::of(node, start, "a case", out)?;
    let name = fields.required("name", "a case says in a sentence what it shows", out);
    let span = name.as_ref().map_or(start, |name| name.span);
    let ask = fields.words("ask", out);
    let client = client(&mut fields, "client", span, out);
    let (ended, may, at) = (fields.words("ended", out), fields.words("may", out), fields.words("at", out));
    let (first, sessions) = (fields.words("first", out), fields.words("sessions", out));
    let vary = fields.words("vary", out);
    // The whole list of instructions is guarded by its approved answer.
    let asks = |words: &Option<Words>, text: &str| words.as_ref().is_some_and(|words| words.text == text);
    let whole_list = asks(&ask, "aftercare") && !fields.has("may") && !asks(&vary, "may");
    let table = match fields.entry("table") {
        Some(entry) => rows(entry, whole_list, out),
        None => Vec::new(),
    };
    let has_table = fields.has("table");
    let expected = expected(&mut fields, whole_list || has_table, out);
    fields.finish(out);
    let name = name?;
    if vary.is_some() != has_table {
        let message = "`vary` and `table` belong together".to_string();
        let help = "`vary:` names what the rows differ in, `table:` has a line for each value".to_string();
        out.push(Finding::BadValue { span, message, help }.into());
    }
    if let (Some(expect), true) = (expected.span, has_table) {
        let message = "`expect` stands beside a table, whose rows each have an answer".to_string();
        let help = "remove it, or write it behind a row".to_string();
        out.push(Finding::BadValue { span: expect, message, help }.into());
    }
    Some(Case { span, name, ask, client, ended, may, at, first, sessions, vary, table, expected })
}

fn rows(entry: &Entry, whole_list: bool, out: &mut Vec<Diagnostic>) -> Vec<Row> {
    let Kind::Map(entries) = &entry.value.kind else {
        let found = entry.value.shape();
        out.push(Finding::WrongShape { span: entry.key_span, what: "table", wanted: "a map", found }.into());
        return Vec::new();
    };
    entries
        .iter()
        .filter_map(|row| {
            let value = Words { text: row.key.clone(), span: row.key_span };
            let expected = match &row.value.kind {
                Kind::Map(_) => {
                    let owner = format!("row `{}`", row.key);
                    let mut fields = Fields::of(&row.value, row.key_span, owner, out)?;
                    let expected = expected(&mut fields, whole_list, out);
                    fields.finish(out);
                    expected
                }
                _ => Expected {
                    span: Some(row.value.span),
                    answer: answer(row, &format!("row `{}`", row.key), out),
                    ..Expected::default()
                },
            };
            Some(Row { value, expected })
        })
        .collect()
}

fn expected(fields: &mut Fields<'_>, may_be_silent: bool, out: &mut Vec<Diagnostic>) -> Expected {
    let entry = fields.entry("expect");
    if entry.is_none() && !may_be_silent {
        fields.missing("expect", "a case guards the rules by the answer it must get");
    }
    let list = |key: &'static str, fields: &mut Fields<'_>, out: &mut Vec<Diagnostic>| {
        let given = fields.has(key);
        let words = fields.list(key, out);
        given.then_some(words)
    };
    Expected {
        span: entry.map(|entry| entry.value.span),
        answer: entry.map(|entry| answer(entry, "this case", out)).unwrap_or_default(),
        reasons: list("reasons", fields, out),
        may_apply: list("may_apply", fields, out),
        questions: list("questions", fields, out),
        steps: fields
            .named("steps", out)
            .into_iter()
            .filter_map(|named| super::page::word(named, out))
            .collect(),
    }
}

/// The words behind `expect`: one text, or a list for the sessions of a plan.
fn answer(entry: &Entry, owner: &str, out: &mut Vec<Diagnostic>) -> Vec<Words> {
    if entry.value.is_empty() {
        out.push(unanswered(entry.key_span, owner));
        return Vec::new();
    }
    match &entry.value.kind {
        Kind::List(items) => {
            items.iter().filter_map(|item| super::fields::words(item, &entry.key, item.span, out)).collect()
        }
        _ => super::fields::words(&entry.value, &entry.key, entry.key_span, out).into_iter().collect(),
    }
}

fn unanswered(span: Span, owner: &str) -> Diagnostic {
    Diagnostic::error(Code::UnansweredCase, format!("{owner} does not say what it expects"))
        .at(span, "fill in the answer that is right")
        .note("a case guards the rules only if a person has decided its answer")
        .help("write what the clinic wants, such as `eligible` or `deferred until 2026-07-01`")
}
