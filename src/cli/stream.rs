//! Client records a few at a time, so that any number of them fits: NDJSON and CSV in pieces of whole lines,
//! YAML and JSON as a whole.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::exit::Failure;
use super::output::complain;
use super::records;
use crate::book::Book;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Failed, read};
use crate::limits::RECORD_LINE;
use crate::report::findings::{self, Colour};
use crate::rulebook::records::{Columns, Input, Records, Sheet, lines, no_record, no_text_by_bytes};
use crate::span::{Span, TextId, Texts};
use crate::written::record::{self, Record};

/// So many bytes of a file are read at once; a longer line is read as a whole.
const BYTES: usize = 256 << 10;
/// And of a pipe, which gives no more.
const PIPED: usize = 64 << 10;

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// What is read in one go: whole records.
pub enum Piece {
    /// A file of YAML or JSON, not read yet.
    Whole(String, Input),
    /// Lines of NDJSON, or rows of a table.
    Lines(Lines),
    /// What is wrong with a file or a column.
    Wrong(Wrong),
}

/// What is wrong with a file or a column, in words for people.
pub struct Wrong {
    pub(super) text: String,
    pub(super) is_error: bool,
}

impl Wrong {
    pub(super) fn of(texts: &Texts, found: &[Diagnostic]) -> Wrong {
        let text = findings::each(texts, found, Colour::Styled);
        Wrong { text, is_error: found.iter().any(Diagnostic::is_error) }
    }
}

/// Whole lines of a file.
pub struct Lines {
    /// The file, as a person would say it.
    pub name: Arc<str>,
    /// The lines, each with its break.
    pub bytes: Vec<u8>,
    /// So many lines stand before them in the file.
    pub lines_before: u32,
    /// The header, if they are rows of a table.
    pub table: Option<Arc<Table>>,
}

/// The header of a table, in a text of its own.
pub struct Table {
    pub(super) texts: Texts,
    pub(super) sheet: Sheet,
}

/// The lines as texts: runs that are UTF-8, and single lines that are not, each in a text of its own.
pub struct Runs {
    pub(super) texts: Texts,
    table: Option<Arc<Table>>,
    runs: Vec<Run>,
}

struct Run {
    text: TextId,
    /// Where it starts in the bytes.
    start: u32,
    /// Whether it is UTF-8.
    valid: bool,
}

/// Is shown one record after the other, as [`See`](crate::rulebook::records::See) is, and where its text starts.
pub type SeeAt<'s, 't> = dyn FnMut(u32, Option<&mut Record<'t>>, Vec<Diagnostic>) + 's;

impl Lines {
    /// The lines to be read.
    pub(super) fn runs(&self) -> Runs {
        let delimiter = self.table.as_ref().map(|table| table.sheet.header.delimiter);
        let mut texts = self.table.as_ref().map(|table| table.texts.clone()).unwrap_or_default();
        let (mut line, mut start) = (self.lines_before, 0);
        let runs = readable(&self.bytes, delimiter.as_slice()).into_iter().map(|(bytes, valid)| {
            let shown = valid.map_or_else(|| String::from_utf8_lossy(bytes), Cow::Borrowed);
            let text = texts.add_piece(&*self.name, shown.into_owned(), line);
            let run = Run { text, start, valid: valid.is_some() };
            line += breaks(bytes);
            start += bytes.len() as u32;
            run
        });
        let runs = runs.collect();
        Runs { texts, table: self.table.clone(), runs }
    }
}

impl Runs {
    /// Shows one record after the other, and where its text starts in the bytes.
    pub(super) fn each<'t>(&'t self, findings: &mut Vec<Diagnostic>, see: &mut SeeAt<'_, 't>) {
        for Run { text, start, valid } in &self.runs {
            let see = &mut |record: Option<&mut Record<'t>>, found: Vec<Diagnostic>| {
                see(*start, record, found);
            };
            match &self.table {
                _ if !valid => {
                    let found = record::unreadable(Span::new(*text, 0..0), "this line is not UTF-8");
                    let help = "save the file as UTF-8; in Excel choose \"CSV UTF-8\"";
                    see(None, vec![found.help(help)]);
                }
                Some(table) => table.sheet.rows(&self.texts, *text, 0, findings, see),
                None => lines(&self.texts, *text, see),
            }
        }
    }
}

