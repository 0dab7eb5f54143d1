//! Client records as written: which facts are answered and by whom, the answers themselves still text.

use std::borrow::Cow;

use super::diags::Finding;
use super::fields::{Fields, Words, empty, shown};
use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::source::csv::{Cell, Row};
use crate::source::{Kind, Node, Pair, Shape, Style, Value};
use crate::span::Span;
use crate::suggest;

/// Words of a record, as far as possible borrowed from its text.
pub type Word<'t> = Words<Cow<'t, str>>;

/// One client's record.
#[derive(Debug, Clone)]
pub struct Record<'t> {
    /// The start of the record.
    pub span: Span,
    /// Who it is about.
    pub client: Option<Word<'t>>,
    /// The day asked about.
    pub visit: Option<Word<'t>>,
    /// When answers without a date of their own were given.
    pub answered_on: Option<Word<'t>>,
    /// The answers, each behind its fact, perhaps with an option: `acne_medications.isotretinoin`.
    pub facts: Vec<Pair<'t>>,
    /// What clinicians decided about this client.
    pub reviews: Vec<Review>,
    /// Cells that hold the day of an answer: CSV's `fact.on`.
    pub dated: Vec<(Cow<'t, str>, Word<'t>)>,
}

/// `{rule: ..., says: go ahead, by: ..., on: ..., good_for: ..., meaning: ..., saw: ...}`
#[derive(Debug, Clone)]
pub struct Review {
    /// Where it stands.
    pub span: Span,
    /// The rule reviewed.
    pub rule: Option<Words>,
    /// The verdict.
    pub says: Option<Words>,
    /// Who decided.
    pub by: Option<Words>,
    /// When.
    pub on: Option<Words>,
    /// How long it counts.
    pub good_for: Option<Words>,
    /// The meaning of the rule at the time.
    pub meaning: Option<Words>,
    /// Names the answers that it counts for.
    pub saw: Option<Words>,
}

impl<'t> Record<'t> {
    /// A record in which nothing stands yet.
    pub fn empty(span: Span) -> Record<'t> {
        let (facts, reviews, dated) = (Vec::new(), Vec::new(), Vec::new());
        Record { span, client: None, visit: None, answered_on: None, facts, reviews, dated }
    }

    /// Takes what stands in it, so that nothing does any more.
    pub fn take(&mut self) -> Record<'t> {
        let empty = Record::empty(self.span);
        std::mem::replace(self, empty)
    }

    /// Makes room for a record that begins at a place.
    fn clear(&mut self, span: Span) {
        self.facts.clear();
        self.reviews.clear();
        self.dated.clear();
        (self.span, self.client, self.visit, self.answered_on) = (span, None, None, None);
    }

    /// The same with texts of its own.
    pub fn into_owned(self) -> Record<'static> {
        let own = |text: Cow<'t, str>| Cow::Owned(text.into_owned());
        let word = |words: Word<'t>| Words { text: own(words.text), span: words.span };
        Record {
            span: self.span,
            client: self.client.map(word),
            visit: self.visit.map(word),
            answered_on: self.answered_on.map(word),
            facts: self.facts.into_iter().map(Pair::into_owned).collect(),
            reviews: self.reviews,
            dated: self.dated.into_iter().map(|(fact, day)| (own(fact), word(day))).collect(),
        }
    }
}

