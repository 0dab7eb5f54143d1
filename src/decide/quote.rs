//! The price of sessions, itemised and exact.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Serialize, Serializer};

use super::answers::Answers;
use super::decision::Decision;
use super::words::points;
use crate::book::condition::SlotId;
use crate::book::{Band, Book, Clinic, Outcome, Pricing, Treatment};
use crate::script::Scripts;
use crate::value::{Day, Number, Point, Points};

/// An amount of money, exact. Written as text, so that no program reads it as a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(Decimal);

impl Money {
    /// The amount with as many decimals as the clinic's smallest amount has.
    fn rounded(amount: Decimal, clinic: &Clinic) -> Money {
        let step = decimal(clinic.rounding_to);
        let half = match clinic.rounding_half_even {
            true => RoundingStrategy::MidpointNearestEven,
            false => RoundingStrategy::MidpointAwayFromZero,
        };
        let steps = (amount / step).round_dp_with_strategy(0, half);
        let mut rounded = steps * step;
        rounded.rescale(step.normalize().scale());
        Money(rounded)
    }

    /// The number itself.
    pub fn amount(self) -> Decimal {
        self.0
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An exact number as money is counted in.
fn decimal(number: Number) -> Decimal {
    Decimal::new(number.point(), 6)
}

/// What sessions cost, or what must be known first.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Quote {
    /// Who, if anybody was named.
    pub client: Option<String>,
    /// The treatment's id.
    pub treatment: String,
    /// The day whose price list counts.
    pub visit: Day,
    /// What is certain about the client on that day.
    pub outcome: Option<Outcome>,
    /// Why the client is refused, if that is certain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// How many sessions.
    pub sessions: u32,
    /// The clinic's currency.
    pub currency: String,
    /// The fact the price depends on, and its answer.
    pub by: ByNote,
    /// The price list.
    pub list: ListNote,
    /// The lines; none if there is no price.
    pub lines: Vec<Line>,
    /// The sum of the lines; `None` if there is no price.
    pub total: Option<Money>,
    /// Without a price: the least and the greatest total, before any lines of a script.
    pub range: Option<(Money, Money)>,
    /// Without a price: what to do.
    pub missing: Option<String>,
}

impl Quote {
    /// Says beside the price what is decided about the client.
    pub fn beside(&mut self, decision: &Decision) {
        self.outcome = Some(decision.outcome);
        self.because = match decision.is_refused() {
            true => decision.because(),
            false => Vec::new(),
        };
    }

    /// What is certain about the client, if they are refused.
    pub fn refused(&self) -> Option<Outcome> {
        self.outcome.filter(|outcome| outcome.is_refusal())
    }
}

/// What a price depends on.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ByNote {
    /// The fact.
    pub fact: String,
    /// Its answer, or `unknown`.
    pub answer: String,
    /// Its unit.
    pub unit: Option<String>,
}

/// The price list a quote rests on.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ListNote {
    /// The day it counts from.
    pub since: Day,
    /// Where it comes from.
    pub basis: Option<String>,
    /// Whether a script adds lines.
    pub script: bool,
}

/// One line of a quote, rounded once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Line {
    /// What it is for.
    pub label: String,
    /// How much.
    pub amount: Money,
}