/// The bytes as runs of lines that are UTF-8, each with its text, and single lines, or rows of a table, that are not.
fn readable<'b>(bytes: &'b [u8], delimiters: &[u8]) -> Vec<(&'b [u8], Option<&'b str>)> {
    let mut runs = Vec::new();
    let mut rest = bytes;
    loop {
        let error = match std::str::from_utf8(rest) {
            Ok(text) => {
                runs.extend((!rest.is_empty()).then_some((rest, Some(text))));
                return runs;
            }
            Err(error) => error,
        };
        let (mut start, mut end) = (0, 0);
        while end <= error.valid_up_to() {
            start = end;
            end += end_of_lines(&rest[start..], delimiters, 1).unwrap_or(rest.len() - start);
        }
        let sound = std::str::from_utf8(&rest[..start]).ok();
        runs.extend(sound.filter(|text| !text.is_empty()).map(|text| (&rest[..start], Some(text))));
        runs.push((&rest[start..end], None));
        rest = &rest[end..];
    }
}

/// How many lines end in these bytes.
pub fn breaks(bytes: &[u8]) -> u32 {
    memchr::memchr_iter(b'\n', bytes).count() as u32
}

/// Calls `see` with a few records after the other, numbered over all files, and the texts they stand in.
pub fn each(
    paths: &[String],
    input: Option<Input>,
    books: &[&Book],
    see: &mut dyn FnMut(Records<'_>, &Texts) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut pieces = Pieces::new(paths, input, Columns::of(books))?;
    let mut before = 0;
    let mut numbered = |mut records: Records<'_>, texts: &Texts| {
        records.entries.iter_mut().for_each(|entry| entry.position += before);
        before += records.entries.len();
        see(records, texts)
    };
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Wrong(wrong) => complain(&wrong.text),
            Piece::Whole(path, format) => {
                let mut texts = Texts::new();
                let records = records::read(&[path], Some(format), books[0], &mut texts)?;
                numbered(records, &texts)?;
            }
            Piece::Lines(lines) => {
                let (runs, mut records, mut findings) = (lines.runs(), Records::default(), Vec::new());
                runs.each(&mut findings, &mut |_, record, found| {
                    records.push(record.map(Record::take), found);
                });
                records.findings = findings;
                numbered(records, &runs.texts)?;
            }
        }
    }
    Ok(())
}

/// Room for bytes that was used and can be used again.
#[derive(Clone, Default)]
pub struct Room(Arc<Mutex<Vec<Vec<u8>>>>);

/// More is not kept.
const MOST_ROOM: usize = 16;

impl Room {
    /// Empty, and with at least so much room.
    pub fn take(&self, bytes: usize) -> Vec<u8> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.iter().rposition(|room| room.capacity() >= bytes) {
            Some(at) => kept.swap_remove(at),
            // What is too small is not used again, or it would stay for good.
            None => {
                kept.pop();
                Vec::with_capacity(bytes)
            }
        }
    }

    /// Takes back what is needed no more.
    pub fn give(&self, mut bytes: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_ROOM && bytes.capacity() <= 2 * BYTES {
            bytes.clear();
            kept.push(bytes);
        }
    }
}

/// The pieces of all files, in order.
pub struct Pieces {
    files: VecDeque<(String, Input)>,
    columns: Columns,
    open: Option<Open>,
    /// A piece has at most so many lines.
    pub most_lines: usize,
    /// Room for their bytes.
    pub room: Room,
}

