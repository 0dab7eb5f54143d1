//! From the `.rhai` files of a treatment and what its page declares to scripts that can be called.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rhai::{Engine, ParseErrorType};

use super::builtins::BUILT_IN;
use super::diags::Finding;
use super::engine;
use super::faults::{lower, shortened};
use super::outline::Source;
use super::values::Take;
use super::{Entry, File, Gives, Scripts, check};
use crate::book::fact::{FactKind, Facts};
use crate::book::{Quantity, Treatment};
use crate::diagnostic::Diagnostic;
use crate::limits::SCRIPT;
use crate::prose;
use crate::span::{Span, Texts};
use crate::suggest;

/// What a page declares about one function.
struct Declared<'a> {
    name: &'a str,
    takes: &'a [String],
    file: Option<&'a str>,
    span: Span,
    gives: Gives,
}

/// Compiles the scripts of `treatment` and tries each declared function on the ends of what it can be given.
pub fn compile(texts: &Texts, treatment: &Treatment, facts: &Facts, out: &mut Vec<Diagnostic>) -> Scripts {
    let engine = engine::sandbox();
    let mut files = Vec::new();
    let before = out.len();
    for script in &treatment.scripts {
        files.extend(file(engine, Source::new(&script.path, script.text, texts), out));
    }
    let all_compiled = out.len() == before;
    let mut linker = Linker { texts, treatment, facts, files: &files, all_compiled, out };
    let functions: Vec<Entry> = treatment
        .functions
        .iter()
        .map(|function| {
            linker.entry(&Declared {
                name: &function.id,
                takes: &function.takes,
                file: function.file.as_deref(),
                span: function.span,
                gives: if function.gives == "yes/no" { Gives::YesNo } else { Gives::Number },
            })
        })
        .collect();
    let price = treatment.pricing.as_ref().and_then(|pricing| pricing.script.as_ref()).map(|script| {
        linker.entry(&Declared {
            name: &script.function,
            takes: &script.takes,
            file: Some(&script.file),
            span: script.span,
            gives: Gives::Lines,
        })
    });
    let (known, stopped) = (Mutex::new(BTreeMap::new()), Mutex::new(None));
    let scripts = Scripts { engine, files, functions, price, known, stopped };
    check::smoke(&scripts, treatment, facts, out);
    scripts
}

fn file(engine: &Engine, source: Source, out: &mut Vec<Diagnostic>) -> Option<File> {
    let mut bad = |span: Span, message: String, note: &str, help: &str| {
        out.push(Finding::BadScript { span, message, note, help }.into());
    };
    if source.code().len() > SCRIPT {
        let message = "the script is larger than 64 KiB".to_string();
        let note = "a script works out a value; one so large cannot be reviewed";
        bad(source.span(0..0), message, note, "keep what the page needs, and remove the rest");
        return None;
    }
    let ast = match engine::compile(engine, source.code()) {
        Ok(ast) => ast,
        Err(error) => {
            let (message, help) = match &error {
                Some(error) => refused(error.err_type()),
                None => ("it cannot be read at all".to_string(), "simplify it"),
            };
            let place = error.and_then(|error| source.at(error.position()));
            let note = "nothing of the file is used until it can be read";
            bad(place.unwrap_or(source.span(0..0)), shortened(&message), note, help);
            return None;
        }
    };
    let mut sound = true;
    if engine::runs_at_once(engine, &ast) {
        let message = "a script holds functions and nothing outside of them".to_string();
        let note = "what stands outside would never be run";
        bad(source.outside(), message, note, "put it into a function that the page declares");
        sound = false;
    }
    let mut names: Vec<&str> = ast.iter_functions().map(|function| function.name).collect();
    names.sort_unstable();
    for name in names.iter().filter(|name| BUILT_IN.contains(name)) {
        let message = format!("a function cannot be called `{name}`: one of that name is built in");
        let note = "it would change what `name(...)` and some operators mean in the whole script";
        bad(source.declaration(name), message, note, "choose another name");
        sound = false;
    }
    for pair in names.windows(2).filter(|pair| pair[0] == pair[1]) {
        let message = format!("two functions are called `{}`", pair[0]);
        let note = "which of them is meant could not be told from the page";
        bad(source.declaration(pair[0]), message, note, "give each function its own name");
        sound = false;
    }
    sound.then_some(File { source, ast })
}

/// Why the compiler refuses a script, and what to do.
fn refused(error: &ParseErrorType) -> (String, &'static str) {
    let see = "`clearance explain bad-script` shows what a script may hold";
    match error {
        ParseErrorType::Reserved(word) => (format!("`{word}` is not part of scripts here"), see),
        ParseErrorType::ExprTooDeep => {
            ("the expression is nested too deep".to_string(), "split it into several steps")
        }
        ParseErrorType::TooManyFunctions => ("it has too many functions".to_string(), "remove some"),
        ParseErrorType::VariableUndefined(name) => (
            format!("there is no variable `{name}`"),
            "a function sees only what it is given and declares itself",
        ),
        ParseErrorType::VariableExists(name) => {
            (format!("there is already a variable `{name}`"), "choose another name")
        }
        ParseErrorType::FnDuplicatedDefinition(name, _) => {
            (format!("two functions are called `{name}`"), "give each function its own name")
        }
        ParseErrorType::UnexpectedEOF => {
            ("the script ends in the middle".to_string(), "close every bracket, brace and text")
        }
        other => {
            let said = lower(&other.to_string());
            let quoted = said.split('\'').nth(1).unwrap_or_default().to_string();
            if said.ends_with("is disabled") || said.starts_with("unknown operator") {
                (format!("`{quoted}` is not part of scripts here"), see)
            } else if said == "unexpected '|'" {
                ("`|` stands here, and a script has no closures".to_string(), "write a `for` loop")
            } else {
                (format!("this cannot be read: {said}"), see)
            }
        }
    }
}

