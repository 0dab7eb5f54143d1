//! CSV as a table whose cells know where they stand.

use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;

use super::node::repeated_key;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::{COLUMNS, RECORD_LINE};
use crate::prose;
use crate::span::{Span, TextId, Texts};

/// The header and the rows below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns, as written.
    pub columns: Vec<Cell>,
    /// The rows in the order of the file; those with nothing in any cell are none.
    pub rows: Vec<Row>,
}

/// One row: its cells, as many as there are columns, or what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where the row stands, without its line break.
    pub span: Span,
    /// The cells, or the finding for this row alone: the other rows can go on.
    pub cells: Result<Vec<Cell>, Diagnostic>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The text without quotes and without blanks around it.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// The first line of a table: what its columns are called and what parts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The names of the columns, as written.
    pub columns: Vec<Cell>,
    /// What stands between two cells: `,` or `;`.
    pub delimiter: u8,
    /// Where the text goes on behind it.
    pub end: usize,
}

/// Reads a CSV text with `,` or `;`, whichever its header uses. Nothing comes back for an empty text.
pub fn read(texts: &Texts, id: TextId, findings: &mut Vec<Diagnostic>) -> Option<Table> {
    let header = header(texts, id, findings)?;
    let rows = rows(texts, id, header.end, &header, findings);
    Some(Table { columns: header.columns, rows })
}

/// Reads the header of a CSV text. Nothing comes back for an empty text.
pub fn header(texts: &Texts, id: TextId, findings: &mut Vec<Diagnostic>) -> Option<Header> {
    let content = texts.get(id).content.as_str();
    let body = content.strip_prefix('\u{feff}').unwrap_or(content);
    let first = content.len() - body.len();
    if let Some(header) = tabbed(body) {
        findings.push(
            Diagnostic::error(Code::BadRecord, "the columns are separated by tabs")
                .at(Span::new(id, first + header.start..first + header.end), "the header")
                .note("each row would be read as one cell, so nothing is read from this file")
                .help("save it as CSV, with commas or semicolons between the columns"),
        );
        return None;
    }
    let delimiter = delimiter(body);
    let mut reader = reader(body.as_bytes(), delimiter);
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => {}
        Ok(false) => return None,
        Err(error) => {
            findings.push(unreadable(Span::new(id, first..first), &error));
            return None;
        }
    }
    let start = record.position().map_or(0, |at| at.byte() as usize);
    let places = Places::of(body, start, delimiter);
    if places.open_quote.is_some() {
        findings.push(open_quote(place(id, first, places.row)));
        return None;
    }
    if places.row.1 - places.row.0 > RECORD_LINE || record.len() > COLUMNS {
        findings.push(too_wide(place(id, first, (places.row.0, places.row.0))));
        return None;
    }
    let columns = cells(&record, &places, id, first);
    refuse_repeated(&columns, findings);
    Some(Header { columns, delimiter, end: first + reader.position().byte() as usize })
}

/// Reads the rows of a text that start at `from`; the header may stand in another text.
pub fn rows(
    texts: &Texts,
    id: TextId,
    from: usize,
    header: &Header,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Row> {
    let body = texts.get(id).content.get(from..).unwrap_or_default();
    // A byte order mark counts at the start of a file: behind an empty line the reader leaves it where it is.
    let mut reader = reader(b"\n".chain(body.as_bytes()), header.delimiter);
    let byte = |at: Option<&csv::Position>| at.map_or(0, |at| (at.byte() as usize).saturating_sub(1));
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let start = from + byte(error.position());
                findings.push(unreadable(Span::new(id, start..start), &error));
                break;
            }
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let start = byte(record.position());
        let places = Places::of(body, start, header.delimiter);
        let span = place(id, from, places.row);
        let cells = match places.open_quote {
            Some(at) => Err(open_quote(place(id, from, (at, at + 1)))),
            None if record.len() == header.columns.len() => Ok(cells(&record, &places, id, from)),
            None => Err(wrong_count(span, record.len(), &header.columns)),
        };
        rows.push(Row { span, cells });
    }
    rows
}

fn reader<R: Read>(body: R, delimiter: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(body)
}

fn place(id: TextId, first: usize, (from, to): (usize, usize)) -> Span {
    Span::new(id, first + from..first + to)
}