/// The records in a YAML or JSON value: one map, or a list of them.
pub fn records(value: Value<'_>) -> Vec<Value<'_>> {
    match value.shape {
        Shape::List(items) => items,
        Shape::Nothing | Shape::Word(_) | Shape::Map(_) => vec![value],
    }
}

/// The keys of a record.
const KEYS: [&str; 5] = ["answered_on", "client", "facts", "reviews", "visit"];

/// Reads one record.
pub fn from_value<'t>(value: Value<'t>, out: &mut Vec<Diagnostic>) -> Option<Record<'t>> {
    let (span, owner) = (value.span, "a client record");
    let pairs = match value.shape {
        Shape::Map(pairs) => pairs,
        Shape::Nothing | Shape::Word(_) | Shape::List(_) => {
            out.push(Finding::NotAMap { span, owner, found: value.called() }.into());
            return None;
        }
    };
    let mut record = Record::empty(Span { end: span.start, ..span });
    for pair in pairs {
        match &*pair.key {
            "client" => record.client = word(pair, out),
            "visit" => record.visit = word(pair, out),
            "answered_on" => record.answered_on = word(pair, out),
            "facts" => match pair.value.shape {
                Shape::Map(facts) => record.facts = facts,
                Shape::Nothing => {}
                Shape::Word(_) | Shape::List(_) => out.push(wrong_shape(&pair, "a map")),
            },
            "reviews" => match &pair.value.shape {
                Shape::List(items) => {
                    record.reviews = items.iter().filter_map(|item| review(&item.node(), out)).collect();
                }
                Shape::Nothing => {}
                Shape::Word(_) | Shape::Map(_) => out.push(wrong_shape(&pair, "a list")),
            },
            key => {
                out.push(Finding::UnknownKey { span: pair.key_span, key, owner, known: &KEYS }.into());
            }
        }
    }
    Some(record)
}

fn wrong_shape(pair: &Pair<'_>, wanted: &str) -> Diagnostic {
    let (span, found) = (pair.value.span, pair.value.called());
    Finding::WrongShape { span, what: &pair.key, wanted, found }.into()
}

/// The words behind a key, if there are any.
fn word<'t>(pair: Pair<'t>, out: &mut Vec<Diagnostic>) -> Option<Word<'t>> {
    let Pair { key, key_span, value: Value { span, .. } } = pair;
    match pair.value.shape {
        Shape::Nothing => None,
        Shape::Word(text) => {
            let text = single_spaced(text);
            if text.is_empty() {
                empty(span, &key, key_span, out);
                return None;
            }
            Some(Words { text, span })
        }
        Shape::List(_) | Shape::Map(_) => {
            let (span, found) = (shown(span, key_span), pair.value.called());
            out.push(Finding::WrongShape { span, what: &key, wanted: "a text", found }.into());
            None
        }
    }
}

/// The text without spaces at its ends and with single spaces inside.
fn single_spaced(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return text;
    }
    let single = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if single == text { text } else { Cow::Owned(single) }
}

/// Reads one record that was written in YAML.
pub fn from_node<'n>(node: &'n Node, out: &mut Vec<Diagnostic>) -> Option<Record<'n>> {
    let mut record = from_value(Value::of(node), out)?;
    for (key, words) in [
        ("client", &mut record.client),
        ("visit", &mut record.visit),
        ("answered_on", &mut record.answered_on),
    ] {
        if node.get(key).is_some_and(|value| cut_by_comment(value, out)) {
            *words = None;
        }
    }
    let reviews = node.get("reviews").map(|reviews| &reviews.kind);
    if let Some(Kind::List(items)) = reviews {
        for value in items.iter().flat_map(|item| REVIEW.iter().filter_map(|key| item.get(key))) {
            cut_by_comment(value, out);
        }
    }
    Some(record)
}

/// Reports a text that goes on in what YAML takes for a comment.
fn cut_by_comment(node: &Node, out: &mut Vec<Diagnostic>) -> bool {
    let scalar = node.scalar().filter(|scalar| scalar.style == Style::Plain);
    let Some(comment) = scalar.and_then(|scalar| scalar.comment) else { return false };
    out.push(Finding::TextCutByComment { span: node.span, comment }.into());
    true
}

/// The keys of a review.
const REVIEW: [&str; 7] = ["rule", "says", "by", "on", "good_for", "meaning", "saw"];