/// A file of which lines are still to come.
struct Open {
    path: String,
    name: Arc<str>,
    reader: Box<dyn Read + Send>,
    /// Whether it has all its bytes already.
    is_file: bool,
    is_table: bool,
    table: Option<Arc<Table>>,
    /// What was read and is not given out yet.
    bytes: Vec<u8>,
    room: Room,
    lines: u32,
    started: bool,
    ended: bool,
    /// Whether nothing but blanks was read so far.
    blank: bool,
}

impl Pieces {
    /// The pieces of these files; `-` is standard input.
    pub(super) fn new(paths: &[String], input: Option<Input>, columns: Columns) -> Result<Pieces, Failure> {
        let named = |path: &String| {
            let format = input.map_or_else(|| records::by_name(path), Ok)?;
            read::readable(path)?;
            Ok((path.clone(), format))
        };
        let files = paths.iter().map(named).collect::<Result<_, Failure>>()?;
        Ok(Pieces { files, columns, open: None, most_lines: usize::MAX, room: Room::default() })
    }

    /// The pieces of what a reader gives as standard input.
    pub(super) fn of(reader: Box<dyn Read + Send>, is_table: bool, columns: Columns) -> Pieces {
        let (room, path) = (Room::default(), "-".to_string());
        let open = Open::of(path, reader, false, is_table, room.clone());
        Pieces { files: VecDeque::new(), columns, open: Some(open), most_lines: usize::MAX, room }
    }

    /// Whether one file is read as a whole, and nothing else.
    pub fn is_one(&self) -> bool {
        self.open.is_none()
            && self.files.len() == 1
            && self.files.iter().all(|(_, format)| matches!(format, Input::Yaml | Input::Json))
    }

    /// The next piece; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Piece>, Failure> {
        loop {
            if let Some(open) = &mut self.open {
                match open.next(&self.columns, self.most_lines)? {
                    Some(piece) => return Ok(Some(piece)),
                    None => self.open = None,
                }
            }
            let Some((path, format)) = self.files.pop_front() else { return Ok(None) };
            if matches!(format, Input::Yaml | Input::Json) {
                return Ok(Some(Piece::Whole(path, format)));
            }
            self.open = Some(Open::new(path, format == Input::Csv, self.room.clone())?);
        }
    }
}

impl Open {
    fn new(path: String, is_table: bool, room: Room) -> Result<Open, Failure> {
        let read::Open { reader, is_file } = read::open(&path)?;
        Ok(Open::of(path, reader, is_file, is_table, room))
    }

    fn of(path: String, reader: Box<dyn Read + Send>, is_file: bool, is_table: bool, room: Room) -> Open {
        let name = Arc::from(if path == "-" { "standard input" } else { path.as_str() });
        let (table, bytes) = (None, Vec::new());
        let (started, ended, blank) = (false, false, true);
        Open { path, name, reader, is_file, is_table, table, bytes, room, lines: 0, started, ended, blank }
    }

    fn next(&mut self, columns: &Columns, most_lines: usize) -> Result<Option<Piece>, Failure> {
        if !self.started {
            self.started = true;
            self.fill()?;
            if let Some((what, help)) = no_text_by_bytes(&self.bytes) {
                return Ok(Some(self.wrong(|id, name| {
                    let found = Diagnostic::error(Code::UnreadableFile, format!("`{name}` is {what}"));
                    found.at(Span::new(id, 0..0), "").help(help)
                })));
            }
            if self.is_table {
                let wrong = self.header(columns)?;
                if wrong.is_some() {
                    return Ok(wrong);
                }
            }
        }
        loop {
            if let Some(end) = self.end_of_lines(most_lines) {
                return Ok(Some(self.take(end)));
            }
            if self.ended && !self.bytes.is_empty() {
                return Ok(Some(self.take(self.bytes.len())));
            }
            if self.ended {
                break;
            }
            if self.bytes.len() > 2 * RECORD_LINE {
                match self.bytes.iter().position(|byte| *byte == b'\n') {
                    // A quote that is never closed: the rows behind it are read by themselves.
                    Some(end) => return Ok(Some(self.take(end + 1))),
                    None => self.skip()?,
                }
                continue;
            }
            self.fill()?;
        }
        let nothing = std::mem::take(&mut self.blank) && self.table.is_none();
        Ok(nothing.then(|| self.wrong(|id, _| no_record(id))))
    }

