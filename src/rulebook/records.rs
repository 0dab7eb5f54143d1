//! Client records as they are handed in: YAML, JSON, NDJSON and CSV.

use crate::book::Book;
use crate::book::fact::{Fact, FactKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::{RECORD_LINE, RECORD_TREE};
use crate::source::{Kind, csv, json, yaml};
use crate::span::{Span, TextId, Texts};
use crate::written::record::{self, Record};

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Input {
    /// A map or a list of maps
    Yaml,
    /// An object or an array of objects
    Json,
    /// One object on each line
    Ndjson,
    /// A line for each client, a column for each fact
    Csv,
}

/// One client's record, or why it cannot be read.
pub struct Entry<'t> {
    /// Counts records from 1, over all files.
    pub position: usize,
    /// The record, if it could be read.
    pub record: Option<Record<'t>>,
    /// What is wrong with it so far.
    pub findings: Vec<Diagnostic>,
}

/// The records of all files in order, and what is wrong with the files themselves.
#[derive(Default)]
pub struct Records<'t> {
    /// The records.
    pub entries: Vec<Entry<'t>>,
    /// What is wrong with whole files or columns.
    pub findings: Vec<Diagnostic>,
}

/// Reads the records in the bytes of one file.
pub fn given(
    path: &str,
    bytes: Vec<u8>,
    format: Input,
    book: &Book,
    texts: &mut Texts,
    records: &mut Records<'static>,
) {
    let Some(id) = text(path, bytes, texts, &mut records.findings) else { return };
    match format {
        Input::Yaml | Input::Json => tree(texts, id, format, records),
        Input::Ndjson => {
            let before = records.entries.len();
            lines(texts, id, &mut |record, found| {
                records.push(record.map(|record| record.take().into_owned()), found);
            });
            if records.entries.len() == before {
                records.findings.push(no_record(id));
            }
        }
        Input::Csv => {
            let mut findings = Vec::new();
            if let Some(sheet) = Sheet::read(texts, id, &Columns::of(&[book]), &mut findings) {
                sheet.rows(texts, id, sheet.header.end, &mut findings, &mut |record, found| {
                    records.push(record.map(|record| record.take().into_owned()), found);
                });
            }
            records.findings.append(&mut findings);
        }
    }
}

/// One record that was made from the command line.
pub fn one(json_text: &str, texts: &mut Texts) -> Records<'static> {
    let mut records = Records::default();
    let id = texts.add("the command line", json_text.to_string());
    tree(texts, id, Input::Json, &mut records);
    records
}

/// What a file is that holds no text, and what to do.
pub type NoText = (&'static str, &'static str);

const WORKBOOK: NoText = (
    "an Excel workbook, not a text",
    "in Excel choose \"Save As\" and \"CSV UTF-8\", and name the file that makes",
);
const PICTURE: NoText = ("a picture, not a text", "type the answers into a file, or use `clearance ask`");
const PACKED: NoText = ("a packed file, not a text", "unpack it, and name the file that makes");
const DOCUMENT: NoText = ("a document, not a text", "type the answers into a file, or use `clearance ask`");

/// What a file is that holds no text, by the end of its name in small letters.
pub fn no_text_by_name(extension: &str) -> Option<NoText> {
    match extension {
        "xlsx" | "xlsm" | "xlsb" | "xls" => Some(WORKBOOK),
        "ods" | "numbers" => {
            Some(("a spreadsheet, not a text", "save it as CSV in UTF-8, and name the file that makes"))
        }
        "jpg" | "jpeg" | "png" | "gif" | "heic" | "webp" | "tif" | "tiff" => Some(PICTURE),
        "pdf" | "doc" | "docx" => Some(DOCUMENT),
        "gz" | "zip" => Some(PACKED),
        "tsv" | "tab" => {
            Some(("separated by tabs", "save it as CSV, with commas or semicolons between the columns"))
        }
        _ => None,
    }
}

/// The same by its first bytes.
pub fn no_text_by_bytes(bytes: &[u8]) -> Option<NoText> {
    let starts = |signs: &[&[u8]]| signs.iter().any(|sign| bytes.starts_with(sign));
    if starts(&[b"PK\x03\x04", b"\xd0\xcf\x11\xe0"]) {
        return Some(WORKBOOK);
    }
    if starts(&[b"\x89PNG", b"\xff\xd8\xff", b"GIF8"]) {
        return Some(PICTURE);
    }
    if starts(&[b"\x1f\x8b"]) {
        return Some(PACKED);
    }
    starts(&[b"%PDF"]).then_some(DOCUMENT)
}

