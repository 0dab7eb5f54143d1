//! What can be wrong with scripts.

use super::{Bound, ScriptFault};
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Span;

/// A finding of this floor.
pub(super) enum Finding<'a> {
    /// A file that is no script, or has in it what no script may have.
    BadScript { span: Span, message: String, note: &'a str, help: &'a str },
    /// A function that is not as the page declares it.
    Signature { span: Span, message: String, declared: Option<Span>, help: String },
    /// A function that fails for values the page allows.
    Failed { fault: &'a ScriptFault, given: String, always: bool },
}

impl From<Finding<'_>> for Diagnostic {
    fn from(finding: Finding<'_>) -> Diagnostic {
        match finding {
            Finding::BadScript { span, message, note, help } => {
                Diagnostic::error(Code::BadScript, message).at(span, "").note(note).help(help)
            }
            Finding::Signature { span, message, declared, help } => {
                let found = Diagnostic::error(Code::ScriptSignature, message).at(span, "");
                let found = match declared {
                    Some(declared) => found.at(declared, "declared here"),
                    None => found,
                };
                found.note("a page and its script must agree on what is handed over").help(help)
            }
            Finding::Failed { fault, given, always } => {
                let found = Diagnostic::from(fault.clone());
                match always {
                    true => found.note(format!("it fails for whatever it is given, such as {given}")),
                    false => Diagnostic { severity: crate::diagnostic::Severity::Warning, ..found }
                        .note(format!("it is so for {given}")),
                }
            }
        }
    }
}

impl From<ScriptFault> for Diagnostic {
    fn from(fault: ScriptFault) -> Diagnostic {
        let message = format!("the script `{}` fails: {}", fault.function, fault.message);
        let help = match fault.bound {
            Some(Bound::Operations | Bound::Clock) => "let every loop come to an end, after few rounds",
            Some(Bound::Calls) => "use a loop where a function calls itself",
            Some(Bound::Sizes | Bound::Variables) => "keep less: a script works out one value",
            None => "make it give a value for everything it can be given",
        };
        Diagnostic::error(Code::ScriptFailed, message)
            .at(fault.span, "")
            .note("where a script fails, a clinician decides and no price is given")
            .help(help)
    }
}