pub(super) fn review(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Review> {
    let mut fields = Fields::of(node, node.span, "a review", out)?;
    let review = Review {
        span: node.span,
        rule: fields.required("rule", "a review is of one rule", out),
        says: fields.required("says", "it is what the clinician decided", out),
        by: fields.required("by", "a review is a person's", out),
        on: fields.required("on", "a review counts for a time", out),
        good_for: fields.required("good_for", "a review counts for a time", out),
        meaning: fields.words("meaning", out),
        saw: fields.words("saw", out),
    };
    fields.finish(out);
    Some(review)
}

/// What the cells of a column hold.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    name: String,
    /// Where the name stands.
    span: Span,
    holds: Holds,
    /// The place of an earlier column of the same name.
    again: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Client,
    Visit,
    AnsweredOn,
    /// The day of the answer to the fact that is named.
    Day,
    /// The answer to it.
    Answer,
    /// Nothing: it has no name, as tables from a spreadsheet often have at their right.
    Nameless,
    /// Nothing that is read.
    Other,
}

/// What the columns of a table hold. `ignored` are columns that are no answers.
pub fn columns(header: &[Cell<'_>], ignored: &[String]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::with_capacity(header.len());
    for cell in header {
        let name = cell.text.trim();
        let (name, holds) = match name {
            _ if ignored.iter().any(|other| other == name) => (name, Holds::Other),
            "" => (name, Holds::Nameless),
            "client" => (name, Holds::Client),
            "visit" => (name, Holds::Visit),
            "answered_on" => (name, Holds::AnsweredOn),
            _ => match name.strip_suffix(".on") {
                Some(fact) => (fact, Holds::Day),
                None => (name, Holds::Answer),
            },
        };
        let same = |other: &Column| other.name == name && other.holds == holds;
        let again =
            columns.iter().position(same).filter(|_| !matches!(holds, Holds::Other | Holds::Nameless));
        columns.push(Column { name: name.to_string(), span: cell.span, holds, again });
    }
    columns
}

/// Reads one row of a CSV file into the room of another record.
pub fn from_row<'t>(
    columns: &'t [Column],
    row: Row<'_, 't>,
    record: &mut Record<'t>,
) -> Result<(), Diagnostic> {
    let cells = row.cells?;
    record.clear(Span { end: row.span.start, ..row.span });
    for (column, cell) in columns.iter().zip(cells) {
        if cell.text.is_empty() || column.holds == Holds::Other {
            continue;
        }
        let first = |at: usize| cells.get(at).filter(|first| !first.text.is_empty());
        if let Some(first) = column.again.and_then(first) {
            let dot = if column.holds == Holds::Day { ".on" } else { "" };
            return Err(answered_twice(&format!("{}{dot}", column.name), cell.span, first.span));
        }
        let name = Cow::Borrowed(column.name.as_str());
        let words = || Words { text: cell.text.clone(), span: cell.span };
        match column.holds {
            Holds::Client => record.client = Some(words()),
            Holds::Visit => record.visit = Some(words()),
            Holds::AnsweredOn => record.answered_on = Some(words()),
            Holds::Day => record.dated.push((name, words())),
            Holds::Answer => {
                let value = answer(cell.text.clone(), cell.span);
                record.facts.push(Pair { key: name, key_span: column.span, value });
            }
            Holds::Nameless if cell.text.trim().is_empty() => {}
            Holds::Nameless => return Err(under_no_name(cell.span)),
            Holds::Other => {}
        }
    }
    Ok(())
}

/// A cell in a column without a name.
fn under_no_name(span: Span) -> Diagnostic {
    Diagnostic::error(Code::BadRecord, "a value stands in a column without a name")
        .at(span, "")
        .note("what it answers cannot be told, so this client is not decided")
        .help("give the column a name in the first row, or empty its cells")
}

/// Two columns of one name, and both are filled.
fn answered_twice(name: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error(Code::BadRecord, format!("two columns answer `{name}`"))
        .at(again, "again here")
        .at(first, "first here")
        .note("which of them counts cannot be told, so this client is not decided")
        .help("keep one of the columns")
}