/// Keeps the bytes of a file as a text, if they are one.
pub fn text(path: &str, bytes: Vec<u8>, texts: &mut Texts, out: &mut Vec<Diagnostic>) -> Option<TextId> {
    let name = if path == "-" { "standard input" } else { path };
    if let Some((what, help)) = no_text_by_bytes(&bytes) {
        let id = texts.add(name, String::new());
        let found = Diagnostic::error(Code::UnreadableFile, format!("`{name}` is {what}"));
        out.push(found.at(Span::new(id, 0..0), "").help(help));
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(content) => Some(texts.add(name, content)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let readable = String::from_utf8_lossy(&error.into_bytes()[..at]).into_owned();
            let id = texts.add(name, readable);
            let found = Diagnostic::error(Code::UnreadableFile, format!("`{name}` is not UTF-8"))
                .at(Span::new(id, at..at), "readable up to here")
                .help("save it as UTF-8; in Excel choose \"CSV UTF-8\"");
            out.push(found);
            None
        }
    }
}

impl<'t> Records<'t> {
    /// Adds the next record, or what is wrong with it.
    pub fn push(&mut self, record: Option<Record<'t>>, findings: Vec<Diagnostic>) {
        self.entries.push(Entry { position: self.entries.len() + 1, record, findings });
    }
}

/// Is shown one record after the other, which it may take, or what is wrong with it.
pub type See<'s, 't> = dyn FnMut(Option<&mut Record<'t>>, Vec<Diagnostic>) + 's;

/// A whole YAML or JSON text. A finding inside one record is that record's own.
pub fn tree(texts: &Texts, id: TextId, format: Input, records: &mut Records<'static>) {
    let content = &texts.get(id).content;
    let mut findings = Vec::new();
    if let Some(found) = too_large(id, content) {
        records.findings.push(found);
        return;
    }
    let own = |span: Span, findings: &mut Vec<Diagnostic>| -> Vec<Diagnostic> {
        let inside = |found: &mut Diagnostic| {
            found.span().is_some_and(|at| span.start <= at.start && at.start <= span.end)
        };
        findings.extract_if(.., inside).collect()
    };
    let read = match format {
        Input::Json => json::read(texts, id, body(content), &mut findings).map(|value| {
            for value in record::records(value) {
                let mut own = own(value.span, &mut findings);
                let record = record::from_value(value, &mut own).map(Record::into_owned);
                records.push(record, own);
            }
        }),
        Input::Yaml | Input::Ndjson | Input::Csv => yaml::read(texts, id, &mut findings).map(|node| {
            let nodes = match &node.kind {
                Kind::List(items) => &items[..],
                Kind::Scalar(_) | Kind::Map(_) => std::slice::from_ref(&node),
            };
            for node in nodes {
                let mut own = own(node.span, &mut findings);
                let record = record::from_node(node, &mut own).map(Record::into_owned);
                records.push(record, own);
            }
        }),
    };
    if read.is_none() && findings.is_empty() {
        findings.push(no_record(id));
    }
    records.findings.extend(findings);
}

/// Says that a text of YAML or JSON is too large to be held as a whole.
pub fn too_large(id: TextId, content: &str) -> Option<Diagnostic> {
    (content.len() > RECORD_TREE).then(|| {
        let message = "this file of records is larger than 64 MiB".to_string();
        let found = Diagnostic::error(Code::UnreadableFile, message).at(Span::new(id, 0..0), "");
        found.help("write large files as NDJSON or CSV, a line for each client")
    })
}

/// The text without a byte order mark.
pub fn body(content: &str) -> std::ops::Range<usize> {
    content.len() - content.trim_start_matches('\u{feff}').len()..content.len()
}

/// The records of a text, one on each line.
pub fn lines<'t>(texts: &'t Texts, id: TextId, see: &mut See<'_, 't>) {
    let content = &texts.get(id).content;
    let mut next = 0;
    while next < content.len() {
        let rest = &content.as_bytes()[next..];
        let end = memchr::memchr(b'\n', rest).map_or(content.len(), |at| next + at);
        // Wherever files were put together: where a text begins changes nothing.
        let start = next + body(&content[next..end]).start;
        if !content[start..end].trim().is_empty() {
            let mut findings = Vec::new();
            let value = if end - start > RECORD_LINE {
                findings.push(too_long(Span::new(id, start..start)));
                None
            } else {
                json::read(texts, id, start..end, &mut findings)
            };
            let mut record = value.and_then(|value| record::from_value(value, &mut findings));
            see(record.as_mut(), findings);
        }
        next = end + 1;
    }
}

/// The names that columns may have.
pub struct Columns {
    facts: Vec<Answered>,
    ignored: Vec<String>,
}

