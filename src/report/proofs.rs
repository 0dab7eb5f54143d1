//! What was proved about the rules, in a few lines.

use super::lines::Lines;
use crate::book::Book;
use crate::prose;
use crate::study::guarantees::{Kept, Needed};
use crate::study::proofs::Proofs;

/// `10 guarantees proved for every possible client`, and the questions without which nobody is eligible.
pub fn summary(book: &Book, proved: &[Proofs]) -> String {
    let mut lines = Lines::default();
    for (treatment, proofs) in book.treatments.iter().zip(proved) {
        let about = if proved.len() == 1 { String::new() } else { format!("{}: ", treatment.id) };
        let all = proofs.guarantees.len();
        let kept = proofs.guarantees.iter().filter(|kept| matches!(kept, Kept::Proved)).count();
        let count = match kept == all {
            true => prose::count(all as i64, "guarantee"),
            false => format!("{kept} of {}", prose::count(all as i64, "guarantee")),
        };
        if all > 0 {
            lines.wrap(0, &format!("{about}{count} proved for every possible client"));
        }
        lines.wrap(0, &format!("{about}{}", needed(&proofs.needed, book)));
    }
    lines.0
}

fn needed(needed: &Needed, book: &Book) -> String {
    if needed.anybody == Some(false) {
        return "nobody is ever eligible: there is always a rule that holds".to_string();
    }
    let names: Vec<&str> = needed.facts.iter().map(|id| book.facts.get(*id).id.as_str()).collect();
    let open = match needed.open.len() {
        0 => String::new(),
        n => format!("; of {} it is not known", prose::count(n as i64, "further question")),
    };
    match names.is_empty() {
        true => format!("no single answer is needed to be eligible{open}"),
        false => {
            format!("nobody is eligible unless these are answered: {}{open}", prose::list(&names, "and"))
        }
    }
}
