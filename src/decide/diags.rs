//! What can be wrong with a client record.

use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::span::Span;
use crate::suggest;
use crate::value::Day;

/// A finding of this floor.
pub(super) enum Finding<'a> {
    /// `pregnent: yes`
    UnknownFact { client: &'a str, span: Span, name: &'a str, known: &'a [String] },
    /// `pregnant: maybe`
    BadAnswer { client: &'a str, span: Span, message: String, help: String },
    /// An answer or event after the visit.
    FutureAnswer { client: &'a str, span: Span, message: String },
    /// An answer that tells of a day after it was given.
    AfterAnswer { client: &'a str, span: Span, fact: &'a str, answered: Day, may_end: bool },
    /// `visit: tomorrow`
    BadRecord { client: &'a str, span: Span, message: String, help: String },
    /// `skin_diseases: []`
    EmptyList { client: &'a str, span: Span, fact: &'a str },
    /// A review of a rule that is not there, or that says something else.
    ReviewNotUsable { client: &'a str, span: Span, message: String, help: String },
    /// A visit on a day the page does not count.
    NotInForce { client: &'a str, span: Span, message: String },
}

impl From<Finding<'_>> for Diagnostic {
    fn from(finding: Finding<'_>) -> Diagnostic {
        let of = |client: &str, message: &str| match client {
            "" => message.to_string(),
            client => format!("client {client}: {message}"),
        };
        match finding {
            Finding::UnknownFact { client, span, name, known } => {
                let message = of(client, &format!("there is no fact `{name}`"));
                let found = Diagnostic::error(Code::UnknownFact, message)
                    .at(span, "")
                    .note("an answer under a name no rule knows would be lost");
                match suggest::nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => found.help(format!("did you mean `{near}`?")),
                    None => found.help(format!("the facts are {}", prose::list(known, "and"))),
                }
            }
            Finding::BadAnswer { client, span, message, help } => {
                Diagnostic::error(Code::BadAnswer, of(client, &message)).at(span, "").help(help)
            }
            Finding::FutureAnswer { client, span, message } => {
                Diagnostic::error(Code::FutureAnswer, of(client, &message))
                    .at(span, "")
                    .note("what has not happened yet cannot be known at the visit")
                    .help("correct the day, or decide for a later visit")
            }
            Finding::AfterAnswer { client, span, fact, answered, may_end } => {
                let message = format!("`{fact}` lies after the day of its answer, {answered}");
                let found = Diagnostic::error(Code::FutureAnswer, of(client, &message))
                    .at(span, "")
                    .note("what had not happened yet was at most a plan, and nobody has said since that it came so")
                    .help("correct one of the two days, or ask again");
                match may_end {
                    true => {
                        found.help("where people do plan its end, write `may_be_planned: yes` in facts.yaml")
                    }
                    false => found,
                }
            }
            Finding::BadRecord { client, span, message, help } => {
                Diagnostic::error(Code::BadRecord, of(client, &message)).at(span, "").help(help)
            }
            Finding::EmptyList { client, span, fact } => {
                Diagnostic::warning(Code::EmptyList, of(client, &format!("`{fact}: []` is read as unknown")))
                    .at(span, "")
                    .note("an empty list may mean that nothing applies, or that nobody asked")
                    .help("write `none` if the client was asked and nothing applies")
            }
            Finding::ReviewNotUsable { client, span, message, help } => {
                Diagnostic::error(Code::ReviewNotUsable, of(client, &message)).at(span, "").help(help)
            }
            Finding::NotInForce { client, span, message } => {
                Diagnostic::error(Code::NotInForce, of(client, &message))
                    .at(span, "")
                    .help("ask about a day the page is in force, or use the rules of that time")
            }
        }
    }
}