/// A fact that columns may answer.
struct Answered {
    id: String,
    /// The options that have columns of their own.
    options: Vec<String>,
    /// Whether it is answered with a number.
    is_number: bool,
}

/// What may stand behind the dot of a column beside an option: what a map may say about an answer.
const PARTS: [&str; 6] = ["rest", "some", "answer", "from", "at_least", "at_most"];

impl Columns {
    /// The questions of these books, and the columns that their clinics ignore.
    pub fn of(books: &[&Book]) -> Columns {
        let answered = |fact: &Fact| Answered {
            id: fact.id.clone(),
            options: match fact.kind.slot_per_option() {
                true => fact.options.iter().map(|option| option.id.clone()).collect(),
                false => Vec::new(),
            },
            is_number: matches!(fact.kind, FactKind::Number { .. }),
        };
        let facts = books.iter().flat_map(|book| &book.facts.facts).map(answered);
        let ignored = books.iter().flat_map(|book| book.clinic.ignore_columns.iter().cloned());
        Columns { facts: facts.collect(), ignored: ignored.collect() }
    }
}

/// A table's header, and what its columns hold.
pub struct Sheet {
    /// What its columns are called.
    pub header: csv::Header,
    columns: Vec<record::Column>,
    /// The places of the columns in which a dot may part thousands.
    grouped: Vec<usize>,
}

impl Sheet {
    /// Reads the header of a table. What is wrong with a column is said once, not for each of its cells.
    pub fn read(texts: &Texts, id: TextId, columns: &Columns, out: &mut Vec<Diagnostic>) -> Option<Sheet> {
        let mut findings = Vec::new();
        let header = csv::header(texts, id, &mut findings);
        if header.is_none() && findings.is_empty() {
            findings.push(no_record(id));
        }
        out.extend(findings);
        let header = header?;
        let Columns { facts, ignored } = columns;
        let mut ignored = ignored.clone();
        let mut grouped = Vec::new();
        for (at, column) in header.columns.iter().enumerate() {
            let name = column.text.trim();
            if ["", "client", "visit", "answered_on"].contains(&name)
                || ignored.iter().any(|other| other == name)
            {
                continue;
            }
            let answer = name.strip_suffix(".on").unwrap_or(name);
            let (id, option) = answer.split_once('.').map_or((answer, None), |(id, one)| (id, Some(one)));
            let mut same = facts.iter().filter(|fact| fact.id == id).peekable();
            let found = match (same.peek(), option) {
                (None, _) => Some(record::unknown_column(column, facts.iter().map(|fact| fact.id.as_str()))),
                (Some(Answered { options, .. }), Some(option)) if !PARTS.contains(&option) => {
                    let known = same.any(|fact| fact.options.iter().any(|known| known == option));
                    (!known).then(|| record::unknown_option_column(column, id, options))
                }
                (_, Some(_)) => None,
                (_, None) => {
                    if header.delimiter == b';' && same.any(|fact| fact.is_number) {
                        grouped.push(at);
                    }
                    None
                }
            };
            if let Some(found) = found {
                out.push(found);
                ignored.push(name.to_string());
            }
        }
        let columns = record::columns(&header.columns, &ignored);
        Some(Sheet { header, columns, grouped })
    }

    /// The rows of a text from `from` on.
    pub fn rows<'t>(
        &'t self,
        texts: &'t Texts,
        id: TextId,
        from: usize,
        findings: &mut Vec<Diagnostic>,
        see: &mut See<'_, 't>,
    ) {
        let mut record = Record::empty(Span::new(id, from..from));
        csv::rows(texts, id, from, &self.header, findings, &mut |row| {
            // A quote that is never closed makes a row of all that follows: that is said first.
            if row.cells.is_ok() && row.span.range().len() > RECORD_LINE {
                return see(None, vec![too_long(Span { end: row.span.start, ..row.span })]);
            }
            let cell = |at: &usize| row.cells.as_ref().ok()?.get(*at);
            let grouped = self.grouped.iter().filter_map(|at| cell(at).and_then(record::grouped_number));
            let found = grouped.collect();
            match record::from_row(&self.columns, row, &mut record) {
                Ok(()) => see(Some(&mut record), found),
                Err(finding) => see(None, vec![finding]),
            }
        });
    }
}

/// Says that a text holds no record.
pub fn no_record(id: TextId) -> Diagnostic {
    record::unreadable(Span::new(id, 0..0), "this file holds no record")
}

fn too_long(span: Span) -> Diagnostic {
    record::unreadable(span, "this line is longer than 1 MiB: no record is so large")
}
