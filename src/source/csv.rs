//! CSV as a table whose cells know where they stand.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;

use super::node::repeated_key;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::{COLUMNS, RECORD_LINE};
use crate::prose;
use crate::span::{Span, TextId, Texts};

/// One row: its cells, as many as there are columns, or what is wrong with it.
#[derive(Debug)]
pub struct Row<'r, 't> {
    /// Where the row stands, without its line break.
    pub span: Span,
    /// The cells, or the finding for this row alone: the other rows can go on.
    pub cells: Result<&'r [Cell<'t>], Diagnostic>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell<'t> {
    /// The text without quotes and without blanks around it.
    pub text: Cow<'t, str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// The first line of a table: what its columns are called and what parts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The names of the columns, as written.
    pub columns: Vec<Cell<'static>>,
    /// What stands between two cells: `,` or `;`.
    pub delimiter: u8,
    /// Where the text goes on behind it.
    pub end: usize,
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
    let column = |(text, at): (&str, &(usize, usize))| Cell {
        text: Cow::Owned(text.trim().to_string()),
        span: place(id, first, *at),
    };
    let columns: Vec<Cell<'_>> = record.iter().zip(&places.cells).map(column).collect();
    refuse_repeated(&columns, findings);
    Some(Header { columns, delimiter, end: first + reader.position().byte() as usize })
}

/// Reads the rows of a text that start at `from`, one after the other; the header may stand in another text. Rows
/// with nothing in any cell are none.
pub fn rows<'t>(
    texts: &'t Texts,
    id: TextId,
    from: usize,
    header: &Header,
    findings: &mut Vec<Diagnostic>,
    see: &mut dyn FnMut(Row<'_, 't>),
) {
    let body = texts.get(id).content.get(from..).unwrap_or_default();
    // A byte order mark counts at the start of a file: behind an empty line the reader leaves it where it is.
    let mut reader = reader(b"\n".chain(body.as_bytes()), header.delimiter);
    let byte = |at: &csv::Position| (at.byte() as usize).saturating_sub(1);
    let mut record = csv::ByteRecord::new();
    let mut cells: Vec<Cell<'t>> = Vec::with_capacity(header.columns.len());
    loop {
        let start = byte(reader.position());
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                findings.push(unreadable(Span::new(id, from + start..from + start), &error));
                return;
            }
        }
        let start = start + body.as_bytes()[start..].iter().take_while(|byte| is_break(byte)).count();
        let end = byte(reader.position());
        cells.clear();
        let row = body[start..end].strip_suffix(['\r', '\n']).unwrap_or(&body[start..end]);
        let row = match memchr::memchr(b'"', row.as_bytes()) {
            None => {
                // Without quotes the cells stand in the text as in the record, but for what parts them.
                let mut low = start;
                for cell in &record {
                    let (text, at) = trimmed(body, low, low + cell.len());
                    cells.push(Cell { text: Cow::Borrowed(text), span: place(id, from, at) });
                    low += cell.len() + 1;
                }
                Ok(place(id, from, (start, start + row.len())))
            }
            Some(_) => {
                let places = Places::of(body, start, header.delimiter);
                let text = |cell: &[u8]| Cow::Owned(String::from_utf8_lossy(cell).trim().to_string());
                let each = record.iter().zip(&places.cells);
                cells.extend(each.map(|(cell, at)| Cell { text: text(cell), span: place(id, from, *at) }));
                let span = place(id, from, places.row);
                match places.open_quote {
                    Some(at) => Err((span, open_quote(place(id, from, (at, at + 1))))),
                    None => Ok(span),
                }
            }
        };
        if cells.iter().all(|cell| cell.text.is_empty()) {
            continue;
        }
        see(match row {
            Err((span, found)) => Row { span, cells: Err(found) },
            Ok(span) if record.len() == header.columns.len() => Row { span, cells: Ok(&cells) },
            Ok(span) => Row { span, cells: Err(wrong_count(span, record.len(), &header.columns)) },
        });
    }
}

fn reader<R: Read>(body: R, delimiter: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(body)
}

fn place(id: TextId, first: usize, (from, to): (usize, usize)) -> Span {
    Span::new(id, first + from..first + to)
}

fn is_break(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
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
        let start = start + bytes[start..].iter().take_while(|byte| is_break(byte)).count();
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
                cells.push(trimmed(body, from, at).1);
                from = at + 1;
            } else if is_break(byte) {
                break;
            }
            at += 1;
        }
        cells.push(trimmed(body, from, at).1);
        Places { row: (start, at), cells, open_quote }
    }
}

/// A cell without the blanks around it, and its place.
#[inline]
fn trimmed(body: &str, from: usize, to: usize) -> (&str, (usize, usize)) {
    let cell = &body[from..to];
    let bytes = cell.as_bytes();
    if bytes.first().is_none_or(u8::is_ascii_graphic) && bytes.last().is_none_or(u8::is_ascii_graphic) {
        return (cell, (from, to));
    }
    let from = to - cell.trim_start().len();
    let cell = cell.trim();
    (cell, (from, from + cell.len()))
}

