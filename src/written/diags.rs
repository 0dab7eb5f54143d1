//! What can be wrong with the shape of a file.

use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::span::Span;
use crate::suggest;

/// A finding of this floor.
pub(super) enum Finding<'a> {
    /// `when: [a]` where a text belongs.
    WrongShape { span: Span, what: &'a str, wanted: &'a str, found: &'a str },
    /// `withdrawn: yes` where a map belongs.
    NotAMap { span: Span, owner: &'a str, found: &'a str },
    /// `becuase: ...` in a rule.
    UnknownKey { span: Span, key: &'a str, owner: &'a str, known: &'a [&'static str] },
    /// A rule without `because`.
    MissingKey { span: Span, owner: &'a str, key: &'a str, why: &'a str },
    /// `because:` with nothing behind it.
    EmptyValue { span: Span, key: &'a str },
    /// `because: see note #2`.
    TextCutByComment { span: Span, comment: Span },
    /// Two keys of which only one may be there, or a text that is not one of a few words.
    BadValue { span: Span, message: String, help: String },
    /// A rule called `because`.
    RuleNamedLikeKey { span: Span, name: &'a str },
    /// No page in the folder, or no `facts.yaml`.
    NoTreatment { message: String, help: String },
    /// A file in a folder below the rules that no page cites.
    UnusedFile { span: Span, path: &'a str },
    /// A cited file that is not in the folder.
    NoSuchFile { span: Span, path: &'a str, near: Option<&'a str> },
}

/// The keys that matter most in a map, by the first words of what it belongs to.
fn keys_of(owner: &str) -> Option<&'static [&'static str]> {
    const KEYS: [(&str, &[&str]); 11] = [
        ("rule `", &["`when` or `until`", "`because`", "`source`", "`basis`"]),
        ("`withdrawn`", &["`since`", "`because`", "`by`", "`incident`"]),
        ("`in_force`", &["`from`", "`last_day`"]),
        ("`review`", &["`by`", "`consider`"]),
        ("parameter `", &["`meaning`", "`between`", "`owner`", "`review_by`", "`values`"]),
        ("the value of ", &["`value`", "`source`", "`basis`"]),
        ("function `", &["`takes`", "`gives`", "`file`"]),
        ("guarantee `", &["`when` or `unanswered`", "`never`", "`hazard`"]),
        ("open query `", &["`line`", "`asks`", "`answer`", "`by`", "`on`"]),
        ("a client record", &["`client`", "`visit`", "`facts`"]),
        ("a review", &["`rule`", "`says`", "`by`", "`on`", "`good_for`", "`meaning`"]),
    ];
    KEYS.iter().find(|(start, _)| owner.starts_with(start)).map(|(_, keys)| *keys)
}

impl From<Finding<'_>> for Diagnostic {
    fn from(finding: Finding<'_>) -> Diagnostic {
        match finding {
            Finding::WrongShape { span, what, wanted, found } => {
                Diagnostic::error(Code::WrongShape, format!("`{what}` must be {wanted}, not {found}"))
                    .at(span, format!("this is {found}"))
                    .note("what is meant is not guessed: it would be a rule nobody wrote")
                    .help(match wanted {
                        "a map" => "write one `key: value` on each line, indented under it".to_string(),
                        "a list" => {
                            "write each item on its own line after `- `, or all of them in `[ ]`".to_string()
                        }
                        _ => format!("write {wanted} behind `{what}:`"),
                    })
            }
            Finding::NotAMap { span, owner, found } => {
                let keys = keys_of(owner).map(|keys| format!(": {}", prose::list(keys, "and")));
                Diagnostic::error(Code::WrongShape, format!("{owner} must be a map, not {found}"))
                    .at(span, format!("this is {found}"))
                    .note("what is meant is not guessed: it would be a rule nobody wrote")
                    .help(format!(
                        "write one `key: value` on each line, indented under it{}",
                        keys.unwrap_or_default()
                    ))
            }
            Finding::UnknownKey { span, key, owner, known } => {
                let found = Diagnostic::error(Code::UnknownKey, format!("{owner} has no key `{key}`"))
                    .at(span, "not known here")
                    .note("what is passed over may be what stops a client, so nothing is");
                match suggest::nearest(key, known.iter().copied()) {
                    Some(near) => found.help(format!("did you mean `{near}`?")),
                    None => found.help(format!("the keys are {}", prose::list(known, "and"))),
                }
            }
            Finding::MissingKey { span, owner, key, why } => {
                Diagnostic::error(Code::MissingKey, format!("{owner} has no `{key}`"))
                    .at(span, format!("`{key}` is missing here"))
                    .note(why)
                    .help(format!("add `{key}:`"))
            }
            Finding::EmptyValue { span, key } => {
                Diagnostic::error(Code::EmptyValue, format!("`{key}` has nothing behind it"))
                    .at(span, "empty")
                    .note("nobody can tell whether it was forgotten")
                    .help(format!("write the value, or remove `{key}`"))
            }
            Finding::TextCutByComment { span, comment } => {
                Diagnostic::error(Code::TextCutByComment, "a number sign after a space cuts this text short")
                    .at(comment, "read as a comment")
                    .at(span, "all that is left of the text")
                    .note("the words after ` #` would never be read or printed")
                    .help("put the whole text in double quotes; a true comment stands two spaces away")
            }
            Finding::BadValue { span, message, help } => Diagnostic::error(Code::BadValue, message)
                .at(span, "")
                .note("what is meant is not guessed: it would be a rule nobody wrote")
                .help(help),
            Finding::RuleNamedLikeKey { span, name } => Diagnostic::error(
                Code::RuleNamedLikeKey,
                format!("a rule is named `{name}`, like a key of a rule"),
            )
            .at(span, "read as the name of a rule")
            .note("most often the line is indented too little, so that it left its rule")
            .help(format!("indent `{name}:` under its rule, or give the rule another name")),
            Finding::NoTreatment { message, help } => Diagnostic::error(Code::NoTreatment, message)
                .note("without it nothing can be decided")
                .help(help),
            Finding::UnusedFile { span, path } => Diagnostic::warning(
                Code::UnusedFile,
                format!("no page cites `{path}`"),
            )
            .at(span, "")
            .note("nothing in this file counts: pages lie at the top of the rules folder")
            .help("cite it from a page under `sources:`, move it to the top if it is a page, or remove it"),
            Finding::NoSuchFile { span, path, near } => {
                let found = Diagnostic::error(
                    Code::UnknownReference,
                    format!("there is no file `{path}` in the rules"),
                )
                .at(span, "not found")
                .note("the statements in it could not be cited");
                match near {
                    Some(near) => found.help(format!("did you mean `{near}`?")),
                    None => found.help("paths are relative to the rules folder"),
                }
            }
        }
    }
}