    /// Reads on; at the end nothing is left to read.
    fn fill(&mut self) -> Result<(), Failure> {
        if self.is_file {
            let read = self.reader.by_ref().take(BYTES as u64).read_to_end(&mut self.bytes);
            let read = read.map_err(|error| Failed::unread(&self.path, &error))?;
            self.filled(read);
            return Ok(());
        }
        let start = self.bytes.len();
        self.bytes.resize(start + PIPED, 0);
        let read = loop {
            match self.reader.read(&mut self.bytes[start..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Failed::unread(&self.path, &error).into()),
                Ok(read) => break read,
            }
        };
        self.bytes.truncate(start + read);
        self.filled(read);
        Ok(())
    }

    fn filled(&mut self, read: usize) {
        self.ended = read == 0;
        let blank = |byte: &u8| byte.is_ascii_whitespace() || BYTE_ORDER_MARK.contains(byte);
        self.blank = self.blank && self.bytes.iter().all(blank);
    }

    /// Reads the header of a table, which may go over several lines in quotes. What comes back is what is wrong
    /// with it.
    fn header(&mut self, columns: &Columns) -> Result<Option<Piece>, Failure> {
        let empty = |byte: &u8| matches!(byte, b'\r' | b'\n') || BYTE_ORDER_MARK.contains(byte);
        let end = loop {
            let start = self.bytes.iter().position(|byte| !empty(byte)).unwrap_or(self.bytes.len());
            match end_of_lines(&self.bytes[start..], b",;", 1) {
                Some(end) => break start + end,
                None if self.ended || self.bytes.len() > 2 * RECORD_LINE => break self.bytes.len(),
                None => self.fill()?,
            }
        };
        let mut texts = Texts::new();
        let Ok(content) = String::from_utf8(self.bytes[..end].to_vec()) else {
            return Ok(Some(self.wrong(|id, name| {
                let found = Diagnostic::error(Code::UnreadableFile, format!("`{name}` is not UTF-8"));
                let found = found.at(Span::new(id, 0..0), "its header cannot be read");
                found.help("save it as UTF-8; in Excel choose \"CSV UTF-8\"")
            })));
        };
        let id = texts.add(&*self.name, content);
        let mut found = Vec::new();
        let sheet = Sheet::read(&texts, id, columns, &mut found);
        let wrong = (!found.is_empty()).then(|| Piece::Wrong(Wrong::of(&texts, &found)));
        match sheet {
            Some(sheet) => {
                let rest = self.bytes.split_off(sheet.header.end);
                self.lines += breaks(&std::mem::replace(&mut self.bytes, rest));
                self.table = Some(Arc::new(Table { texts, sheet }));
            }
            None => self.finish(),
        }
        Ok(wrong)
    }

    fn wrong(&mut self, found: impl FnOnce(TextId, &str) -> Diagnostic) -> Piece {
        let mut texts = Texts::new();
        let id = texts.add(&*self.name, String::new());
        self.finish();
        Piece::Wrong(Wrong::of(&texts, &[found(id, &self.name)]))
    }

    /// Nothing more is read from this file.
    fn finish(&mut self) {
        self.bytes.clear();
        (self.ended, self.blank) = (true, false);
    }

    fn end_of_lines(&self, most: usize) -> Option<usize> {
        let delimiter = self.table.as_ref().map(|table| table.sheet.header.delimiter);
        end_of_lines(&self.bytes, delimiter.as_slice(), most)
    }