/// The price of `sessions` sessions for a client with these answers.
pub fn quote(
    book: &Book,
    treatment: &Treatment,
    pricing: &Pricing,
    scripts: &Scripts,
    answers: &Answers,
    sessions: u32,
) -> Quote {
    let visit = answers.visit;
    let fact = book.facts.get(pricing.by);
    let space = answers.space(&book.facts);
    let set = &space.sets[pricing.slot.index()];
    let (since, list) = pricing.lists.on(visit);
    let mut quote = Quote {
        client: None,
        treatment: treatment.id.clone(),
        visit,
        outcome: None,
        because: Vec::new(),
        sessions,
        currency: book.clinic.currency.clone(),
        by: ByNote {
            fact: fact.id.clone(),
            answer: points(fact, set, &book.facts.domain(pricing.slot, visit)),
            unit: fact.unit.clone(),
        },
        list: ListNote { since, basis: list.basis.basis.clone(), script: pricing.script.is_some() },
        lines: Vec::new(),
        total: None,
        range: None,
        missing: None,
    };
    let prices = prices(set, &list.bands);
    let one_price = matches!(&prices[..], [_]);
    let known = set.single().is_some() || (one_price && pricing.script.is_none());
    let clinic = &book.clinic;
    match (&prices[..], known) {
        ([price, ..], true) => {
            let mut lines = page_lines(*price, sessions, pricing, clinic);
            let more = match pricing.script {
                Some(_) => script_lines(scripts, book, treatment, answers, sessions, *price),
                None => Ok(Vec::new()),
            };
            match more {
                Ok(more) => {
                    let more = more
                        .into_iter()
                        .map(|(label, amount)| Line { label, amount: Money::rounded(amount, clinic) });
                    lines.extend(more);
                    quote.total = Some(total(&lines));
                    quote.lines = lines;
                }
                Err(fault) => {
                    quote.missing = Some(format!("the pricing script failed, so there is no price: {fault}"))
                }
            }
        }
        _ => {
            let totals = prices.iter().map(|price| total(&page_lines(*price, sessions, pricing, clinic)));
            quote.range = totals.clone().min().zip(totals.max());
            quote.missing = Some(match (&fact.not_sure, set == &book.facts.domain(pricing.slot, visit)) {
                (Some(advice), true) => advice.clone(),
                (None, true) => fact.ask.clone(),
                (_, false) => format!("The price needs one value, not a range. {}", fact.ask),
            });
        }
    }
    quote
}

/// The lines of the pricing script, which is given the price of one session before the discount; or why there
/// are none.
fn script_lines(
    scripts: &Scripts,
    book: &Book,
    treatment: &Treatment,
    answers: &Answers,
    sessions: u32,
    price: Number,
) -> Result<Vec<(String, Decimal)>, String> {
    let facts = &book.facts;
    let space = answers.space(facts);
    let known = |slot: SlotId| space.sets[slot.index()].single();
    if let Some(open) = scripts.price_reads(facts).into_iter().find(|slot| known(*slot).is_none()) {
        return Err(format!("it needs to know `{}`", facts.fact_of(open).id));
    }
    let value = |slot: SlotId| known(slot).unwrap_or_default();
    let args = scripts.price_arguments(facts, treatment, answers.visit, &value, price, sessions);
    let lines = scripts.price_lines(&args).map_err(|fault| format!("{} at {}", fault.message, fault.at))?;
    Ok(lines.into_iter().map(|line| (line.label, line.amount)).collect())
}

/// The prices of every band that the set touches, in the order of the bands.
pub(super) fn prices(set: &Points, bands: &[Band]) -> Vec<Number> {
    let mut from = Point::MIN / 2;
    let mut found = Vec::new();
    for Band { up_to, price, .. } in bands {
        let to = up_to.map_or(Point::MAX / 2, |end| end.point());
        if !set.intersect(&Points::range(from, to)).is_empty() {
            found.push(*price);
        }
        from = to + 1;
    }
    found
}

/// What the page itself says: the price of the sessions, and the discount for a course.
fn page_lines(price: Number, sessions: u32, pricing: &Pricing, clinic: &Clinic) -> Vec<Line> {
    let gross = decimal(price) * Decimal::from(sessions);
    let each = Money::rounded(decimal(price), clinic);
    let label = match sessions {
        1 => format!("1 {}", pricing.per),
        many => format!("{many} {}s at {each}", pricing.per),
    };
    let mut lines = vec![Line { label, amount: Money::rounded(gross, clinic) }];
    if let Some((least, percent)) = pricing.course_discount
        && sessions >= least
    {
        let discount = -gross * decimal(percent) / Decimal::ONE_HUNDRED;
        let label = format!("Course discount of {percent}% from {least} {}s on", pricing.per);
        lines.push(Line { label, amount: Money::rounded(discount, clinic) });
    }
    lines
}

fn total(lines: &[Line]) -> Money {
    let mut sum = Decimal::ZERO;
    for line in lines {
        sum += line.amount.amount();
    }
    Money(sum)
}
