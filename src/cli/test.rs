//! `clearance test`: runs the cases, and keeps the approved answers beside them.

use std::path::Path;

use super::approved::{self, Change, Of, Today};
use super::exit::{Exit, Failure};
use super::folder;
use super::format::{FINDINGS, Format, one_of};
use super::output::{complain, print};
use super::{mutate, pick, reach};
use crate::book::{Book, Treatment};
use crate::decide::cells::Version;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::disk::approved::Approved;
use crate::disk::{environment, read};
use crate::prose::count;
use crate::report::findings::{self, Colour};
use crate::report::trial::Trial;
use crate::report::{self, approved as words, differences, github, junit, sarif};
use crate::rulebook::{Loaded, Part, scripts_of};
use crate::span::Texts;
use crate::study::case::Suite;
use crate::study::coverage::coverage;
use crate::study::examples::{self, Base, Example};
use crate::study::run::{Answer, Panel};
use crate::study::verdict::{self, Ran};
use crate::value::Truth;

/// What `test` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only the cases whose name, file or row holds this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// The treatment; all if none is named
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// Take the answers of today over as approved
    #[arg(long, conflicts_with = "review")]
    accept: bool,
    /// Look at each answer that changed, and accept or reject it
    #[arg(long)]
    review: bool,
    /// Put small mistakes into the rules, one at a time: which would the cases notice?
    #[arg(long, conflicts_with = "filter")]
    mutate: bool,
    /// Write a case for each part of the rules that no case reaches, all but its answer
    #[arg(long, conflicts_with = "filter")]
    missing: bool,
    /// How to print what was found
    #[arg(long, value_parser = one_of(FINDINGS), default_value = "human")]
    format: Format,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    if (args.accept || args.review) && environment::under_ci() {
        return Err(Failure::new("approved answers are not changed under CI")
            .help("accept them where you have read them, and commit the files"));
    }
    if args.review && args.format != Format::Human {
        return Err(Failure::new("a review is for people, and `--format` names a format for programs")
            .help("leave `--format` out, or `--review`"));
    }
    let loaded = folder::load(rules, Part::RulesAndCases)?;
    let mut session = Session {
        args,
        rules,
        trials: Vec::new(),
        differences: Vec::new(),
        shown: String::new(),
        some_ran: false,
    };
    session.loading(&loaded);
    if !loaded.runnable() {
        return session.end(&loaded.texts);
    }
    if let Some(name) = args.treatment.as_deref() {
        pick::treatment(&loaded.book, Some(name))?;
    }
    for treatment in &loaded.book.treatments {
        if args.treatment.as_ref().is_none_or(|wanted| *wanted == treatment.id) {
            session.treatment(&loaded, treatment)?;
        }
    }
    // A case with a mistake is not run, and its mistake is shown.
    if let (Some(filter), false, true) = (&args.filter, session.some_ran, session.trials.is_empty()) {
        let message = format!("no case has `{filter}` in its name, its row or its file");
        return Err(Failure::new(message).help("leave `--filter` out to run all cases"));
    }
    session.end(&loaded.texts)
}

struct Session<'a> {
    args: &'a Args,
    rules: &'a Path,
    trials: Vec<Trial>,
    /// For each trial the difference to what was approved, for people.
    differences: Vec<String>,
    /// What people are shown after the findings.
    shown: String,
    /// Whether any case was run.
    some_ran: bool,
}

