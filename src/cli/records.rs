//! Client records from files and standard input: YAML, JSON, NDJSON and CSV.

use std::path::Path;

use super::exit::Failure;
use crate::book::Book;
use crate::diagnostic::Diagnostic;
use crate::disk;
use crate::limits::{RECORD_LINES, RECORD_TREE};
use crate::report::findings::{self, Colour};
use crate::rulebook::records::{Input, Records, body, given, no_text_by_name, text, too_large};
use crate::source::{Value, json, yaml};
use crate::span::Texts;

/// Reads every file; `-` is standard input.
pub fn read(
    paths: &[String],
    input: Option<Input>,
    book: &Book,
    texts: &mut Texts,
) -> Result<Records<'static>, Failure> {
    let mut records = Records::default();
    for path in paths {
        let format = input.map_or_else(|| by_name(path), Ok)?;
        given(path, content(path, format)?, format, book, texts, &mut records);
    }
    Ok(records)
}

/// The one value in a YAML or JSON file, as it stands.
pub fn single(
    path: &str,
    format: Input,
    texts: &mut Texts,
) -> Result<(Value<'static>, Vec<Diagnostic>), Failure> {
    let mut findings = Vec::new();
    let bytes = content(path, format)?;
    let nothing = || Failure::new(format!("`{path}` holds no record"));
    let Some(id) = text(path, bytes, texts, &mut findings) else {
        return Err(Failure::Rules(findings::each(texts, &findings, Colour::Styled)));
    };
    if let Some(found) = too_large(id, &texts.get(id).content) {
        return Err(Failure::Rules(findings::each(texts, &[found], Colour::Styled)));
    }
    let value = match format {
        Input::Json => {
            json::read(texts, id, body(&texts.get(id).content), &mut findings).map(Value::into_owned)
        }
        _ => yaml::read(texts, id, &mut findings).map(|node| Value::of(&node).into_owned()),
    };
    let value = value.ok_or_else(|| match findings.is_empty() {
        true => nothing(),
        false => Failure::Rules(findings::each(texts, &findings, Colour::Styled)),
    })?;
    Ok((value, findings))
}

pub(super) fn by_name(path: &str) -> Result<Input, Failure> {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    if let Some((what, help)) = extension.and_then(|name| no_text_by_name(&name.to_lowercase())) {
        return Err(Failure::new(format!("`{path}` is {what}")).help(help));
    }
    match extension.map(str::to_lowercase).as_deref() {
        Some("yaml" | "yml") => Ok(Input::Yaml),
        Some("json") => Ok(Input::Json),
        Some("ndjson" | "jsonl") => Ok(Input::Ndjson),
        Some("csv") => Ok(Input::Csv),
        _ if path == "-" => Ok(Input::Ndjson),
        _ => Err(Failure::new(format!("`{path}` does not say by its name what it holds"))
            .help("name it .yaml, .json, .ndjson or .csv, or add `--input`")),
    }
}

pub(super) fn content(path: &str, format: Input) -> Result<Vec<u8>, Failure> {
    let most = match format {
        Input::Yaml | Input::Json => RECORD_TREE as u64,
        Input::Ndjson | Input::Csv => RECORD_LINES,
    };
    // One byte too many is enough to know that there are too many.
    let bytes = disk::read::given(path, most)?;
    if bytes.len() as u64 > RECORD_LINES {
        return Err(Failure::new(format!("`{path}` is larger than 1 GiB")).help("split it"));
    }
    Ok(bytes)
}