    fn take(&mut self, end: usize) -> Piece {
        let more = if self.is_file { BYTES } else { PIPED };
        let mut rest = self.room.take(self.bytes.len() - end + more);
        rest.extend_from_slice(&self.bytes[end..]);
        self.bytes.truncate(end);
        let bytes = std::mem::replace(&mut self.bytes, rest);
        let lines_before = self.lines;
        self.lines += breaks(&bytes);
        Piece::Lines(Lines { name: self.name.clone(), bytes, lines_before, table: self.table.clone() })
    }

    /// Leaves out the rest of a line that is too long: what was read is enough to say so.
    fn skip(&mut self) -> Result<(), Failure> {
        self.bytes.truncate(RECORD_LINE + 2);
        while self.bytes.last().is_some_and(|byte| !byte.is_ascii()) {
            self.bytes.pop();
        }
        let kept = std::mem::take(&mut self.bytes);
        let rest = loop {
            self.bytes.clear();
            self.fill()?;
            match self.bytes.iter().position(|byte| *byte == b'\n') {
                Some(at) => break self.bytes.split_off(at),
                None if self.ended => break Vec::new(),
                None => {}
            }
        };
        self.bytes = kept;
        self.bytes.extend(rest);
        Ok(())
    }
}

/// Where the last of at most so many whole lines ends. In a table, whose cells these bytes part, a cell in quotes
/// may go over several lines.
pub fn end_of_lines(bytes: &[u8], delimiters: &[u8], most: usize) -> Option<usize> {
    let first = if most == 1 { memchr::memchr(b'\n', bytes) } else { None };
    let quotes = &bytes[..first.unwrap_or(bytes.len())];
    if delimiters.is_empty() || memchr::memchr(b'"', quotes).is_none() {
        return match most {
            1 => first.map(|at| at + 1),
            usize::MAX => memchr::memrchr(b'\n', bytes).map(|at| at + 1),
            _ => bytes
                .iter()
                .enumerate()
                .filter(|(_, byte)| **byte == b'\n')
                .take(most)
                .last()
                .map(|(at, _)| at + 1),
        };
    }
    let (mut end, mut lines) = (None, 0);
    let (mut quoted, mut start) = (false, true);
    for (at, byte) in bytes.iter().enumerate() {
        // Behind a quote that closes a cell another one opens it again: together they are one inside it.
        let closes = quoted && *byte == b'"';
        match byte {
            b'"' if quoted || start => quoted = !quoted,
            b'\n' if !quoted => {
                end = Some(at + 1);
                lines += 1;
                if lines >= most {
                    break;
                }
            }
            _ => {}
        }
        start = closes || !quoted && (matches!(byte, b'\r' | b'\n') || delimiters.contains(byte));
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_in_quotes_goes_over_several_lines_and_no_other() {
        let end = |text: &str| end_of_lines(text.as_bytes(), b",", 1);
        for (row, rest) in [
            ("a,b\n", "\"c\n"),
            ("\"a\nb\",c\n", "d\n"),
            ("\"a\"\"\nb\",c\n", "d\n"),
            ("a\"\"b,c\n", "\"d\n"),
            ("\"a\"b\"c\n", "d\n"),
            ("a,\"\"\n", "b\n"),
        ] {
            assert_eq!(end(&format!("{row}{rest}")), Some(row.len()), "{row}");
        }
        assert_eq!(end("a,\"b\nc\n"), None);
    }

    #[test]
    fn a_row_that_is_no_text_stands_alone_with_all_its_lines() {
        let bytes = b"a,b\n\"\xff\n\",c\nd,e\nf\xff\n";
        let runs: [(&[u8], Option<&str>); 4] = [
            (b"a,b\n", Some("a,b\n")),
            (b"\"\xff\n\",c\n", None),
            (b"d,e\n", Some("d,e\n")),
            (b"f\xff\n", None),
        ];
        assert_eq!(readable(bytes, b","), runs);
        let quoted = [(&b"\"\xff\n"[..], None), (b"\"\n", Some("\"\n"))];
        assert_eq!(readable(b"\"\xff\n\"\n", b""), quoted);
    }
}