/// Joins what a page declares with what its scripts hold.
struct Linker<'l> {
    texts: &'l Texts,
    treatment: &'l Treatment,
    facts: &'l Facts,
    files: &'l [File],
    /// Without that, a function may stand in a file that cannot be read.
    all_compiled: bool,
    out: &'l mut Vec<Diagnostic>,
}

impl Linker<'_> {
    fn entry(&mut self, declared: &Declared<'_>) -> Entry {
        let takes: Vec<Option<Take>> = declared.takes.iter().map(|name| self.take(name, declared)).collect();
        let found = self.find(declared).filter(|_| takes.iter().all(Option::is_some));
        Entry {
            name: declared.name.to_string(),
            takes: takes.into_iter().flatten().collect(),
            gives: declared.gives,
            found,
            declared: declared.span,
            declared_at: self.texts.reference(declared.span),
        }
    }

    fn wrong(&mut self, span: Span, message: String, declared: Option<Span>, help: String) {
        self.out.push(Finding::Signature { span, message, declared, help }.into());
    }

    fn take(&mut self, name: &str, declared: &Declared<'_>) -> Option<Take> {
        if declared.gives == Gives::Lines && name == "price" {
            return Some(Take::Price);
        }
        if declared.gives == Gives::Lines && name == "sessions" {
            return Some(Take::Sessions);
        }
        let what = if let Some(id) = self.facts.named(name) {
            let kind = self.facts.get(id).kind;
            match kind {
                FactKind::YesNo | FactKind::Choice | FactKind::Set | FactKind::Number { .. } => {
                    return Some(Take::Fact(id, kind));
                }
                _ => format!("`{name}` is a {}", kind.word()),
            }
        } else if let Some(parameter) = self.treatment.parameters.iter().find(|p| p.id == name) {
            let numbers =
                parameter.values.all().iter().all(|(_, value)| matches!(value.value, Quantity::Number(_)));
            match numbers {
                true => return Some(Take::Parameter(name.to_string())),
                false => format!("`{name}` is no number"),
            }
        } else if name == "visit" {
            "`visit` is a day".to_string()
        } else {
            format!("`{name}` is neither a fact nor a parameter")
        };
        let message = format!("`{}` cannot be given `{name}`: {what}", declared.name);
        let help =
            "hand over numbers, yes/no, choices, sets and number parameters; compare days in a condition"
                .to_string();
        self.wrong(declared.span, message, None, help);
        None
    }

    /// The file with the function, and the place of its name there.
    fn find(&mut self, declared: &Declared<'_>) -> Option<(usize, Span)> {
        let Declared { name, span, .. } = *declared;
        if let Some(path) = declared.file
            && !self.treatment.scripts.iter().any(|script| script.path == path)
        {
            let known: Vec<&str> = self.treatment.scripts.iter().map(|s| s.path.as_str()).collect();
            let help = match suggest::nearest(path, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("put the file into `{}/`", self.treatment.id),
            };
            self.wrong(span, format!("there is no script `{}`", prose::visible(path)), None, help);
            return None;
        }
        let files = self.files.iter().enumerate();
        let files = files.filter(|(_, file)| declared.file.is_none_or(|path| path == file.source.path));
        let holders: Vec<usize> = files
            .filter(|(_, file)| file.ast.iter_functions().any(|function| function.name == name))
            .map(|(at, _)| at)
            .collect();
        match holders[..] {
            [at] => self.parameters(declared, at),
            [] if !self.all_compiled => None,
            [] => {
                let all = self.files.iter().flat_map(|file| file.ast.iter_functions());
                let known: Vec<&str> = all.map(|function| function.name).collect();
                let help = match suggest::nearest(name, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write `fn {name}({}) {{ ... }}`", declared.takes.join(", ")),
                };
                let place = declared.file.unwrap_or("the scripts of the treatment");
                self.wrong(span, format!("there is no function `{name}` in {place}"), None, help);
                None
            }
            _ => {
                let help = "name the right one with `file:`, or rename the function".to_string();
                self.wrong(span, format!("several scripts have a function `{name}`"), None, help);
                None
            }
        }
    }

    fn parameters(&mut self, declared: &Declared<'_>, at: usize) -> Option<(usize, Span)> {
        let Declared { name, takes, .. } = *declared;
        let File { source, ast } = &self.files[at];
        let place = source.declaration(name);
        let function = ast.iter_functions().find(|function| function.name == name)?;
        if function.params == *takes {
            return Some((at, place));
        }
        let has = |names: &[&str]| match names {
            [] => "nothing".to_string(),
            names => prose::list(names, "and"),
        };
        let takes: Vec<&str> = takes.iter().map(String::as_str).collect();
        let message =
            format!("`{name}` takes {} here, and {} on the page", has(&function.params), has(&takes));
        let help = format!("write `fn {name}({})`, or change `takes`", takes.join(", "));
        self.wrong(place, message, Some(declared.span), help);
        None
    }
}
