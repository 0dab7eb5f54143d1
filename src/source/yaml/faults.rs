//! What the YAML parser cannot read, said in plain words.

use std::ops::Range;

use granit_parser::{ErrorKind, ScanError};

use super::view::View;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::VALUES;
use crate::prose;

const UNCLOSED: &str = "a `[` or `{` is opened and not closed";
const STOPPED: &str = "reading stops here, so the rest of this file has not been checked";

/// The finding for the error that stopped the parser.
pub(super) fn fault(error: &ScanError, view: &View<'_>) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(0);
    let line = view.line(at);
    let text = &view.text[line.clone()];
    let before = &view.text[line.start..at.clamp(line.start, line.end)];
    if is_about_keys(error.kind())
        && let Some(found) = glued(view, &line).or_else(|| indented_unlike(view, &line, at))
    {
        return found;
    }
    if view.text[at.min(line.end)..].starts_with(':') && is_colon(error.kind(), before) {
        return colon_in_text(view, at, before);
    }
    if let Some(bang) = negation(text) {
        return lost_negation(view, line.start + bang, line.end);
    }
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return too_deep(view, at);
    }
    if let Some(tab_at) = indenting_tab(text) {
        return tab(view, line.start + tab_at..line.start + tab_at + 1).note(STOPPED);
    }
    let (code, message, help) = words(error.kind());
    let place = match code {
        Code::TextCutByComment => at.min(line.end)..line.end,
        _ => view.character(at),
    };
    let message = match error.kind() {
        ErrorKind::UnexpectedCharacter { character } => {
            format!("a text without quotes cannot start with `{}`", prose::visible(&character.to_string()))
        }
        other if message.is_empty() => format!("not YAML: {other}"),
        _ => message.to_string(),
    };
    let opened = match error.kind() {
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => open_quote(view, at),
        _ if message == UNCLOSED => open_bracket(view, at),
        _ => None,
    };
    let finding = Diagnostic::error(code, message);
    let finding = match opened {
        Some(opened) => {
            let seen = "it is still open here";
            finding.at(view.span(opened..opened + 1), "opened here").at(view.span(place), seen)
        }
        None => finding.at(view.span(place), "here"),
    };
    finding.note(STOPPED).help(help)
}

/// How far above the place where reading stopped the opening sign is looked for.
const LINES_ABOVE: usize = 40;

fn lines_above<'v>(view: &'v View<'_>, at: usize) -> impl Iterator<Item = (usize, &'v str)> {
    let mut next = Some(view.line(at));
    std::iter::from_fn(move || {
        let line = next.take()?;
        next = line.start.checked_sub(1).map(|before| view.line(before));
        Some((line.start, &view.text[line.start..line.end.min(at.max(line.start))]))
    })
    .take(LINES_ABOVE)
}

/// The nearest line whose value starts with a quote that the line does not close.
fn open_quote(view: &View<'_>, at: usize) -> Option<usize> {
    lines_above(view, at).find_map(|(start, line)| {
        let mut quotes = line.char_indices().filter(|(at, c)| {
            let before = line[..*at].trim_end();
            matches!(c, '"' | '\'') && (before.is_empty() || before.ends_with([':', '-', '[', '{', ',']))
        });
        let (at, quote) = quotes.next_back()?;
        (!line[at + 1..].contains(quote)).then_some(start + at)
    })
}