fn cells(record: &csv::StringRecord, places: &Places, id: TextId, first: usize) -> Vec<Cell> {
    let each = record.iter().zip(&places.cells);
    each.map(|(text, at)| Cell { text: text.trim().to_string(), span: place(id, first, *at) }).collect()
}

/// `;` when the header has more of them than of `,`.
fn delimiter(body: &str) -> u8 {
    let header = body.trim_start_matches(['\r', '\n']);
    let header = header.split(['\r', '\n']).next().unwrap_or("");
    let outside: Vec<&str> = header.split('"').step_by(2).collect();
    let count = |c| outside.iter().map(|part| part.matches(c).count()).sum::<usize>();
    if count(';') > count(',') { b';' } else { b',' }
}

/// The header, if tabs part its columns.
fn tabbed(body: &str) -> Option<Range<usize>> {
    let start = body.len() - body.trim_start_matches(['\r', '\n']).len();
    let header = body[start..].split(['\r', '\n']).next()?;
    let count = |c| header.matches(c).count();
    (count('\t') > count(',').max(count(';'))).then(|| start..start + header.len())
}

/// Where the cells of one record stand.
struct Places {
    row: (usize, usize),
    cells: Vec<(usize, usize)>,
    /// Where a quote opens that is never closed.
    open_quote: Option<usize>,
}

impl Places {
    fn of(body: &str, start: usize, delimiter: u8) -> Places {
        let bytes = body.as_bytes();
        let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let skipped = bytes[start..].iter().take_while(|byte| is_break(byte));
        let start = start + skipped.count();
        let (mut at, mut from) = (start, start);
        let mut cells = Vec::new();
        let mut open_quote = None;
        while let Some(byte) = bytes.get(at) {
            if open_quote.is_some() {
                if *byte == b'"' && bytes.get(at + 1) == Some(&b'"') {
                    at += 1;
                } else if *byte == b'"' {
                    open_quote = None;
                }
            } else if *byte == b'"' && at == from {
                open_quote = Some(at);
            } else if *byte == delimiter {
                cells.push(trimmed(body, from, at));
                from = at + 1;
            } else if is_break(byte) {
                break;
            }
            at += 1;
        }
        cells.push(trimmed(body, from, at));
        Places { row: (start, at), cells, open_quote }
    }
}

fn trimmed(body: &str, from: usize, to: usize) -> (usize, usize) {
    let cell = &body[from..to];
    let from = to - cell.trim_start().len();
    (from, from + cell.trim().len())
}

fn refuse_repeated(columns: &Vec<Cell>, findings: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for column in columns {
        match seen.get(column.text.as_str()) {
            Some(first) => findings.push(repeated_key(&column.text, column.span, *first)),
            None => {
                seen.insert(&column.text, column.span);
            }
        }
    }
}

fn wrong_count(span: Span, found: usize, columns: &[Cell]) -> Diagnostic {
    let cells = prose::count(found as i64, "cell");
    let message = format!("the row has {cells}, the header has {}", columns.len());
    let mut finding = Diagnostic::error(Code::BadRecord, message).at(span, "this row");
    if let (Some(first), Some(last)) = (columns.first(), columns.last()) {
        finding = finding.at(first.span.to(last.span), "the header");
    }
    finding
        .note("no answer can be told from its neighbour, so the row is not read")
        .help("leave cells blank rather than out, and put a text with a delimiter in double quotes")
}

fn too_wide(span: Span) -> Diagnostic {
    let columns = prose::count(COLUMNS as i64, "column");
    Diagnostic::error(Code::BadRecord, format!("the header has more than {columns} or is longer than 1 MiB"))
        .at(span, "it begins here")
        .note("nothing is read from this file")
        .help("keep `client`, `visit`, `answered_on` and a column for each fact")
}

fn open_quote(span: Span) -> Diagnostic {
    Diagnostic::error(Code::BadRecord, "a double quote is opened and never closed")
        .at(span, "it opens here")
        .note("everything after it would be one cell, and clients would vanish in it")
        .help("close the quote; inside quotes, write a double quote twice")
}