fn refuse_repeated(columns: &[Cell<'_>], findings: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    // Columns without a name hold nothing, or are told by what stands in them.
    for column in columns.iter().filter(|column| !column.text.is_empty()) {
        match seen.get(&*column.text) {
            Some(first) => findings.push(repeated_key(&column.text, column.span, *first)),
            None => {
                seen.insert(&column.text, column.span);
            }
        }
    }
}

fn wrong_count(span: Span, found: usize, columns: &[Cell<'_>]) -> Diagnostic {
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

    /// A row as it was seen: its cells, or what is wrong.
    type Seen = (Span, Result<Vec<Cell<'static>>, Diagnostic>);

    struct Table {
        texts: Texts,
        header: Option<Header>,
        rows: Vec<Seen>,
        findings: Vec<Diagnostic>,
    }

    fn seen(texts: &Texts, id: TextId, from: usize, header: &Header) -> Vec<Seen> {
        let (mut seen, mut findings) = (Vec::new(), Vec::new());
        rows(texts, id, from, header, &mut findings, &mut |row| {
            let own = |cell: &Cell<'_>| Cell { text: Cow::Owned(cell.text.to_string()), span: cell.span };
            seen.push((row.span, row.cells.map(|cells| cells.iter().map(own).collect())));
        });
        assert_eq!(findings, []);
        seen
    }

    fn table(content: &str) -> Table {
        let mut texts = Texts::new();
        let id = texts.add("r.csv", content.to_string());
        let mut findings = Vec::new();
        let header = header(&texts, id, &mut findings);
        let rows = header.as_ref().map(|header| seen(&texts, id, header.end, header)).unwrap_or_default();
        Table { texts, header, rows, findings }
    }

    fn cells(row: &Seen) -> &[Cell<'static>] {
        row.1.as_ref().expect("a good row")
    }

    #[test]
    fn cells_know_their_place_behind_quotes_and_breaks() {
        let content =
            "\u{feff}client;skin;note\r\n\r\nC1;\"a;b\";\"say \"\"x\"\"\r\ny\"\r\nC\u{e9};\u{a0}no ;\r\n";
        let Table { texts, header, rows, findings } = table(content);
        assert_eq!(findings, []);
        assert_eq!(texts.reference(header.expect("a header").columns[1].span), "r.csv:1:8");
        let quoted = cells(&rows[0]);
        assert_eq!(quoted[1].text, "a;b");
        assert_eq!(&content[quoted[1].span.range()], "\"a;b\"");
        assert_eq!(quoted[2].text, "say \"x\"\r\ny");
        assert_eq!(&content[quoted[2].span.range()], "\"say \"\"x\"\"\r\ny\"");
        let plain = cells(&rows[1]);
        assert_eq!(plain[1].text, "no");
        assert_eq!(texts.reference(plain[1].span), "r.csv:5:5");
        assert_eq!(plain[2].text, "");
        assert_eq!(&content[rows[1].0.range()], "C\u{e9};\u{a0}no ;");
    }

    #[test]
    fn a_row_of_another_length_stands_alone() {
        let Table { texts, rows, findings, .. } = table("a,b\n1\n1,2,3\n\"1\",2\n");
        assert_eq!(findings, []);
        let short = rows[0].1.as_ref().expect_err("a short row");
        assert_eq!(short.code, Code::BadRecord);
        assert_eq!(short.message, "the row has 1 cell, the header has 2");
        assert_eq!(texts.reference(short.labels[0].span), "r.csv:2:1");
        assert!(rows[1].1.is_err());
        assert_eq!(cells(&rows[2])[0].text, "1");
    }

    #[test]
    fn a_byte_order_mark_counts_at_the_start_of_a_file_only() {
        let whole = table("\u{feff}a,b\n1,2\n\u{feff}\"3\",4\n").rows;
        let mut texts = Texts::new();
        let id = texts.add("head.csv", "a,b\n".to_string());
        let header = header(&texts, id, &mut Vec::new()).expect("a header");
        let piece = texts.add_piece("table.csv", "\u{feff}\"3\",4\n5,6\n".to_string(), 2);
        let pieces = seen(&texts, piece, 0, &header);
        let words = |row: &Seen| cells(row).iter().map(|cell| cell.text.to_string()).collect::<Vec<_>>();
        assert_eq!(words(&whole[1]), ["\u{feff}\"3\"", "4"]);
        assert_eq!(words(&pieces[0]), words(&whole[1]));
        assert_eq!(texts.reference(pieces[1].0), "table.csv:4:1");
    }

    #[test]
    fn a_quote_that_never_closes_swallows_no_client() {
        let Table { texts, rows, .. } = table("a,b\n1,\"2\n3,4\n");
        let open = rows[0].1.as_ref().expect_err("an open quote");
        assert_eq!(texts.reference(open.labels[0].span), "r.csv:2:3");
    }

    #[test]
    fn repeated_columns_are_findings_with_two_places() {
        let Table { texts, findings, .. } = table("a,b, a\n");
        assert_eq!(findings[0].code, Code::DuplicateKey);
        assert_eq!(texts.reference(findings[0].labels[0].span), "r.csv:1:6");
        assert_eq!(texts.reference(findings[0].labels[1].span), "r.csv:1:1");
    }

    #[test]
    fn odd_texts_do_not_panic() {
        for content in ["", "\n\r\n", "\u{feff}"] {
            assert_eq!(table(content).header, None);
        }
        for content in
            ["\"", "a\n\"", "\"a\"b,c\nd\"e,\"f\"\"\n", "a\rb\rc", ";;\n,,", "\u{0}", "\"\u{e9}\"\n\"\u{e9}"]
        {
            table(content);
        }
    }
}