/// The nearest line with a bracket that the line does not close.
fn open_bracket(view: &View<'_>, at: usize) -> Option<usize> {
    lines_above(view, at).find_map(|(start, line)| {
        let mut open = Vec::new();
        for (at, c) in line.char_indices() {
            match c {
                '[' | '{' => open.push(at),
                ']' | '}' => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.pop().map(|at| start + at)
    })
}

fn is_colon(kind: &ErrorKind, before: &str) -> bool {
    match kind {
        ErrorKind::MappingValueNotAllowed => true,
        ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::InvalidColonPlacement => before.contains(": "),
        _ => false,
    }
}

/// The errors that a line in the wrong column, or a key without a space after its colon, ends in.
fn is_about_keys(kind: &ErrorKind) -> bool {
    use ErrorKind as E;
    matches!(
        kind,
        E::ExpectedBlockMappingKey
            | E::SimpleKeyExpected
            | E::InvalidSimpleKey
            | E::InvalidIndentation
            | E::ExpectedDocumentStart
            | E::MappingValueNotAllowed
    )
}

/// A line that says something, as far as its indentation goes.
struct Line<'v> {
    /// Where its first word starts.
    start: usize,
    /// How many spaces stand before it.
    indent: usize,
    text: &'v str,
}

impl<'v> Line<'v> {
    fn of(view: &'v View<'_>, line: Range<usize>) -> Option<Line<'v>> {
        let whole = &view.text[line.clone()];
        let text = whole.trim();
        let indent = whole.len() - whole.trim_start().len();
        let says = !text.is_empty() && !text.starts_with('#');
        says.then_some(Line { start: line.start + indent, indent, text })
    }

    /// The key the line starts with, if it is a plain name, and what follows its colon.
    fn key(&self) -> Option<(&'v str, &'v str)> {
        let (key, rest) = self.text.split_once(':')?;
        let name = key.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        name.then_some((key, rest))
    }

    /// Whether the line is a key and nothing more, such as the name of a rule.
    fn is_bare(&self) -> bool {
        self.key().is_some_and(|(_, rest)| rest.trim().is_empty())
    }

    fn first_word(&self) -> &'v str {
        let end = self.text.find([' ', ':']).unwrap_or(self.text.len());
        &self.text[..end.max(1).min(self.text.len())]
    }
}

/// The lines above that say something, nearest first.
fn said_above<'v>(view: &'v View<'_>, start: usize) -> impl Iterator<Item = Line<'v>> {
    let mut next = start.checked_sub(1);
    std::iter::from_fn(move || {
        let line = view.line(next?);
        next = line.start.checked_sub(1);
        Some(Line::of(view, line))
    })
    .flatten()
}

/// `because:Needling`: without a space the colon is a part of the text.
fn glued(view: &View<'_>, line: &Range<usize>) -> Option<Diagnostic> {
    let here = Line::of(view, line.clone()).into_iter();
    let glued = here.chain(said_above(view, line.start)).take(2).find(|line| {
        line.key().is_some_and(|(_, rest)| !rest.is_empty() && !rest.starts_with([' ', '\t', '/']))
    })?;
    let (key, rest) = glued.key()?;
    let colon = glued.start + key.len();
    let word = prose::visible(rest.split(' ').next().unwrap_or_default());
    Some(
        Diagnostic::error(Code::BadYaml, format!("no space follows the colon of `{key}`"))
            .at(view.span(colon..colon + 1), "a colon without a space is part of the text")
            .note(STOPPED)
            .help(format!("put a space after the colon: `{key}: {word}`")),
    )
}

/// Two lines of which one stands in a column where it belongs to nothing. Which of them is wrong is for
/// the reader to say, so both are shown.
fn indented_unlike(view: &View<'_>, line: &Range<usize>, at: usize) -> Option<Diagnostic> {
    let here = Line::of(view, line.clone())?;
    if view.text[at.min(line.end)..].starts_with(':') {
        // The line reads as a text that goes on from the value above it.
        let (key, _) = here.key()?;
        let above = said_above(view, line.start).find(|above| above.indent < here.indent)?;
        let (_, value) = above.key()?;
        let goes_on = at == here.start + key.len() && !value.trim().is_empty();
        return goes_on.then(|| unlike(view, &above, &here));
    }
    let mut deeper: Vec<Line<'_>> = Vec::new();
    let mut owner = None;
    let mut above = said_above(view, line.start);
    for line in above.by_ref() {
        if line.indent <= here.indent {
            owner = Some(line);
            break;
        }
        deeper.push(line);
    }
    let first = deeper.last()?.indent;
    match owner {
        Some(owner) if owner.indent == here.indent => None,
        // A rule that starts too far left: its keys stand as those of other rules do, and the next rule too.
        Some(owner) if here.is_bare() && owner.is_bare() && above.any(|line| line.indent == first) => {
            Some(unlike(view, &owner, &here))
        }
        _ => deeper.iter().find(|line| line.indent == first).map(|above| unlike(view, above, &here)),
    }
}