/// An answer in a cell as the value it would be in YAML: `a|b` a list, `25..40` a range.
#[inline]
pub fn answer<'t>(text: Cow<'t, str>, span: Span) -> Value<'t> {
    let split = text.bytes().any(|byte| matches!(byte, b'|' | b'.'));
    match text {
        Cow::Borrowed(text) if split => parts(text, span),
        Cow::Owned(text) if split => parts(&text, span).into_owned(),
        text => Value { span, shape: Shape::Word(text) },
    }
}

fn parts(text: &str, span: Span) -> Value<'_> {
    let bars = memchr::memchr_iter(b'|', text.as_bytes()).count();
    if bars > 0 {
        let mut items = Vec::with_capacity(bars + 1);
        let each = text.split('|').map(str::trim).filter(|item| !item.is_empty());
        items.extend(each.map(|item| Value::word(item, span)));
        return Value { span, shape: Shape::List(items) };
    }
    // To look for two dots in a row is far quicker than to look for a text of two dots.
    let Some(dots) = text.as_bytes().windows(2).position(|two| two == b"..") else {
        return Value::word(text.trim(), span);
    };
    let bounds = [("at_least", text[..dots].trim()), ("at_most", text[dots + 2..].trim())];
    let pair =
        |(key, bound)| Pair { key: Cow::Borrowed(key), key_span: span, value: Value::word(bound, span) };
    let pairs = bounds.into_iter().filter(|(_, bound)| !bound.is_empty()).map(pair);
    Value { span, shape: Shape::Map(pairs.collect()) }
}

/// A record that is no record at all.
pub fn unreadable(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::BadRecord, message)
        .at(span, "")
        .help("a record is a map with `client`, `visit` and `facts`")
}

/// A CSV column whose cells are not read: one finding for all of them.
fn unread_column(column: &Cell<'_>, what: &str) -> Diagnostic {
    Diagnostic::error(Code::UnknownFact, format!("the column `{}` is no {what}", column.text.trim()))
        .at(column.span, "")
        .note("its answers would be lost; the clients below are decided without them")
}

/// A CSV column that names a fact and none of its options.
pub fn unknown_option_column(column: &Cell<'_>, fact: &str, options: &[String]) -> Diagnostic {
    let found = unread_column(column, &format!("option of `{fact}`"));
    let name = column.text.trim();
    let option = name.split_once('.').map_or("", |(_, option)| option);
    match suggest::nearest(option, options.iter().map(String::as_str)) {
        Some(near) => found.help(format!("did you mean `{fact}.{near}`?")),
        None if options.is_empty() => {
            found.help(format!("`{fact}` has no options: call the column `{fact}`"))
        }
        None => found.help(format!("its options are {}", prose::list(options, "and"))),
    }
}

/// A cell whose dot may part thousands, as some countries write them in tables with semicolons; `None` if it can
/// mean one number only.
pub fn grouped_number(cell: &Cell<'_>) -> Option<Diagnostic> {
    let grouped = |text: &&str| {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        text.trim().split_once('.').is_some_and(|(thousands, rest)| {
            (1..=3).contains(&thousands.len())
                && !thousands.starts_with('0')
                && digits(thousands)
                && rest.len() == 3
                && digits(rest)
        })
    };
    let text = cell.text.split("..").find(grouped)?.trim();
    let whole = text.replace('.', "");
    let found = Diagnostic::error(Code::BadAnswer, format!("`{text}` may mean {whole} or a decimal number"))
        .at(cell.span, "")
        .note("in a table with semicolons a dot may part thousands");
    Some(found.help(format!("write `{whole}` for the one, `{text}0` for the other")))
}

/// A CSV column that is no fact.
pub fn unknown_column<'k>(column: &Cell<'_>, known: impl Iterator<Item = &'k str>) -> Diagnostic {
    let found = unread_column(column, "fact");
    let name = column.text.trim();
    let known = known.chain(["client", "visit", "answered_on"]);
    match suggest::nearest(name, known) {
        Some(near) if near == name.to_lowercase() => {
            found.help(format!("write `{near}`: the names of columns are in small letters"))
        }
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("if it holds no answers, list it under `ignore_columns` in clinic.yaml"),
    }
}
