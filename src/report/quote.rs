//! Quotes for people.

use super::lines::Lines;
use crate::book::english::words;
use crate::book::{Outcome, Treatment};
use crate::decide::Quote;
use crate::prose::{count, visible};

/// One quote. `of_record` if it is of somebody's record, not of some answers alone.
pub fn human(quote: &Quote, treatment: &Treatment, of_record: bool) -> String {
    let mut sheet = Lines::default();
    let who = quote.client.as_ref().map(|client| format!("{client}: ")).unwrap_or_default();
    let sessions = count(i64::from(quote.sessions), "session");
    sheet.wrap(0, &visible(&format!("{who}{}, {sessions}, {}", treatment.name, quote.visit.long())));
    match (quote.refused(), quote.outcome) {
        (Some(outcome), _) => {
            sheet.wrap(0, &format!("{}: the price is no offer", outcome.phrase().to_uppercase()));
            quote.because.iter().for_each(|because| sheet.wrap(2, &visible(&format!("- {because}"))));
        }
        (None, Some(Outcome::MoreInformation)) if of_record => {
            sheet.wrap(0, "MORE INFORMATION NEEDED: `clearance decide` says what to ask first");
        }
        (None, _) => {}
    }
    match quote.total {
        Some(total) => {
            for line in &quote.lines {
                sheet.0.push_str(&item(&line.label, &line.amount.to_string()));
            }
            sheet.0.push_str(&item(&format!("Total, {}", quote.currency), &total.to_string()));
        }
        None => {
            sheet.wrap(0, "NO PRICE YET");
            if let Some((least, most)) = &quote.range {
                let script = if quote.list.script { ", before the lines of the pricing script" } else { "" };
                let amount = match least == most {
                    true => format!("It is {least}"),
                    false => format!("It lies between {least} and {most}"),
                };
                sheet.wrap(2, &format!("{amount} {}{script}.", quote.currency));
            }
            if let Some(missing) = &quote.missing {
                sheet.wrap(2, &visible(missing));
            }
        }
    }
    let unit = quote.by.unit.as_deref().unwrap_or_default();
    let name = words(&quote.by.fact);
    let name = name.strip_suffix(unit).unwrap_or(&name).trim_end();
    let answer = match quote.by.answer.as_str() {
        "unknown" => "unknown".to_string(),
        known => format!("{known} {unit}").trim_end().to_string(),
    };
    let basis = quote.list.basis.as_ref().map(|basis| format!(" {basis}")).unwrap_or_default();
    let list = format!("For {name}: {answer}. Price list since {}.{basis}", quote.list.since.long());
    sheet.wrap(2, &visible(&list));
    sheet.0
}

/// In the place of a quote for a record that cannot be read.
pub fn unreadable(client: &str) -> String {
    format!("{}\nNO PRICE: the record cannot be read\n", visible(client))
}

/// A line with its amount at the right.
fn item(label: &str, amount: &str) -> String {
    let label = visible(label);
    let width = 76usize.saturating_sub(label.chars().count()).max(amount.len() + 1);
    format!("  {label}{amount:>width$}\n")
}