fn unlike(view: &View<'_>, above: &Line<'_>, below: &Line<'_>) -> Diagnostic {
    let number = |line: &Line<'_>| view.text[..line.start].matches('\n').count() + 1;
    let place = |line: &Line<'_>| view.span(line.start..line.start + line.first_word().len());
    let column = |line: &Line<'_>| format!("starts in column {}", line.indent + 1);
    let message = format!("lines {} and {} are not indented alike", number(above), number(below));
    Diagnostic::error(Code::BadYaml, message)
        .at(place(below), column(below))
        .at(place(above), column(above))
        .note(STOPPED)
        .help("start keys that belong together in the same column")
}

fn colon_in_text(view: &View<'_>, at: usize, before: &str) -> Diagnostic {
    let finding =
        Diagnostic::error(Code::ColonInText, "a colon and a space stand inside a text without quotes")
            .at(view.span(view.character(at)), "this colon would start a value")
            .note(STOPPED)
            .help("put the whole text in quotes, or write it without the colon");
    let key = before.trim();
    if before.contains(": ") {
        finding
    } else {
        finding.help(format!("if `{}` is a key, indent it like the keys beside it", prose::visible(key)))
    }
}

/// Where on the line a value starts with an exclamation mark.
fn negation(line: &str) -> Option<usize> {
    line.match_indices('!').map(|(at, _)| at).find(|at| {
        let before = line[..*at].trim_end();
        let opens = before.is_empty() || before.ends_with(['[', '{', ',', ':', '-', '!']);
        opens && !line[*at + 1..].starts_with('=') && line[at + 1..].trim() != ""
    })
}

fn lost_negation(view: &View<'_>, start: usize, end: usize) -> Diagnostic {
    let text = view.text[start..end].trim_end();
    let place = start..start + text.len();
    if is_plain_tag(text) { not_in_yaml(view, place).note(STOPPED) } else { tag(view, place).note(STOPPED) }
}

/// Whether an exclamation mark was meant as `not` rather than as a tag.
pub(super) fn is_plain_tag(text: &str) -> bool {
    !text.starts_with("!!") && !text.starts_with("!<")
}

/// A value that starts with an exclamation mark, which YAML takes away.
pub(super) fn not_in_yaml(view: &View<'_>, place: Range<usize>) -> Diagnostic {
    let text = view.text[place.clone()].trim_start_matches('!').trim();
    let name = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(text.len());
    let help = match text.split_at(name) {
        ("", _) => "write `not(...)` around what it denies, as in `not(pregnant)`".to_string(),
        (name, rest) if rest.is_empty() || rest.starts_with(' ') => {
            format!("write `not({name}){}`", prose::visible(rest))
        }
        _ => "write `not(...)` around what it denies, as in `not(pregnant)`".to_string(),
    };
    Diagnostic::error(Code::NotInYaml, "a value that starts with `!` loses its negation")
        .at(view.span(place), "YAML reads `!` as a tag and drops it")
        .note("a condition would come to mean the opposite of what is written")
        .help(help)
}

/// A tag such as `!!str`.
pub(super) fn tag(view: &View<'_>, place: Range<usize>) -> Diagnostic {
    feature(
        view,
        place,
        "a YAML tag has no place in these files",
        "leave it out; every value is read by what its key asks for",
    )
}

/// A part of YAML that these files do without.
pub(super) fn feature(view: &View<'_>, place: Range<usize>, message: &str, help: &str) -> Diagnostic {
    Diagnostic::error(Code::YamlFeature, message)
        .at(view.span(place), "")
        .note("what stands in a file is meant to be read where it stands, by people too")
        .help(help)
}

/// More than anybody would hand in as one text.
pub(super) fn too_many(view: &View<'_>, at: usize) -> Diagnostic {
    Diagnostic::error(Code::BadYaml, format!("the text holds more than {VALUES} keys and values"))
        .at(view.span(view.character(at)), "here")
        .note(STOPPED)
        .help("check that the right file was given; write many records as NDJSON or CSV")
}

