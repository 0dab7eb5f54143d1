//! What can be wrong with a case.

use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::span::Span;

/// A finding about a case as written.
pub(super) enum Finding<'a> {
    /// `like: healthy frist visit`
    NoClient { span: Span, name: &'a str, near: Option<&'a str> },
    /// Two clients that are like each other.
    ClientLikeItself { span: Span, name: &'a str },
    /// Two clients of one name.
    TwoClients { span: Span, first: Span, name: &'a str },
    /// `skin_diseases.eczema: yes` where the base says `some`.
    NoOptionToReplace { span: Span, fact: &'a str },
    /// A client without a day.
    NoVisit { span: Span },
    /// `visit: soon`
    NoDay { span: Span, text: &'a str },
    /// `at: noon`
    NoTime { span: Span, text: &'a str, why: String, help: String },
    /// `sessions: some`
    NoNumber { span: Span, text: &'a str },
    /// A case that lacks what its question needs, or has what it does not need.
    BadCase { span: Span, message: String, help: String },
    /// `expect: defered`
    BadExpectation { span: Span, text: &'a str, help: String },
    /// `reasons: [radiatoin]`
    NoSuch { span: Span, what: &'a str, name: &'a str, near: Option<&'a str> },
    /// Two cases of one name.
    TwoCases { span: Span, first: Span, name: &'a str },
    /// A file of cases for no treatment.
    NoTreatment { span: Span, path: &'a str, treatment: &'a str },
}

impl From<Finding<'_>> for Diagnostic {
    fn from(finding: Finding<'_>) -> Diagnostic {
        match finding {
            Finding::NoClient { span, name, near } => {
                let found = Diagnostic::error(Code::UnknownReference, format!("there is no client `{name}`"))
                    .at(span, "");
                match near {
                    Some(near) => found.help(format!("did you mean `{near}`?")),
                    None => found.help("name a client that stands under `clients:` in a file of cases"),
                }
            }
            Finding::ClientLikeItself { span, name } => {
                Diagnostic::error(Code::BadCase, format!("the client `{name}` is like itself, by a long way"))
                    .at(span, "")
                    .note("the answers would never begin")
                    .help("write the answers of one of these clients out under `facts:`")
            }
            Finding::TwoClients { span, first, name } => {
                Diagnostic::error(Code::DuplicateKey, format!("two clients are called `{name}`"))
                    .at(span, "again here")
                    .at(first, "first here")
                    .help("give one of them another name")
            }
            Finding::NoOptionToReplace { span, fact } => {
                let message = format!("one option of `{fact}` cannot be replaced in this client's answer");
                Diagnostic::error(Code::BadCase, message)
                    .at(span, "")
                    .note("the other client's answer does not name its options one by one")
                    .help(format!("write the whole answer behind `{fact}:`"))
            }
            Finding::NoVisit { span } => {
                Diagnostic::error(Code::MissingKey, "nobody says on which day this client comes")
                    .at(span, "`visit` is missing here")
                    .note("a case gives the same answer on every day it is run")
                    .help("add `visit:` to the case or to the client it is like")
            }
            Finding::NoDay { span, text } => {
                Diagnostic::error(Code::BadValue, format!("`{text}` is no day of the calendar"))
                    .at(span, "")
                    .help("write year-month-day, such as 2026-03-02")
            }
            Finding::NoTime { span, text, why, help } => {
                Diagnostic::error(Code::BadValue, format!("`{text}` {why}")).at(span, "").help(help)
            }
            Finding::NoNumber { span, text } => {
                Diagnostic::error(Code::BadValue, format!("`{text}` is no number of sessions"))
                    .at(span, "")
                    .help("write a whole number from 1 to 100")
            }
            Finding::BadCase { span, message, help } => {
                Diagnostic::error(Code::BadCase, message).at(span, "").help(help)
            }
            Finding::BadExpectation { span, text, help } => {
                Diagnostic::error(Code::BadCase, format!("`{text}` is no answer this case can expect"))
                    .at(span, "")
                    .note("an expectation that is not understood would guard nothing")
                    .help(help)
            }
            Finding::NoSuch { span, what, name, near } => {
                let found = Diagnostic::error(Code::UnknownReference, format!("there is no {what} `{name}`"))
                    .at(span, "")
                    .note("what names something that does not exist guards nothing");
                match near {
                    Some(near) => found.help(format!("did you mean `{near}`?")),
                    None => found.help(format!("name a {what} that exists")),
                }
            }
            Finding::TwoCases { span, first, name } => {
                Diagnostic::error(Code::BadCase, format!("two cases are called `{}`", prose::visible(name)))
                    .at(span, "again here")
                    .at(first, "first here")
                    .note("the approved answer is kept under the name, in small letters and with dashes")
                    .help("say in the name what is special about this case")
            }
            Finding::NoTreatment { span, path, treatment } => {
                Diagnostic::error(Code::UnusedFile, format!("`{path}` belongs to no treatment"))
                    .at(span, "")
                    .note("cases in it would never run")
                    .help(format!(
                        "add a page `{treatment}.yaml`, or put the file beside the page it is about"
                    ))
            }
        }
    }
}
