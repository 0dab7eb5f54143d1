//! The whole rules folder: clinic, facts, hazards, pages and the sources they cite.

use std::collections::BTreeMap;

use super::cases::treatment_of;
use super::diags::Finding;
use super::fields::{Fields, Named, Words};
use super::page::{self, Page, Withdrawn, each, word};
use super::signatures;
use crate::diagnostic::Diagnostic;
use crate::source::{Folder, Kind, Node, yaml};
use crate::span::{Span, TextId};
use crate::suggest;

/// Everything in a rules folder, as written.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// `clinic.yaml`.
    pub clinic: Option<Clinic>,
    /// `facts.yaml`, in order.
    pub facts: Vec<Named<Fact>>,
    /// `hazards.yaml`, in order.
    pub hazards: Vec<Named<Hazard>>,
    /// The pages, by path.
    pub pages: Vec<Page>,
    /// The sources the pages cite, by path.
    pub sources: BTreeMap<String, Source>,
    /// The scripts in folders of treatments, by path.
    pub scripts: BTreeMap<String, TextId>,
    /// Every path in the folder.
    pub paths: Vec<String>,
    /// The paths of files that are missing or could not be read. What they hold is not known, so that nothing
    /// can be said about names that may stand in them.
    pub unread: Vec<String>,
}

/// The clinic.
#[derive(Debug, Clone)]
pub struct Clinic {
    /// The start of the file.
    pub span: Span,
    /// Its name.
    pub name: Option<Words>,
    /// An IANA zone name.
    pub time_zone: Option<Words>,
    /// A currency code.
    pub currency: Option<Words>,
    /// How prices are rounded.
    pub rounding: Option<Rounding>,
    /// Who works here, and as what.
    pub people: Vec<Person>,
    /// Who may sign.
    pub signers: Vec<Signer>,
    /// CSV columns that are no answers.
    pub ignore_columns: Vec<Words>,
    /// Coverage thresholds, by name.
    pub thresholds: Vec<Named<Words>>,
    /// Set when everything is withdrawn.
    pub withdrawn: Option<Withdrawn>,
}

/// `rounding: {to: 0.01, half: up}`
#[derive(Debug, Clone)]
pub struct Rounding {
    /// The smallest amount.
    pub to: Option<Words>,
    /// Where a half goes: `up` or `even`.
    pub half: Option<Words>,
}

/// Someone who works at the clinic: `{name: B. Lind, role: prescriber}`
#[derive(Debug, Clone)]
pub struct Person {
    /// Where the entry stands.
    pub span: Span,
    /// The person.
    pub name: Option<Words>,
    /// One role, or several.
    pub roles: Vec<Words>,
}

/// Someone who may sign.
#[derive(Debug, Clone)]
pub struct Signer {
    /// Where the entry stands.
    pub span: Span,
    /// The person.
    pub name: Option<Words>,
    /// The role.
    pub role: Option<Words>,
    /// The professional registration number.
    pub registration: Option<Words>,
    /// The public SSH key.
    pub key: Option<Words>,
}

/// A question a client may be asked, or a fact derived from others.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The kind.
    pub kind: Option<Words>,
    /// The question.
    pub ask: Option<Words>,
    /// The options of a choice, set or history.
    pub of: Vec<Named<Words>>,
    /// How long an answer counts, or how long each answer does.
    pub good_for: Option<Node>,
    /// Why answers count for ever.
    pub why: Option<Words>,
    /// `yes` if a day after that of its answer is a plan.
    pub may_be_planned: Option<Words>,
    /// `on the day` if it cannot be settled when booking.
    pub asked: Option<Words>,
    /// What to do when the client does not know.
    pub not_sure: Option<Words>,
    /// The unit of a number.
    pub unit: Option<Words>,
    /// Least and greatest number.
    pub between: Vec<Words>,
    /// `yes` for whole numbers.
    pub whole: Option<Words>,
    /// A derived fact's expression.
    pub is: Option<Node>,
    /// What a derived fact means.
    pub meaning: Option<Words>,
}

/// What could go wrong.
#[derive(Debug, Clone)]
pub struct Hazard {
    /// What.
    pub hazard: Option<Words>,
    /// Why.
    pub cause: Option<Words>,
    /// What guards against it.
    pub control: Option<Words>,
    /// Rules that carry the control.
    pub rules: Vec<Words>,
    /// Guarantees that carry the control.
    pub guarantees: Vec<Words>,
    /// Cases that test the control.
    pub cases: Vec<Words>,
}

