//! From the page as written to the book: names resolved, kinds checked, conditions typed.

use std::collections::BTreeMap;

use super::condition::ParameterId;
use super::dates::{Dated, InForce};
use super::days_from_written::{day, in_force, withdrawn};
use super::diags::Finding;
use super::fact::Facts;
use super::facts_from_written::{Derived, check_name, derived, facts};
use super::lower::Names;
use super::{
    Basis, Book, Clinic, Hazard, Outcome, Person, Query, Rule, Script, Signer, Statement, Treatment, checks,
    parts, print, visit_from_written,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::span::{Span, Texts};
use crate::suggest;
use crate::value::{Day, Duration, Number};
use crate::written::{self, Named, Words, text};

/// Reads everything that was written. The book is complete if no error was found.
pub fn from_written(rules: &written::Rules, texts: &Texts, out: &mut Vec<Diagnostic>) -> Book {
    let mut facts = facts(&rules.facts, out);
    let mut shared = Names::default();
    let unread = rules.facts.iter().filter(|f| f.value.is.is_none() && facts.named(&f.name).is_none());
    shared.broken.extend(unread.map(|fact| fact.name.clone()));
    let written = rules.facts.iter().filter_map(|Named { name, span, value }| {
        Some(Derived { name, span: *span, is: value.is.as_ref()?, meaning: &value.meaning })
    });
    facts.definitions = derived(written, &facts, &mut shared, out);
    let clinic = clinic(rules.clinic.as_ref(), texts, out);
    let mut treatments = Vec::new();
    // Without the facts every name on every page would be unknown, which says nothing about the pages.
    let facts_read = !rules.unread.iter().any(|path| path == "facts.yaml");
    let mut unread_expressions = String::new();
    for page in rules.pages.iter().filter(|_| facts_read) {
        let mut reader = Page {
            page,
            rules,
            facts: &facts,
            names: shared.clone(),
            statements: Vec::new(),
            unread: &mut unread_expressions,
            texts,
            lengths: BTreeMap::new(),
            out,
        };
        treatments.push(reader.read());
    }
    let hazards = hazards(&rules.hazards);
    let mut book = Book { clinic, facts, treatments, hazards };
    let manifests = book.treatments.iter().map(|treatment| parts::manifest(&book, treatment));
    let digests: Vec<String> = manifests.map(|manifest| parts::named(&manifest)).collect();
    for (treatment, digest) in book.treatments.iter_mut().zip(digests) {
        treatment.digest = digest;
    }
    // A section under a misspelt heading is not read, and what it reads and cites would all seem forgotten.
    let section_lost = out
        .iter()
        .any(|f| f.code == Code::UnknownKey && f.span().is_some_and(|s| texts.position(s).column == 1));
    if facts_read {
        let ignored = rules.clinic.iter().flat_map(|clinic| &clinic.ignore_columns);
        checks::ignored_columns(ignored, &book.facts, out);
    }
    if facts_read && !section_lost {
        let doubtful = checks::Doubtful::new(&unread_expressions, &book, texts, out);
        checks::run(&book, rules, &doubtful, out);
    }
    book
}

/// What `clearance test` can be told to reach, in percent.
pub const THRESHOLDS: [&str; 8] =
    ["rules", "conditions", "edges", "parameters", "aftercare", "prices", "statements", "mutants"];

fn clinic(written: Option<&written::Clinic>, texts: &Texts, out: &mut Vec<Diagnostic>) -> Clinic {
    let mut clinic = Clinic {
        name: written.and_then(|c| text(&c.name)).unwrap_or_default(),
        time_zone: written.and_then(|c| text(&c.time_zone)).unwrap_or_default(),
        currency: written.and_then(|c| text(&c.currency)).unwrap_or_default(),
        rounding_to: Number::parse("0.01").unwrap_or(Number::whole(1)),
        rounding_half_even: false,
        people: Vec::new(),
        signers: Vec::new(),
        ignore_columns: Vec::new(),
        thresholds: Vec::new(),
        withdrawn: None,
    };
    let Some(written) = written else { return clinic };
    let mut bad = |words: &Words, message: String, help: &str| {
        out.push(Finding::BadValue { span: words.span, message, help: help.to_string() }.into());
    };
    if let Some(zone) = &written.time_zone
        && jiff::tz::TimeZone::get(&zone.text).is_err()
    {
        bad(zone, format!("there is no time zone `{}`", zone.text), "write a name such as Europe/London");
    }
    if let Some(currency) = &written.currency
        && !(currency.text.len() == 3 && currency.text.bytes().all(|b| b.is_ascii_uppercase()))
    {
        bad(
            currency,
            format!("`{}` is no currency code", currency.text),
            "write three capital letters, such as GBP",
        );
    }
    if let Some(rounding) = &written.rounding {
        if let Some(to) = &rounding.to {
            match Number::parse(&to.text).filter(|n| n.point() > 0) {
                Some(number) => clinic.rounding_to = number,
                None => {
                    bad(to, format!("`{}` is no amount to round to", to.text), "write an amount such as 0.01")
                }
            }
        }
        match rounding.half.as_ref().map(|half| (half, half.text.as_str())) {
            None | Some((_, "up")) => {}
            Some((_, "even")) => clinic.rounding_half_even = true,
            Some((half, _)) => {
                bad(half, format!("a half cannot be rounded `{}`", half.text), "write `up` or `even`")
            }
        }
    }
    for Named { name, span, value } in &written.thresholds {
        if !THRESHOLDS.contains(&name.as_str()) {
            let near = suggest::nearest(name, THRESHOLDS);
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("thresholds are for {}", crate::prose::list(&THRESHOLDS, "and")),
            };
            let words = Words { text: name.clone(), span: *span };
            bad(&words, format!("there is no threshold `{name}`"), &help);
        }
        match Number::parse(&value.text).filter(|n| (Number::whole(0)..=Number::whole(100)).contains(n)) {
            Some(number) => clinic.thresholds.push((name.clone(), number)),
            None => bad(value, format!("`{}` is no percentage", value.text), "write a number from 0 to 100"),
        }
    }
    clinic.signers = written
        .signers
        .iter()
        .map(|signer| Signer {
            name: text(&signer.name).unwrap_or_default(),
            role: text(&signer.role).unwrap_or_default(),
            registration: text(&signer.registration),
            key: text(&signer.key).unwrap_or_default(),
            span: signer.name.as_ref().map_or(signer.span, |words| words.span),
            key_span: signer.key.as_ref().map_or(signer.span, |words| words.span),
        })
        .collect();
    for written::Person { span, name, roles } in &written.people {
        let Some(name) = name else { continue };
        if clinic.people.iter().any(|other| other.name == name.text) {
            let help = "give each person one entry; `role: [prescriber, nurse]` lists several roles";
            bad(name, format!("`{}` stands twice under `people`", name.text), help);
            continue;
        }
        let roles = roles.iter().map(|role| role.text.clone()).collect();
        clinic.people.push(Person { name: name.text.clone(), roles, span: *span });
    }
    clinic.ignore_columns = written.ignore_columns.iter().map(|words| words.text.clone()).collect();
    clinic.withdrawn = written.withdrawn.as_ref().and_then(|w| withdrawn(w, texts, out));
    clinic
}

