//! The doors: each way in which records come in and answers go out.

use std::fmt;
use std::io::Cursor;

use clearance::inside::book::Book;
use clearance::inside::cli::decide::{Args, Noted, Table};
use clearance::inside::cli::format::Format;
use clearance::inside::rulebook::Rulebook;
use clearance::inside::rulebook::records::Input;
use serde_json::Value;

use crate::random::Random;
use crate::tree::{Tree, table};

pub const INPUTS: [Input; 4] = [Input::Ndjson, Input::Yaml, Input::Json, Input::Csv];

/// Records as one format holds them.
pub struct Text {
    pub input: Input,
    pub text: String,
    /// Which of the records stand in it, in order.
    pub holds: Vec<usize>,
}

impl Text {
    /// The records in each format, as far as it can say them.
    pub fn all(records: &[Tree], book: &Book, random: &mut Random) -> Vec<Text> {
        let text = |input: Input| {
            let mut holds: Vec<usize> = (0..records.len()).collect();
            let lines =
                |random: &mut Random| records.iter().map(|record| record.json(random)).collect::<Vec<_>>();
            let text = match input {
                Input::Yaml => records.iter().map(|record| format!("- {}\n", record.yaml())).collect(),
                Input::Json => format!("[\n{}\n]\n", lines(random).join(",\n")),
                Input::Ndjson => lines(random).join("\n") + "\n",
                Input::Csv => {
                    holds.retain(|at| records[*at].row(book).is_some());
                    let rows: Vec<_> = records.iter().filter_map(|record| record.row(book)).collect();
                    table(&rows)
                }
            };
            Text { input, text, holds }
        };
        INPUTS.map(text).into_iter().filter(|text| !text.holds.is_empty()).collect()
    }
}

/// One way in and one way out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Door {
    pub input: Input,
    pub format: Format,
    pub is_logged: bool,
}

impl fmt::Display for Door {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (format, input) = (format!("{:?}", self.format), format!("{:?}", self.input));
        write!(out, "{} from {}", format.to_lowercase(), input.to_lowercase())?;
        out.write_str(if self.is_logged { ", logged" } else { "" })
    }
}

/// What one door says about one record.
pub enum Said {
    Object(Value),
    Row(Vec<String>),
    Page(String),
}

/// What a door says about each record.
pub struct Heard {
    pub said: Vec<Said>,
    pub noted: Vec<Noted>,
}

impl Door {
    /// The ways out for one way in.
    pub fn all(input: Input) -> [Door; 5] {
        let door = |format, is_logged| Door { input, format, is_logged };
        [
            door(Format::Ndjson, false),
            door(Format::Csv, false),
            door(Format::Json, false),
            door(Format::Human, false),
            door(Format::Csv, true),
        ]
    }

    /// Whether it is the only one of its kind: what others read or write, too, may be left out now and then.
    pub fn is_main(&self) -> bool {
        self.input == Input::Ndjson || matches!(self.format, Format::Ndjson | Format::Csv) && !self.is_logged
    }

    /// Asks about all records of a text; `clients` are their ids.
    pub fn ask(&self, rulebook: &Rulebook, text: &str, clients: &[String]) -> Heard {
        let args = Args::printed(self.input, self.format, self.is_logged);
        let table = Table::new(&args, rulebook).unwrap_or_else(|_| panic!("the rules are sound"));
        let filled = table.filler().fill(Box::new(Cursor::new(text.to_string().into_bytes())));
        let filled = filled.unwrap_or_else(|_| panic!("nothing is read that could fail:\n{text}"));
        let rows = filled.rows;
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|e| panic!("{e}: {text}"));
        let said = match self.format {
            Format::Json => match json(&format!("[{}]", rows.trim_start_matches(','))) {
                Value::Array(items) => items.into_iter().map(Said::Object).collect(),
                other => panic!("no array: {other}"),
            },
            Format::Ndjson => rows.lines().map(|line| Said::Object(json(line))).collect(),
            Format::Csv => {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(rows.as_bytes());
                let cells = |row: csv::StringRecord| row.iter().map(str::to_string).collect();
                reader.records().map(|row| Said::Row(cells(row.expect("a row")))).collect()
            }
            _ => pages(&rows, clients).into_iter().map(Said::Page).collect(),
        };
        Heard { said, noted: filled.noted }
    }
}

/// What is printed for people, without colours, by client.
fn pages(text: &str, clients: &[String]) -> Vec<String> {
    let text = anstream::adapter::strip_str(text).to_string();
    let mut pages: Vec<String> = Vec::new();
    for line in text.lines() {
        let next = clients.get(pages.len());
        if next.is_some_and(|next| {
            line.strip_prefix(next.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(": "))
        }) {
            pages.push(String::new());
        }
        if let Some(page) = pages.last_mut() {
            *page += line;
            page.push('\n');
        }
    }
    pages
}