/// A source, statement by statement.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path.
    pub path: String,
    /// What the source is.
    pub title: Option<Words>,
    /// Its statements, in its order.
    pub statements: Vec<Named<Statement>>,
    /// Questions to its author.
    pub open_queries: Vec<Named<Query>>,
}

/// A numbered sentence of a source.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The line in the original.
    pub line: Option<Words>,
    /// The statement, restated.
    pub says: Option<Words>,
    /// The strongest outcome it supports.
    pub supports: Option<Words>,
    /// Why nothing cites it.
    pub no_rule: Option<Words>,
    /// An oddity.
    pub note: Option<Words>,
    /// `no` keeps it out of texts for clients.
    pub client_text: Option<Words>,
}

/// A question to the author of a source.
#[derive(Debug, Clone)]
pub struct Query {
    /// The line in the original.
    pub line: Option<Words>,
    /// The question.
    pub asks: Option<Words>,
    /// The answer.
    pub answer: Option<Words>,
    /// Who answered.
    pub by: Option<Words>,
    /// When.
    pub on: Option<Words>,
}

impl Query {
    /// Whether nobody answered it yet: an answer has its author and day.
    pub fn is_open(&self) -> bool {
        self.answer.is_none() || self.by.is_none() || self.on.is_none()
    }
}

/// Files at the top of the folder that are no pages.
const NO_PAGES: [&str; 3] = ["clinic.yaml", "facts.yaml", "hazards.yaml"];

/// Reads every file of the folder that belongs to the rules.
pub fn read(folder: &Folder, out: &mut Vec<Diagnostic>) -> Rules {
    let mut rules = Rules { paths: folder.paths().map(str::to_string).collect(), ..Rules::default() };
    let mut unread = Vec::new();
    for (path, why) in [
        ("clinic.yaml", "it gives the time zone, the currency and who may sign"),
        ("facts.yaml", "it declares every question a client may be asked"),
    ] {
        if folder.get(path).is_none() && !folder.is_refused(path) {
            let message = format!("the rules folder has no `{path}`");
            out.push(Finding::NoTreatment { message, help: format!("add it: {why}") }.into());
            unread.push(path.to_string());
        }
    }
    let mut file = |path: &str, out: &mut Vec<Diagnostic>| file(folder, path, &mut unread, out);
    rules.clinic = file("clinic.yaml", out).and_then(|(node, span)| clinic(&node, span, out));
    if let Some((node, span)) = file("facts.yaml", out) {
        rules.facts = each(&node, "facts.yaml", span, out, fact);
    }
    if let Some((node, span)) = file("hazards.yaml", out) {
        rules.hazards = each(&node, "hazards.yaml", span, out, hazard);
    }
    let pages: Vec<&str> = folder
        .paths()
        .filter(|p| p.ends_with(".yaml") && !p.contains('/') && !NO_PAGES.contains(p))
        .collect();
    let refused = folder.refused().any(|path| path.ends_with(".yaml") && !path.contains('/'));
    if pages.is_empty() && !refused {
        let message = "the rules folder holds no treatment".to_string();
        let help = "add a page such as `microneedling.yaml`; `clearance init DIR` writes a commented one";
        out.push(Finding::NoTreatment { message, help: help.to_string() }.into());
    }
    for path in pages {
        let before = out.len();
        if let Some((node, _)) = file(path, out) {
            rules.pages.extend(page::read(path, &node, out));
        } else if out.len() == before {
            let message = format!("the page `{path}` is empty");
            out.push(
                Finding::NoTreatment { message, help: "write the page or remove the file".to_string() }
                    .into(),
            );
        }
    }
    let cited: Vec<Words> =
        rules.pages.iter().flat_map(|p| p.sources.iter().map(|s| s.value.clone())).collect();
    for words in &cited {
        if rules.sources.contains_key(&words.text) {
            continue;
        }
        if folder.get(&words.text).is_none() {
            let near = suggest::nearest(&words.text, folder.paths().filter(|p| p.contains('/')));
            match crate::source::folder::normalise(&words.text) {
                Err(leaves) => out.push(leaves.at(words.span, "leaves the rules")),
                Ok(path) if folder.is_refused(&path) => {}
                Ok(_) => out.push(Finding::NoSuchFile { span: words.span, path: &words.text, near }.into()),
            }
            unread.push(words.text.clone());
        } else if let Some((node, span)) = self::file(folder, &words.text, &mut unread, out)
            && let Some(source) = source(&words.text, &node, span, out)
        {
            rules.sources.insert(words.text.clone(), source);
        }
    }
    let refused = |id: &str| folder.is_refused(&format!("{id}.yaml"));
    for path in folder.paths().filter(|path| path.ends_with(".rhai")) {
        let Some(text) = folder.get(path) else { continue };
        let treatment = path.split_once('/').map(|(id, _)| id);
        match treatment {
            Some(id) if rules.pages.iter().any(|page| page.path.trim_end_matches(".yaml") == id) => {
                rules.scripts.insert(path.to_string(), text);
            }
            Some(id) if refused(id) || !unread.is_empty() => {}
            _ => out.push(Finding::UnusedFile { span: Span::new(text, 0..0), path }.into()),
        }
    }
    unused_files(folder, &cited, &unread, out);
    rules.unread = unread;
    rules
}

