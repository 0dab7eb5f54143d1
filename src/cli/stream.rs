//! Client records a few at a time, so that any number of them fits: NDJSON and CSV line by line, YAML and
//! JSON as a whole.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write as _};

use super::exit::Failure;
use super::output::words;
use super::records::{self, Columns, Input, Records};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::RECORD_LINE;
use crate::span::{Span, Texts};

/// So many lines are read at once.
const LINES: usize = 4_000;
/// And so many bytes at most, but for the last line.
const BYTES: usize = 8 << 20;

/// Calls `see` with a few records after the other, numbered over all files, and the texts they stand in.
pub fn each(
    paths: &[String],
    input: Option<Input>,
    books: &[&crate::book::Book],
    see: &mut dyn FnMut(Records, &mut Texts) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let columns = Columns::of(books);
    let mut before = 0;
    for path in paths {
        let format = input.map_or_else(|| records::by_name(path), Ok)?;
        if matches!(format, Input::Yaml | Input::Json) {
            let mut texts = Texts::new();
            let one = std::slice::from_ref(path);
            let mut found = records::read(one, Some(format), books[0], &mut texts)?;
            before = renumber(&mut found, before);
            see(found, &mut texts)?;
            continue;
        }
        let mut pieces = Pieces::open(path, format == Input::Csv)?;
        while let Some(piece) = pieces.next(path)? {
            let mut texts = Texts::new();
            let name = if path == "-" { "standard input" } else { path };
            let mut found = Records::default();
            let Ok(content) = String::from_utf8(piece.bytes) else {
                let id = texts.add_piece(name, String::new(), piece.lines_before);
                let message = format!("`{name}` is not UTF-8 somewhere after line {}", piece.lines_before);
                let finding = Diagnostic::error(Code::UnreadableFile, message).at(Span::new(id, 0..0), "");
                found.findings.push(finding.help("save it as UTF-8; in Excel choose \"CSV UTF-8\""));
                see(found, &mut texts)?;
                break;
            };
            let id = texts.add_piece(name, content, piece.lines_before);
            match format {
                Input::Csv => records::table(&texts, id, &columns, &mut found),
                _ => records::lines(&texts, id, &mut found),
            }
            before = renumber(&mut found, before);
            see(found, &mut texts)?;
        }
    }
    Ok(())
}

fn renumber(records: &mut Records, before: usize) -> usize {
    records.entries.iter_mut().for_each(|entry| entry.position += before);
    before + records.entries.len()
}

/// A few lines of a file; of a table each piece begins with the header.
struct Piece {
    bytes: Vec<u8>,
    /// What to add to a line of the piece to get the line of the file.
    lines_before: u32,
}

struct Pieces {
    reader: BufReader<Box<dyn Read>>,
    table: bool,
    header: Vec<u8>,
    /// How many lines were read so far.
    lines: u32,
    first: bool,
}

impl Pieces {
    fn open(path: &str, table: bool) -> Result<Pieces, Failure> {
        let fail =
            |error: std::io::Error| Failure::new(format!("`{path}` cannot be read: {}", words(&error)));
        let reader: Box<dyn Read> = match path {
            "-" => Box::new(std::io::stdin()),
            _ => {
                let file = File::open(path).map_err(fail)?;
                if file.metadata().is_ok_and(|data| data.is_dir()) {
                    return Err(Failure::new(format!("`{path}` is a folder")).help("name the files in it"));
                }
                Box::new(file)
            }
        };
        let reader = BufReader::with_capacity(1 << 16, reader);
        let mut pieces = Pieces { reader, table, header: Vec::new(), lines: 0, first: true };
        let start = pieces.reader.fill_buf().map_err(fail)?;
        if let Some((what, help)) = records::no_text_by_bytes(start) {
            return Err(Failure::new(format!("`{path}` is {what}")).help(help));
        }
        Ok(pieces)
    }

    /// The next lines; `None` at the end. Even a file without a line gives one piece.
    fn next(&mut self, path: &str) -> Result<Option<Piece>, Failure> {
        let fail =
            |error: std::io::Error| Failure::new(format!("`{path}` cannot be read: {}", words(&error)));
        let first = std::mem::take(&mut self.first);
        let mut bytes = self.header.clone();
        let lines_before = self.lines - u32::from(!self.header.is_empty());
        let start = bytes.len();
        let (mut count, mut quotes) = (0, 0);
        loop {
            let from = bytes.len();
            let most = RECORD_LINE as u64 + 2;
            let read = self.reader.by_ref().take(most).read_until(b'\n', &mut bytes).map_err(fail)?;
            if read == 0 {
                break;
            }
            if read as u64 == most {
                self.skip(&mut bytes).map_err(fail)?;
            }
            self.lines += 1;
            count += 1;
            quotes += bytes[from..].iter().filter(|byte| **byte == b'"').count();
            if self.table && first && count == 1 {
                self.header = bytes.clone();
            }
            // A cell in quotes may go over several lines.
            let inside = self.table && quotes % 2 == 1 && bytes.len() - start < 2 * BYTES;
            if (count >= LINES || bytes.len() - start >= BYTES) && !inside {
                break;
            }
        }
        Ok((first || count > 0).then_some(Piece { bytes, lines_before }))
    }

    /// Leaves out the rest of a line that is too long: what was read is enough to say so.
    fn skip(&mut self, bytes: &mut Vec<u8>) -> std::io::Result<()> {
        while bytes.last().is_some_and(|byte| !byte.is_ascii()) {
            bytes.pop();
        }
        bytes.write_all(b"\n")?;
        loop {
            let rest = self.reader.fill_buf()?;
            let (end, found) = match rest.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (rest.len(), false),
            };
            self.reader.consume(end);
            if found || end == 0 {
                return Ok(());
            }
        }
    }
}
