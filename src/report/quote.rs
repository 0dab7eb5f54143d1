//! Quotes for people.

use crate::book::Treatment;
use crate::book::english::words;
use crate::decide::Quote;
use crate::prose::{count, visible};

/// One quote.
pub fn human(quote: &Quote, treatment: &Treatment) -> String {
    let who = quote.client.as_ref().map(|client| format!("{}: ", visible(client))).unwrap_or_default();
    let sessions = count(i64::from(quote.sessions), "session");
    let mut text = format!("{who}{}, {sessions}, {}\n", visible(&treatment.name), quote.visit.long());
    let unit = quote.by.unit.as_ref().map(|unit| format!(" {}", visible(unit))).unwrap_or_default();
    let answer = match quote.by.answer.as_str() {
        "unknown" => "unknown".to_string(),
        known => format!("{}{unit}", visible(known)),
    };
    match quote.total {
        Some(total) => {
            for line in &quote.lines {
                text.push_str(&item(&line.label, &line.amount.to_string()));
            }
            text.push_str(&item(&format!("Total, {}", quote.currency), &total.to_string()));
        }
        None => {
            text.push_str("NO PRICE YET\n");
            if let Some((least, most)) = &quote.range {
                let script = if quote.list.script { ", before lines of the pricing script" } else { "" };
                text.push_str(&format!("  It lies between {least} and {most} {}{script}.\n", quote.currency));
            }
            if let Some(missing) = &quote.missing {
                text.push_str(&format!("  {}\n", visible(missing)));
            }
        }
    }
    text.push_str(&format!("  For {}: {answer}.\n", visible(&words(&quote.by.fact))));
    let basis = quote.list.basis.as_ref().map(|basis| format!(" {}", visible(basis))).unwrap_or_default();
    text.push_str(&format!("  Price list since {}.{basis}\n", quote.list.since.long()));
    text
}

/// A line with its amount at the right.
fn item(label: &str, amount: &str) -> String {
    let label = visible(label);
    let width = 76usize.saturating_sub(label.chars().count());
    format!("  {label}{amount:>width$}\n")
}