/// Nesting that no rule needs.
pub(super) fn too_deep(view: &View<'_>, at: usize) -> Diagnostic {
    Diagnostic::error(Code::TooDeep, "maps and lists are nested more than 32 levels deep")
        .at(view.span(view.character(at)), "here")
        .note(STOPPED)
        .help("check the indentation and the brackets above")
}

type Words = (Code, &'static str, &'static str);

const TAB: Words = (Code::BadYaml, "a tab cannot indent a line", "indent with spaces");

/// A line of a map or list that a tab indents.
pub(super) fn tab(view: &View<'_>, place: Range<usize>) -> Diagnostic {
    Diagnostic::error(TAB.0, TAB.1)
        .at(view.span(place), "a tab stands here")
        .note("how far a tab reaches differs from editor to editor, and so would the meaning")
        .help(TAB.2)
}

/// The first tab before the first word of a line.
fn indenting_tab(line: &str) -> Option<usize> {
    let content = line.trim_start();
    line[..line.len() - content.len()].find('\t')
}

fn words(kind: &ErrorKind) -> Words {
    use ErrorKind as E;
    let bad = |message, help| (Code::BadYaml, message, help);
    let quotes = "put the text in quotes";
    match kind {
        E::CommentInterceptedScalar => {
            (Code::TextCutByComment, "a number sign after a space cuts a text that goes on below", quotes)
        }
        E::DirectiveDisallowed => {
            (Code::YamlFeature, "a YAML directive has no place in these files", "leave the line out")
        }
        E::UndeclaredTagHandle | E::MissingTagUri | E::UnclosedVerbatimTag | E::InvalidTagTerminator => (
            Code::YamlFeature,
            "a YAML tag has no place in these files",
            "leave it out, or put the text in quotes",
        ),
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => TAB,
        E::UnclosedQuotedScalar | E::InvalidQuotedScalarIndent | E::DocumentIndicatorInQuotedScalar => bad(
            "a quote is opened and not closed, or the text in it goes on without indentation",
            "close the quote, and indent every further line of the text",
        ),
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => bad(
            "something follows the closing quote",
            "put the whole text in quotes; in single quotes, write a single quote twice",
        ),
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => bad(
            "a backslash in double quotes is followed by something unknown",
            "write the backslash twice, or use single quotes",
        ),
        E::UnclosedFlowCollection { .. }
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofImplicitFlowMapping
        | E::InvalidFlowScalarIndent
        | E::InvalidColonPlacement => bad(UNCLOSED, "close it, or write one entry per line without brackets"),
        E::MisplacedFlowCollectionEnd | E::MismatchedFlowCollectionEnd { .. } => {
            bad("a closing bracket has no opening one that fits", "take it away, or put the text in quotes")
        }
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => bad(
            "a comma or a closing bracket is missing before this",
            "separate entries by commas and close every bracket",
        ),
        E::ExpectedBlockMappingKey | E::SimpleKeyExpected | E::InvalidSimpleKey => {
            bad("a key with a colon is expected here", "write `key: value`, indented like the keys beside it")
        }
        E::ExpectedBlockSequenceEntry => {
            bad("a list item is expected here", "start it with `- `, indented like the items above")
        }
        E::BlockSequenceEntryNotAllowed | E::BlockEntryInFlowCollection | E::InvalidBlockEntryWhitespace => {
            bad("a list item cannot start here", "start the list on its own line, below its key")
        }
        E::MappingKeyNotAllowed | E::MappingValueNotAllowed => {
            bad("a key cannot start here", "start it on its own line, or put the text in quotes")
        }
        E::InvalidIndentation | E::InvalidBlockScalarIndent | E::ExpectedDocumentStart => {
            bad("the indentation does not fit the lines above", "indent the line like those it belongs to")
        }
        E::CommentNotSeparated => bad(
            "a comment needs a space before its number sign",
            "put spaces before it, or put the text in quotes",
        ),
        E::InvalidBlockScalarHeader | E::ZeroBlockScalarIndent => bad(
            "a text without quotes cannot start with `|` or `>`",
            "start the text on the next line, or put it in quotes",
        ),
        E::MissingAnchorOrAliasName => bad("a text without quotes cannot start with `&` or `*`", quotes),
        _ => bad("", quotes),
    }
}