impl Session<'_> {
    /// What is wrong with the rules and cases as files.
    fn loading(&mut self, loaded: &Loaded) {
        let errors = loaded.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let findings: Vec<Diagnostic> = errors.cloned().collect();
        if !findings.is_empty() {
            let (name, group) = ("can be read".to_string(), "rules and cases".to_string());
            self.tried(Trial { name, group, at: None, findings }, String::new());
        }
    }

    fn tried(&mut self, trial: Trial, difference: String) {
        self.trials.push(trial);
        self.differences.push(difference);
    }

    fn treatment(&mut self, loaded: &Loaded, treatment: &Treatment) -> Result<(), Failure> {
        let Loaded { book, scripts, suites, texts, .. } = loaded;
        let scripts = scripts_of(book, scripts, treatment);
        let empty = Suite::default();
        let suite = suites.get(&treatment.id).unwrap_or(&empty);
        let every = self.args.filter.is_none();
        let readable = !loaded.has_errors_in(&format!("{}/cases/", treatment.id));
        let mut panel = Panel::new(book, treatment, scripts);
        if suite.cases.is_empty() && every && readable {
            self.no_cases(treatment);
            if self.args.missing {
                self.reach(loaded, treatment, suite, &[], &mut panel, readable)?;
            }
            return Ok(());
        }
        let all = verdict::run(suite, &mut panel);
        pick::in_time(scripts)?;
        let ran: Vec<&Ran<'_>> = all.iter().filter(|ran| self.wanted(ran)).collect();
        self.some_ran |= !ran.is_empty();
        if ran.is_empty() && !every {
            return Ok(());
        }
        let today = answers(&ran, book, treatment);
        // What all cases show together is not known while one of them cannot be read.
        let whole = every && readable;
        let about_rules = if whole { rules(&all, book, treatment) } else { Vec::new() };
        let approved = Approved::of(self.rules, &treatment.id)?;
        let changes = approved::compare(&approved, today.into_iter().chain(about_rules).collect(), whole)?;
        let changes = self.settle(&approved, changes, &ran, texts)?;
        let failed = self.record(&ran, &changes, &approved, treatment);
        let answers: usize = ran.iter().map(|ran| ran.answers.len()).sum();
        let verdict = match (failed, changes.len()) {
            _ if ran.is_empty() => "none could be run".to_string(),
            (0, 0) => "all as expected and approved".to_string(),
            (0, changed) => format!("all as expected, {} not approved", count(changed as i64, "answer")),
            (failed, 0) => format!("{} as expected", fails(failed)),
            (failed, changed) => {
                format!("{} as expected, {} not approved", fails(failed), count(changed as i64, "answer"))
            }
        };
        self.shown += &format!(
            "{}: {}, {}: {verdict}\n",
            treatment.id,
            count(ran.len() as i64, "case"),
            count(answers as i64, "answer")
        );
        let left_out = suite.names.len() - suite.cases.len();
        if every && (whole || left_out > 0) {
            self.reach(loaded, treatment, suite, &all, &mut panel, whole)?;
        }
        if every && !whole {
            self.shown += &report::coverage::without(left_out);
        }
        Ok(())
    }

    /// What the cases reach, and what they do not. What is missing is written only if `whole`: while a case cannot
    /// be run, nobody knows whether it reaches it.
    fn reach(
        &mut self,
        loaded: &Loaded,
        treatment: &Treatment,
        suite: &Suite,
        ran: &[Ran<'_>],
        panel: &mut Panel<'_>,
        whole: bool,
    ) -> Result<(), Failure> {
        let scripts = scripts_of(&loaded.book, &loaded.scripts, treatment);
        let version = Version { book: &loaded.book, treatment, scripts };
        let base = Base::of(suite.base.as_ref(), version, panel);
        let mut coverage = coverage(treatment, ran, panel);
        let (examples, needless) = examples::of(&coverage.gaps, &base, version);
        coverage.forget(&needless);
        // Without any case everything is missing, which was said.
        if !ran.is_empty() {
            for trial in reach::trials(&coverage, &loaded.book.clinic, &treatment.id) {
                self.tried(trial, String::new());
            }
            self.shown += &report::coverage::line(&coverage);
        }
        let mut examples = examples;
        if self.args.mutate && !ran.is_empty() {
            let judged = mutate::judge(version, ran, &base);
            pick::in_time(scripts)?;
            self.tried(mutate::trial(&judged, &loaded.book.clinic, &base, version), String::new());
            self.shown += &mutate::line(&judged);
            for example in mutate::examples(&judged, &base, version) {
                if !examples.iter().any(|other| other.asks == example.asks) {
                    examples.push(example);
                }
            }
        }
        if self.args.missing && whole {
            let new: Vec<Example> =
                examples.into_iter().filter(|example| !suite.names.contains(&example.says)).collect();
            let day = base.client().visit;
            self.shown += &match reach::write_missing(self.rules, &treatment.id, &new, day)? {
                Some(path) => {
                    let cases = count(new.len() as i64, "case");
                    format!("wrote {cases} to {path}: fill in the answers that are right\n")
                }
                None => "no case is missing that could be written\n".to_string(),
            };
        }
        Ok(())
    }

    fn no_cases(&mut self, treatment: &Treatment) {
        let finding = Diagnostic::error(Code::NoCases, format!("`{}` has no cases", treatment.id))
            .note("nothing would notice if its rules stopped working")
            .help(format!(
                "add a file such as `{}/cases/clients.yaml` (`clearance explain no-cases` shows one), or let \
                 `clearance test --missing` write the clients to start from",
                treatment.id
            ));
        let (name, group) = ("has cases".to_string(), treatment.id.clone());
        self.tried(Trial { name, group, at: None, findings: vec![finding] }, String::new());
    }

    fn wanted(&self, ran: &Ran<'_>) -> bool {
        self.args.filter.as_ref().is_none_or(|filter| {
            let filter = filter.to_lowercase();
            let holds = |text: &str| text.to_lowercase().contains(&filter);
            holds(&ran.case.file)
                || holds(&ran.case.slug)
                || ran.case.rows.iter().any(|row| holds(&ran.case.title(row)))
        })
    }

    /// Accepts what is to be accepted, and gives back what still differs. The answer of a case that fails is not
    /// accepted: either the case or the rules are wrong.
    fn settle(
        &mut self,
        approved: &Approved,
        changes: Vec<Change>,
        ran: &[&Ran<'_>],
        texts: &Texts,
    ) -> Result<Vec<Change>, Failure> {
        if !self.args.accept && !self.args.review {
            return Ok(changes);
        }
        let fails = |change: &Change| {
            ran.iter().any(|ran| !ran.failures.is_empty() && file(&ran.case.slug) == change.path())
        };
        let (mut left, open): (Vec<Change>, Vec<Change>) = changes.into_iter().partition(fails);
        if !left.is_empty() {
            let answers = count(left.len() as i64, "answer");
            self.shown += &format!("{answers} not accepted: correct the case or the rule first\n");
        }
        if self.args.review {
            left.extend(self.review(approved, open, texts)?);
            return Ok(left);
        }
        for change in &open {
            approved::accept(approved, change)?;
        }
        self.shown += &match open.len() {
            0 if left.is_empty() => "nothing to accept: every answer is as approved\n".to_string(),
            accepted => format!("{} accepted\n", count(accepted as i64, "answer")),
        };
        Ok(left)
    }

    /// Shows each change and asks what to do with it.
    fn review(
        &mut self,
        approved: &Approved,
        changes: Vec<Change>,
        texts: &Texts,
    ) -> Result<Vec<Change>, Failure> {
        let total = changes.len();
        let (mut left, mut accepted, mut rejected) = (Vec::new(), 0, 0);
        let mut stopped = false;
        for (at, change) in changes.into_iter().enumerate() {
            if stopped {
                left.push(change);
                continue;
            }
            // What to do is what is asked below it.
            let finding = Diagnostic { helps: Vec::new(), ..change.finding(approved.shown()) };
            let finding = findings::each(texts, &[finding], Colour::Styled);
            print(&format!("{finding}{}\n", difference(&change)))?;
            match answer(at + 1, total)? {
                Reply::Accept => {
                    approved::accept(approved, &change)?;
                    accepted += 1;
                }
                Reply::Reject => {
                    rejected += 1;
                    left.push(change);
                }
                Reply::Skip => left.push(change),
                Reply::Quit => {
                    stopped = true;
                    left.push(change);
                }
            }
        }
        let skipped = left.len() - rejected;
        self.shown += &format!("{accepted} accepted, {rejected} rejected, {skipped} skipped\n");
        Ok(left)
    }

    /// A trial for each case, one for each rule that speaks for others than approved. Gives the failed cases.
    fn record(
        &mut self,
        ran: &[&Ran<'_>],
        changes: &[Change],
        approved: &Approved,
        treatment: &Treatment,
    ) -> usize {
        let finding = |change: &Change| change.finding(approved.shown());
        let shown = |change: &Change| match change {
            Change::Changed { .. } if !self.args.review => difference(change),
            _ => String::new(),
        };
        let mut tried = Vec::new();
        let mut failed = 0;
        let mut used = Vec::new();
        for ran in ran {
            let path = file(&ran.case.slug);
            let mut findings = ran.failures.clone();
            failed += usize::from(!findings.is_empty());
            let mut differs = String::new();
            for change in changes.iter().filter(|change| change.path() == path) {
                used.push(path.clone());
                findings.push(finding(change));
                differs += &shown(change);
            }
            let (name, group) = (ran.case.name.clone(), ran.case.file.clone());
            tried.push((Trial { name, group, at: Some(ran.case.span), findings }, differs));
        }
        for change in changes.iter().filter(|change| !used.iter().any(|path| path == change.path())) {
            let (name, group) = (change.path().to_string(), format!("{}/cases/approved", treatment.id));
            let trial = Trial { name, group, at: None, findings: vec![finding(change)] };
            tried.push((trial, shown(change)));
        }
        for (trial, differs) in tried {
            self.tried(trial, differs);
        }
        failed
    }

    /// The findings for people, each with what differs. An answer that changed because its case fails needs no
    /// finding of its own, and those nobody has approved yet are only counted: there is nothing to compare.
    fn human(&self, texts: &Texts, colour: Colour) -> String {
        let mut shown = String::new();
        let mut new: Vec<Diagnostic> = Vec::new();
        for (trial, difference) in self.trials.iter().zip(&self.differences) {
            let fails = trial.findings.iter().any(|finding| finding.code == Code::CaseFails);
            let mut told = Vec::new();
            for finding in &trial.findings {
                match finding.code {
                    Code::AnswerNotApproved => new.push(finding.clone()),
                    Code::AnswerChanged if fails => {}
                    _ => told.push(finding.clone()),
                }
            }
            shown += &findings::each(texts, &told, colour);
            if !difference.is_empty() {
                shown += &format!("{difference}\n");
            }
        }
        shown += &findings::each(texts, &new[..new.len().min(1)], colour);
        if new.len() > 1 {
            let more = count(new.len() as i64 - 1, "answer");
            shown += &format!("... and {more} more that nobody has approved yet\n\n");
        }
        shown + self.shown.as_str()
    }

    fn end(self, texts: &Texts) -> Result<Exit, Failure> {
        let found: Vec<Diagnostic> = self.trials.iter().flat_map(|trial| trial.findings.clone()).collect();
        print(&match self.args.format {
            Format::Json => findings::trials_json(texts, &self.trials),
            Format::Sarif => sarif::sarif(texts, &found),
            Format::Github => {
                let human = anstream::adapter::strip_str(&self.human(texts, Colour::Plain)).to_string();
                github::github(texts, &found) + github::quoted(&human).as_str()
            }
            Format::Junit => junit::junit(&self.trials, texts),
            _ => self.human(texts, Colour::Styled),
        })?;
        let failed = found.iter().any(|finding| finding.severity == Severity::Error);
        Ok(if failed { Exit::Found } else { Exit::Done })
    }
}

fn fails(failed: usize) -> String {
    match failed {
        1 => "1 case does not answer".to_string(),
        many => format!("{many} cases do not answer"),
    }
}

fn file(slug: &str) -> String {
    format!("{slug}.txt")
}

/// The answers of today to the cases.
fn answers(ran: &[&Ran<'_>], book: &Book, treatment: &Treatment) -> Vec<Today> {
    let today = ran.iter().map(|ran| Today {
        path: file(&ran.case.slug),
        of: Of::Case(ran.case.name.clone()),
        at: ran.case.span,
        text: words::case(ran.case, &ran.answers, book, treatment),
    });
    today.collect()
}

/// For whom each rule speaks today, over all cases.
fn rules(ran: &[Ran<'_>], book: &Book, treatment: &Treatment) -> Vec<Today> {
    let first_day = ran.iter().flat_map(|ran| &ran.case.rows).find_map(|row| row.question.decided());
    let Some(day) = first_day.map(|visit| visit.day) else { return Vec::new() };
    let mut today: Vec<Today> = Vec::new();
    for rule in &treatment.rules {
        let mut spoken: Vec<(String, Truth)> = Vec::new();
        for ran in ran {
            for (row, answer) in ran.case.rows.iter().zip(&ran.answers) {
                let Answer::Decision(decision) = answer else { continue };
                let reason = decision.reasons.iter().find(|reason| reason.rule == rule.id);
                spoken.extend(reason.map(|reason| (ran.case.title(row), reason.holds)));
            }
        }
        let short = rule.id.rsplit('/').next().unwrap_or(&rule.id);
        let text = words::rule(rule, book, treatment, day, &spoken);
        let path = format!("rules/{}", file(short));
        // Two rules of one name are in force one after the other.
        match today.iter_mut().find(|other| other.path == path) {
            Some(other) => other.text += &format!("\n{text}"),
            None => {
                today.push(Today { path, of: Of::Rule(short.to_string()), at: rule.span, text });
            }
        }
    }
    today
}

/// The lines that differ from the approved answer.
fn difference(change: &Change) -> String {
    match change {
        Change::Changed { today, old } => differences::lines(old, &today.text),
        Change::New(today) => differences::lines("", &today.text),
        Change::Needless(_) => String::new(),
    }
}

enum Reply {
    Accept,
    Reject,
    Skip,
    Quit,
}

/// Asks until the reply is understood. When nobody answers any more, the rest stays as it is.
fn answer(at: usize, total: usize) -> Result<Reply, Failure> {
    loop {
        print(&format!("{at} of {total}: [a]ccept, [r]eject, [s]kip, [q]uit? "))?;
        let line =
            read::line().map_err(|error| Failure::new(format!("the reply cannot be read: {error}")))?;
        let Some(line) = line else {
            print("\n")?;
            return Ok(Reply::Quit);
        };
        match line.trim().to_lowercase().as_str() {
            "a" | "accept" => return Ok(Reply::Accept),
            "r" | "reject" => return Ok(Reply::Reject),
            "s" | "skip" => return Ok(Reply::Skip),
            "q" | "quit" => return Ok(Reply::Quit),
            _ => complain("please answer with a, r, s or q\n"),
        }
    }
}