fn hazards(written: &[Named<written::Hazard>]) -> Vec<Hazard> {
    let list = |words: &[Words]| words.iter().map(|words| words.text.clone()).collect();
    written
        .iter()
        .map(|Named { name, value, .. }| Hazard {
            id: name.clone(),
            hazard: text(&value.hazard).unwrap_or_default(),
            cause: text(&value.cause),
            control: text(&value.control).unwrap_or_default(),
            rules: list(&value.rules),
            guarantees: list(&value.guarantees),
            cases: value.cases.clone(),
        })
        .collect()
}

/// Reads one page.
pub(super) struct Page<'a> {
    pub(super) page: &'a written::Page,
    pub(super) rules: &'a written::Rules,
    pub(super) facts: &'a Facts,
    pub(super) names: Names,
    pub(super) statements: Vec<Statement>,
    /// The texts of expressions that could not be read.
    pub(super) unread: &'a mut String,
    pub(super) texts: &'a Texts,
    /// The durations each parameter has, on any day.
    pub(super) lengths: BTreeMap<ParameterId, Vec<Duration>>,
    pub(super) out: &'a mut Vec<Diagnostic>,
}

impl Page<'_> {
    fn read(&mut self) -> Treatment {
        let page = self.page;
        let id = page.path.trim_end_matches(".yaml").to_string();
        check_name(&id, page.span, self.out);
        self.statements = self.statements();
        let in_force = in_force(page.in_force.as_ref(), self.out);
        let parameters = self.parameters(&in_force);
        let functions = self.functions();
        for named in &page.conditions {
            check_name(&named.name, named.span, self.out);
        }
        let written = page.conditions.iter().map(|Named { name, span, value }| Derived {
            name,
            span: *span,
            is: &value.is,
            meaning: &value.meaning,
        });
        let definitions = derived(written, self.facts, &mut self.names, self.out);
        let mut rules: Vec<Rule> = page.rules.iter().filter_map(|rule| self.rule(&id, rule)).collect();
        rules.extend(self.indications(&id));
        rules.sort_by(|a, b| (&a.id, a.in_force.from).cmp(&(&b.id, b.in_force.from)));
        self.overlaps(&rules);
        let guarantees = page.guarantees.iter().map(|guarantee| self.guarantee(&id, guarantee)).collect();
        let revision = page.revision.as_ref().and_then(|words| {
            let found = words.text.parse().ok().filter(|n| *n > 0);
            if found.is_none() {
                let message = format!("`{}` is no revision", words.text);
                self.bad_value(words.span, message, "revisions count 1, 2, 3");
            }
            found
        });
        Treatment {
            name: text(&page.treatment).unwrap_or_default(),
            revision: revision.unwrap_or(1),
            parameters,
            functions,
            definitions,
            scripts: self.scripts(&id),
            rules,
            withdrawn: page.withdrawn.as_ref().and_then(|w| withdrawn(w, self.texts, self.out)),
            course: visit_from_written::course(self),
            appointment: visit_from_written::appointment(self),
            aftercare: visit_from_written::aftercare(self),
            pricing: visit_from_written::pricing(self, &in_force),
            guarantees,
            statements: std::mem::take(&mut self.statements),
            queries: self.queries(),
            sources: self
                .sources()
                .map(|one| (one.path.clone(), text(&one.title).unwrap_or_default()))
                .collect(),
            indications: page
                .indications
                .iter()
                .map(|one| (one.name.clone(), one.value.text.clone()))
                .collect(),
            in_force,
            id,
            span: page.treatment.as_ref().map_or(page.span, |words| words.span),
            digest: String::new(),
            signed: false,
        }
    }

    pub(super) fn bad_value(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        // A value that a comma cuts in two was found where it was read: one slip, one finding.
        let cut = |found: &Diagnostic| {
            let starts_here = |at: Span| at.text == span.text && at.start == span.start;
            found.code == Code::CommaInBraces && found.labels.iter().any(|label| starts_here(label.span))
        };
        if !self.out.iter().any(cut) {
            self.out.push(Finding::BadValue { span, message: message.into(), help: help.into() }.into());
        }
    }

    /// The sources it cites.
    fn sources(&self) -> impl Iterator<Item = &written::Source> {
        self.page.sources.iter().filter_map(|Named { value: path, .. }| self.rules.sources.get(&path.text))
    }

    /// The questions to their authors.
    fn queries(&self) -> Vec<Query> {
        let each = self.sources().flat_map(|source| source.open_queries.iter().map(move |one| (source, one)));
        each.map(|(source, Named { name, span, value })| Query {
            id: name.clone(),
            source: source.path.clone(),
            line: text(&value.line),
            asks: text(&value.asks).unwrap_or_default(),
            answer: text(&value.answer),
            by: text(&value.by),
            on: text(&value.on),
            is_open: value.is_open(),
            span: *span,
        })
        .collect()
    }

    fn statements(&mut self) -> Vec<Statement> {
        let mut all = Vec::new();
        for Named { name: prefix, value: path, .. } in &self.page.sources {
            let Some(source) = self.rules.sources.get(&path.text) else { continue };
            for Named { name, span, value } in &source.statements {
                if !name.starts_with(prefix.as_str()) {
                    let why = format!("the page cites this source by the prefix `{prefix}`");
                    self.out.push(Finding::BadName { span: *span, name, why }.into());
                }
                let number = |words: Option<&Words>| words.and_then(|words| words.text.parse::<u32>().ok());
                if let Some(line) = &value.line
                    && number(Some(line)).is_none()
                {
                    self.bad_value(
                        line.span,
                        format!("`{}` is no line number", line.text),
                        "write a whole number",
                    );
                }
                let supports = value.supports.as_ref().and_then(|words| self.outcome(words));
                all.push(Statement {
                    id: name.clone(),
                    source: path.text.clone(),
                    line: number(value.line.as_ref()).unwrap_or_default(),
                    says: text(&value.says).unwrap_or_default(),
                    supports,
                    client_text: value.client_text.as_ref().is_none_or(|words| words.text != "no"),
                    no_rule: text(&value.no_rule),
                    note: text(&value.note),
                    span: *span,
                });
            }
        }
        all
    }

    pub(super) fn outcome(&mut self, words: &Words) -> Option<Outcome> {
        let found = Outcome::named(&words.text);
        if found.is_none() {
            let phrases = Outcome::ALL.map(Outcome::phrase);
            let help = match suggest::nearest(&words.text.replace(' ', "_"), phrases) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the outcomes are {}", crate::prose::list(&phrases, "and")),
            };
            self.bad_value(words.span, format!("`{}` is no outcome", words.text), help);
        }
        found
    }

    pub(super) fn basis(&mut self, written: &written::Basis) -> Basis {
        let mut statements = Vec::new();
        for words in &written.source {
            match self.statements.iter().position(|statement| statement.id == words.text) {
                Some(at) => statements.push(at),
                None if self.cites_unread_source(&words.text) => {}
                None => {
                    let near = suggest::nearest(&words.text, self.statements.iter().map(|s| s.id.as_str()));
                    self.out
                        .push(Finding::UnknownStatement { span: words.span, id: &words.text, near }.into());
                }
            }
        }
        Basis { statements, basis: text(&written.basis) }
    }

    /// Whether `id` may stand in a source that could not be read.
    fn cites_unread_source(&self, id: &str) -> bool {
        let mut sources = self.page.sources.iter();
        sources.any(|s| id.starts_with(s.name.as_str()) && self.rules.unread.contains(&s.value.text))
    }

    /// Says that something has neither source nor basis.
    pub(super) fn must_have_reason(&mut self, written: &written::Basis, span: Span, owner: String) {
        if written.source.is_empty() && written.basis.is_none() {
            self.out.push(Finding::NoReason { span, owner }.into());
        }
    }

    pub(super) fn dated_key(&mut self, name: &str, span: Span) -> Option<Day> {
        day(&Words { text: name.to_string(), span }, self.out)
    }

    /// Says so if `values` start to count later than the page.
    pub(super) fn hole<T>(&mut self, values: &Dated<T>, page: &InForce, span: Span, what: &str) {
        let first = values.all()[0].0;
        if let Some(from) = page.from
            && from < first
        {
            let at =
                self.page.in_force.as_ref().and_then(|f| f.from.as_ref()).map_or(self.page.span, |w| w.span);
            let message = format!("{what} has no value from {from} until {first}");
            self.out.push(Finding::HoleInDates { span, message, page: at }.into());
        }
    }

    fn scripts(&self, id: &str) -> Vec<Script> {
        let own = |path: &str| path.strip_prefix(id).is_some_and(|rest| rest.starts_with('/'));
        let scripts = self.rules.scripts.iter().filter(|(path, _)| own(path));
        scripts
            .map(|(path, text)| Script {
                path: path.clone(),
                text: *text,
                digest: print::hex(&self.texts.get(*text).content),
            })
            .collect()
    }
}