fn unreadable(span: Span, error: &csv::Error) -> Diagnostic {
    Diagnostic::error(Code::BadRecord, format!("not CSV: {error}"))
        .at(span, "here")
        .note("nothing after this place can be read")
        .help("write the file anew from where it came")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(content: &str) -> (Texts, Option<Table>, Vec<Diagnostic>) {
        let mut texts = Texts::new();
        let id = texts.add("r.csv", content.to_string());
        let mut findings = Vec::new();
        let table = read(&texts, id, &mut findings);
        (texts, table, findings)
    }

    fn cells(row: &Row) -> &[Cell] {
        row.cells.as_ref().expect("a good row")
    }

    #[test]
    fn cells_know_their_place_behind_quotes_and_breaks() {
        let content =
            "\u{feff}client;skin;note\r\n\r\nC1;\"a;b\";\"say \"\"x\"\"\r\ny\"\r\nC\u{e9};\u{a0}no ;\r\n";
        let (texts, table, findings) = table(content);
        assert_eq!(findings, []);
        let table = table.expect("a table");
        assert_eq!(texts.reference(table.columns[1].span), "r.csv:1:8");
        let quoted = cells(&table.rows[0]);
        assert_eq!(quoted[1].text, "a;b");
        assert_eq!(&content[quoted[1].span.range()], "\"a;b\"");
        assert_eq!(quoted[2].text, "say \"x\"\r\ny");
        assert_eq!(&content[quoted[2].span.range()], "\"say \"\"x\"\"\r\ny\"");
        let plain = cells(&table.rows[1]);
        assert_eq!(plain[1].text, "no");
        assert_eq!(texts.reference(plain[1].span), "r.csv:5:5");
        assert_eq!(plain[2].text, "");
        assert_eq!(&content[table.rows[1].span.range()], "C\u{e9};\u{a0}no ;");
    }

    #[test]
    fn a_row_of_another_length_stands_alone() {
        let (texts, table, findings) = table("a,b\n1\n1,2,3\n\"1\",2\n");
        assert_eq!(findings, []);
        let rows = table.expect("a table").rows;
        let short = rows[0].cells.as_ref().expect_err("a short row");
        assert_eq!(short.code, Code::BadRecord);
        assert_eq!(short.message, "the row has 1 cell, the header has 2");
        assert_eq!(texts.reference(short.labels[0].span), "r.csv:2:1");
        assert!(rows[1].cells.is_err());
        assert_eq!(cells(&rows[2])[0].text, "1");
    }

    #[test]
    fn a_byte_order_mark_counts_at_the_start_of_a_file_only() {
        let (_, whole, _) = table("\u{feff}a,b\n1,2\n\u{feff}\"3\",4\n");
        let rows = whole.expect("a table").rows;
        let mut texts = Texts::new();
        let id = texts.add("head.csv", "a,b\n".to_string());
        let header = header(&texts, id, &mut Vec::new()).expect("a header");
        let piece = texts.add_piece("table.csv", "\u{feff}\"3\",4\n5,6\n".to_string(), 2);
        let pieces = super::rows(&texts, piece, 0, &header, &mut Vec::new());
        let words = |row: &Row| {
            row.cells.as_ref().expect("cells").iter().map(|cell| cell.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(words(&rows[1]), ["\u{feff}\"3\"", "4"]);
        assert_eq!(words(&pieces[0]), words(&rows[1]));
        assert_eq!(texts.reference(pieces[1].span), "table.csv:4:1");
    }

    #[test]
    fn a_quote_that_never_closes_swallows_no_client() {
        let (texts, table, _) = table("a,b\n1,\"2\n3,4\n");
        let rows = table.expect("a table").rows;
        let open = rows[0].cells.as_ref().expect_err("an open quote");
        assert_eq!(texts.reference(open.labels[0].span), "r.csv:2:3");
    }

    #[test]
    fn repeated_columns_are_findings_with_two_places() {
        let (texts, _, findings) = table("a,b, a\n");
        assert_eq!(findings[0].code, Code::DuplicateKey);
        assert_eq!(texts.reference(findings[0].labels[0].span), "r.csv:1:6");
        assert_eq!(texts.reference(findings[0].labels[1].span), "r.csv:1:1");
    }

    #[test]
    fn odd_texts_do_not_panic() {
        for content in ["", "\n\r\n", "\u{feff}"] {
            assert_eq!(table(content).1, None);
        }
        for content in
            ["\"", "a\n\"", "\"a\"b,c\nd\"e,\"f\"\"\n", "a\rb\rc", ";;\n,,", "\u{0}", "\"\u{e9}\"\n\"\u{e9}"]
        {
            table(content);
        }
    }
}
