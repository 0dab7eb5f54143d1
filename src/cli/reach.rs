//! What the cases reach, for `clearance test`: coverage, and the cases that would close its gaps.

use std::io::ErrorKind;
use std::path::Path;

use super::exit::Failure;
use crate::book::Clinic;
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::{Failed, write};
use crate::report::missing;
use crate::report::trial::Trial;
use crate::study::coverage::{Coverage, Kind};
use crate::study::examples::Example;
use crate::value::{Day, Number};

/// A trial for each kind of thing that must be reached, with a finding for each gap where too little was.
pub fn trials(coverage: &Coverage, clinic: &Clinic, treatment: &str) -> Vec<Trial> {
    let kinds = Kind::ALL.into_iter().filter_map(|kind| Some((kind, clinic.threshold(kind.word())?)));
    kinds
        .map(|(kind, wanted)| {
            let (reached, all) = coverage.counts(kind);
            let enough = all == 0 || reached as i64 * 100 >= all as i64 * whole(wanted);
            let gaps = coverage.gaps.iter().filter(|gap| gap.kind == kind && !enough);
            let findings = gaps.map(|gap| {
                Diagnostic::error(Code::NotCovered, gap.says.clone())
                    .at(gap.span, "")
                    .note(format!("{reached} of {all} {} are reached, and {wanted}% must be", kind.word()))
                    .help(
                        "`clearance test --missing` writes the cases that are missing, but for their answers",
                    )
            });
            let (name, group) = (format!("reached: {}", kind.word()), format!("{treatment}/cases"));
            Trial { name, group, at: None, findings: findings.collect() }
        })
        .collect()
}

/// A percentage, rounded up.
fn whole(percent: Number) -> i64 {
    let one = Number::whole(1).point();
    (percent.point() + one - 1).div_euclid(one)
}

/// Writes the examples that no case is called like to a new file beside the cases. Gives its path, or `None` if
/// nothing is missing.
pub fn write_missing(
    rules: &Path,
    treatment: &str,
    examples: &[Example],
    day: Day,
) -> Result<Option<String>, Failure> {
    if examples.is_empty() {
        return Ok(None);
    }
    let dir = rules.join(treatment).join("cases");
    let text = missing::file(examples, day);
    write::folder(&dir).map_err(|error| Failed::unwritten(dir.display(), &error))?;
    for number in 1.. {
        let name = if number == 1 { "missing.yaml".to_string() } else { format!("missing-{number}.yaml") };
        let shown = format!("{treatment}/cases/{name}");
        match write::new_file(&dir.join(&name), text.as_bytes()) {
            Ok(()) => return Ok(Some(shown)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Failed::unwritten(shown, &error).into()),
        }
    }
    Ok(None)
}