/// Reads a file; one that is there and cannot be read is noted in `unread`.
fn file(
    folder: &Folder,
    path: &str,
    unread: &mut Vec<String>,
    out: &mut Vec<Diagnostic>,
) -> Option<(Node, Span)> {
    let before = out.len();
    let id = folder.get(path);
    let node = id.and_then(|id| yaml::read(&folder.texts, id, out));
    if folder.is_refused(path) || out.len() > before && node.is_none() {
        unread.push(path.to_string());
    }
    Some((node?, Span::new(id?, 0..0)))
}

/// A page that was put into a folder, or a source that lost its citation, would count for nothing.
fn unused_files(folder: &Folder, cited: &[Words], unread: &[String], out: &mut Vec<Diagnostic>) {
    let signed =
        |path: &str| signatures::of_path(path).is_some_and(|(treatment, _)| is_page(folder, treatment));
    let other = |path: &&str| {
        path.contains('/') && path.ends_with(".yaml") && treatment_of(path).is_none() && !signed(path)
    };
    for path in folder.paths().filter(other) {
        if let Some(id) = folder.get(path)
            && !cited.iter().any(|words| words.text == path)
            && unread.is_empty()
        {
            let span = Span::new(id, 0..0);
            out.push(Finding::UnusedFile { span, path }.into());
        }
    }
}

fn is_page(folder: &Folder, treatment: &str) -> bool {
    let path = format!("{treatment}.yaml");
    folder.get(&path).is_some() || folder.is_refused(&path)
}

fn clinic(node: &Node, span: Span, out: &mut Vec<Diagnostic>) -> Option<Clinic> {
    let mut fields = Fields::of(node, span, "`clinic.yaml`", out)?;
    let rounding = fields.entry("rounding").and_then(|entry| {
        let mut inner = Fields::of(&entry.value, entry.key_span, "`rounding`", out)?;
        let rounding = Rounding { to: inner.words("to", out), half: inner.words("half", out) };
        inner.finish(out);
        Some(rounding)
    });
    let people = each_of(&mut fields, "people", "a person", out, |span, inner, out| {
        let name = inner.required("name", "a review is a person's", out);
        if !inner.has("role") {
            inner.missing("role", "it tells what the person may review");
        }
        Person { span, name, roles: inner.list("role", out) }
    });
    let signers = each_of(&mut fields, "signers", "a signer", out, |span, inner, out| Signer {
        span,
        name: inner.required("name", "a signature is a person's", out),
        role: inner.required("role", "the rule book prints it", out),
        registration: inner.words("registration", out),
        key: inner.required("key", "it is what a signature is checked against", out),
    });
    let clinic = Clinic {
        span,
        name: fields.required("name", "it stands on what clients are handed", out),
        time_zone: fields.required("time_zone", "days and clock times are read in it", out),
        currency: fields.required("currency", "prices are in it", out),
        rounding,
        people,
        signers,
        ignore_columns: fields.list("ignore_columns", out),
        thresholds: fields.named("thresholds", out).into_iter().filter_map(|n| word(n, out)).collect(),
        withdrawn: page::withdrawn(&mut fields, out),
    };
    fields.finish(out);
    Some(clinic)
}

