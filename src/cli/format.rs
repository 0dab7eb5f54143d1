//! The formats that verbs print in.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// How something is printed. Each verb takes those that suit what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// For programs, one object on each line
    Ndjson,
    /// A table
    Csv,
    /// For a calendar
    Ics,
    /// A page to print or send
    Html,
    /// For pull requests and documents
    Markdown,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
    /// For a GitHub workflow: marks the lines
    Github,
    /// JUnit XML, for most CI systems
    Junit,
}

/// The formats of findings.
pub const FINDINGS: [Format; 5] = [Format::Human, Format::Json, Format::Sarif, Format::Github, Format::Junit];

/// Reads the name of one of these.
pub fn one_of<const N: usize>(formats: [Format; N]) -> impl TypedValueParser<Value = Format> {
    let known = formats.iter().filter_map(ValueEnum::to_possible_value).collect::<Vec<_>>();
    PossibleValuesParser::new(known).try_map(|name| Format::from_str(&name, false))
}
