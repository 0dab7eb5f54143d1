//! Days as an answer names them: a day, a month, a year or a range, cut off where nobody can know.

use super::diags::Finding;
use super::said::{Said, bare, said};
use super::values::{Reader, shown};
use crate::book::fact::{Fact, FactKind};
use crate::source::{Shape, Value};
use crate::span::Span;
use crate::value::{Day, FIRST_DAY, LAST_DAY, NEVER, ONGOING, Point, Points, years_between};

/// Nobody is known to have grown older, in years.
const OLDEST: i64 = 122;

impl Reader<'_> {
    /// All that a day may be if nothing is known of it.
    pub(super) fn past(&self) -> Points {
        Points::of([(NEVER, NEVER), (FIRST_DAY.point(), self.visit.point()), (ONGOING, ONGOING)])
    }

    /// Whether a text is the day that programs write where they have none: the first that they can count.
    pub(super) fn is_no_day(&self, kind: FactKind, text: &str) -> bool {
        // Before it is read: hardly any day is.
        if !text.ends_with("-01-01") {
            return false;
        }
        match (Day::parse(text), kind) {
            (Some(FIRST_DAY), FactKind::BirthDate) => years_between(FIRST_DAY, self.visit) > OLDEST,
            (Some(FIRST_DAY), _) => true,
            (Some(day), kind) => day.point() == 0 && kind != FactKind::BirthDate,
            (None, _) => false,
        }
    }

    /// A date of any kind, a month, a year, or a range.
    pub(super) fn date(&mut self, fact: &Fact, value: &Value<'_>) -> Option<Points> {
        if let Shape::Map(pairs) = &value.shape {
            let (low, high) = self.bounds(fact, value.span, pairs, |text| {
                Day::parse_partial(text).map(|(a, b)| (a.point(), b.point()))
            })?;
            return self.days(fact, value.span, low, high);
        }
        let Some(text) = value.text() else {
            return self.bad(value.span, fact, format!("{} is no day", value.called()));
        };
        let text = bare(text);
        if fact.kind == FactKind::History && self.is_no_day(fact.kind, text) {
            return Some(self.past());
        }
        if let Some((first, last)) = Day::parse_partial(text) {
            return self.days(fact, value.span, Some(first.point()), Some(last.point()));
        }
        let goes_on = fact.kind.may_go_on();
        match said(text) {
            Said::Unknown | Said::Nothing if fact.kind == FactKind::History => Some(self.past()),
            Said::Never | Said::None | Said::No if goes_on => Some(Points::one(NEVER)),
            Said::Ongoing if goes_on => Some(Points::one(ONGOING)),
            Said::None | Said::No if fact.kind == FactKind::PlannedDate => Some(Points::one(ONGOING)),
            _ => self.bad(value.span, fact, format!("{} is no day", shown(value))),
        }
    }

    /// Days from `low` to `high`, and all beyond an end that is open. What lies after the day of the answer is cut
    /// off, or a plan: that stands for its day, any later one, and for going on.
    fn days(&mut self, fact: &Fact, span: Span, low: Option<Point>, high: Option<Point>) -> Option<Points> {
        let from = low.unwrap_or(FIRST_DAY.point());
        if high.is_some_and(|high| from > high) {
            return self.bad(span, fact, "the range ends before it starts");
        }
        let beyond = |is_open: bool, point: Point| if is_open { (point, point) } else { (0, -1) };
        if fact.kind == FactKind::PlannedDate {
            let to = high.unwrap_or(LAST_DAY.point());
            return Some(Points::of([(from, to), beyond(high.is_none(), ONGOING)]));
        }
        let visit = self.visit.point();
        let asked = self.answered.map_or(visit, |day| day.point().min(visit));
        if from > asked && !fact.may_be_planned {
            return self.too_late(fact, span, from);
        }
        let goes_on = fact.kind.may_go_on();
        let to = high.unwrap_or(LAST_DAY.point());
        let is_plan = fact.may_be_planned && (from > asked || high.is_some_and(|high| high > asked));
        if from > asked {
            self.ends = Some((from, to));
        }
        let last = if is_plan { visit } else { to.min(asked) };
        Some(Points::of([
            beyond(low.is_none() && goes_on, NEVER),
            (from, last),
            beyond(is_plan || high.is_none() && goes_on, ONGOING),
        ]))
    }

    fn too_late(&mut self, fact: &Fact, span: Span, from: Point) -> Option<Points> {
        let client = self.client;
        self.out.push(match self.answered {
            Some(answered) if from <= self.visit.point() => {
                let may_end = fact.kind.may_go_on();
                Finding::AfterAnswer { client, span, fact: &fact.id, answered, may_end }.into()
            }
            _ => {
                let message = format!("`{}` lies after the visit on {}", fact.id, self.visit);
                Finding::FutureAnswer { client, span, message }.into()
            }
        });
        None
    }
}