/// The entries of a list of maps.
fn each_of<T>(
    fields: &mut Fields<'_>,
    key: &'static str,
    owner: &'static str,
    out: &mut Vec<Diagnostic>,
    read: impl Fn(Span, &mut Fields<'_>, &mut Vec<Diagnostic>) -> T,
) -> Vec<T> {
    let Some(entry) = fields.entry(key) else { return Vec::new() };
    let Kind::List(items) = &entry.value.kind else {
        let found = entry.value.shape();
        out.push(Finding::WrongShape { span: entry.key_span, what: key, wanted: "a list", found }.into());
        return Vec::new();
    };
    let each = items.iter().filter_map(|item| {
        let mut inner = Fields::of(item, item.span, owner, out)?;
        let one = read(item.span, &mut inner, out);
        inner.finish(out);
        Some(one)
    });
    each.collect()
}

fn fact(n: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<Fact>> {
    let mut fields = Fields::of(n.value, n.span, format!("fact `{}`", n.name), out)?;
    let derived = fields.has_any(&["is"]);
    let value = Fact {
        is: fields.expression("is", out),
        meaning: fields.words("meaning", out),
        kind: if derived { None } else { fields.required("kind", "it tells what an answer looks like", out) },
        ask: if derived { None } else { fields.required("ask", "it is how the question is put", out) },
        of: fields.named("of", out).into_iter().filter_map(|option| word(option, out)).collect(),
        good_for: fields.node("good_for").cloned(),
        why: fields.words("why", out),
        may_be_planned: fields.words("may_be_planned", out),
        asked: fields.words("asked", out),
        not_sure: fields.words("not_sure", out),
        unit: fields.words("unit", out),
        between: fields.list("between", out),
        whole: fields.words("whole", out),
    };
    fields.finish(out);
    Some(Named { name: n.name, span: n.span, value })
}

fn hazard(n: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<Hazard>> {
    let mut fields = Fields::of(n.value, n.span, format!("hazard `{}`", n.name), out)?;
    let value = Hazard {
        hazard: fields.required("hazard", "it tells what could go wrong", out),
        cause: fields.words("cause", out),
        control: fields.required("control", "a hazard without a control is only a worry", out),
        rules: fields.list("rules", out),
        guarantees: fields.list("guarantees", out),
        cases: fields.list("cases", out),
    };
    fields.finish(out);
    Some(Named { name: n.name, span: n.span, value })
}

fn source(path: &str, node: &Node, span: Span, out: &mut Vec<Diagnostic>) -> Option<Source> {
    let mut fields = Fields::of(node, span, format!("the source `{path}`"), out)?;
    let title = fields.required("source", "it names the document", out);
    if !fields.has("statements") {
        fields.missing("statements", "rules cite a source statement by statement");
    }
    let statements = match fields.entry("statements") {
        Some(entry) => each(&entry.value, "statements", entry.key_span, out, |n, out| {
            let mut inner = Fields::of(n.value, n.span, format!("statement `{}`", n.name), out)?;
            let value = Statement {
                line: inner.required("line", "an answer is followed back to that line", out),
                says: inner.required("says", "it is the statement in our own words", out),
                supports: inner.words("supports", out),
                no_rule: inner.words("no_rule", out),
                note: inner.words("note", out),
                client_text: inner.words("client_text", out),
            };
            inner.finish(out);
            Some(Named { name: n.name, span: n.span, value })
        }),
        None => Vec::new(),
    };
    let open_queries = match fields.entry("open_queries") {
        Some(entry) => each(&entry.value, "open_queries", entry.key_span, out, |n, out| {
            let mut inner = Fields::of(n.value, n.span, format!("open query `{}`", n.name), out)?;
            let value = Query {
                line: inner.required("line", "it tells where the question arose", out),
                asks: inner.required("asks", "it is the question", out),
                answer: inner.words("answer", out),
                by: inner.words("by", out),
                on: inner.words("on", out),
            };
            inner.finish(out);
            Some(Named { name: n.name, span: n.span, value })
        }),
        None => Vec::new(),
    };
    fields.finish(out);
    Some(Source { path: path.to_string(), title, statements, open_queries })
}
