//! What the cases reach: rules seen to hold, not to hold and to be open, edges looked at from both sides, and
//! the statements of the sources that are guarded so.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::cases::Question;
use super::run::{Answer, Panel, Ran};
use crate::book::condition::{Condition, ConditionKind, ParameterId};
use crate::book::{AftercareItem, Basis, Exclusion, Extent, InForce, Matter, Pricing, Treatment};
use crate::decide::aftercare::{About, End, Item};
use crate::decide::cells::{Asked, cells};
use crate::decide::{Quote, Space};
use crate::prose;
use crate::span::Span;
use crate::value::{Day, Number, Point, Truth};
use jiff::{SignedDuration, Zoned};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Rules seen to hold, not to hold and to be open.
    Rules,
    /// The same for each condition inside a rule, and for whoever a step is not for.
    Conditions,
    /// Both sides of every limit: the last value before it and the first after it.
    Edges,
    /// Each value of each parameter, by the edges it sets.
    Parameters,
    /// Instructions after the treatment.
    Aftercare,
    /// Price bands.
    Prices,
    /// Statements of the sources, by what cites them.
    Statements,
}

impl Kind {
    /// Every kind, in the order in which they are reported.
    pub const ALL: [Kind; 7] = [
        Kind::Rules,
        Kind::Conditions,
        Kind::Edges,
        Kind::Parameters,
        Kind::Aftercare,
        Kind::Prices,
        Kind::Statements,
    ];

    /// The name under `thresholds:` in clinic.yaml.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Rules => "rules",
            Kind::Conditions => "conditions",
            Kind::Edges => "edges",
            Kind::Parameters => "parameters",
            Kind::Aftercare => "aftercare",
            Kind::Prices => "prices",
            Kind::Statements => "statements",
        }
    }
}

/// Something no case reaches.
#[derive(Debug, Clone)]
pub struct Gap {
    /// What is counted.
    pub kind: Kind,
    /// The element it is missing from.
    element: usize,
    /// What was not seen, in words: `microneedling/radiation was never seen to hold`.
    pub says: String,
    /// Where it is written.
    pub span: Span,
    /// What a case must show to close it.
    pub wish: Wish,
}

/// What a case must show.
#[derive(Debug, Clone)]
pub enum Wish {
    /// A client for whom a condition comes out so.
    Comes(Condition, Truth),
    /// A client just before (or, if not, just after) the point at which a comparison changes.
    Edge(Condition, usize, Side),
    /// A question about an activity, at the edge of the item with this place among the instructions.
    Activity(usize, EdgeOf, Side),
    /// A quote for this value, and so many sessions.
    Quote(Number, u32),
    /// The whole list of instructions.
    Timeline,
    /// A plan.
    Plan,
    /// Nothing that the engine can make up.
    Nothing,
}

/// A side of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The last value before it.
    Before,
    /// The first value after it.
    After,
}

/// Which edge of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeOf {
    /// Where it begins.
    Start,
    /// Where it ends.
    End,
}

/// What the cases reach, and what they do not.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// The kind of everything there is to reach.
    elements: Vec<Kind>,
    /// What was not reached. An element without gaps was.
    pub gaps: Vec<Gap>,
}

impl Coverage {
    fn count(&mut self, kind: Kind, missing: Vec<(String, Span, Wish)>) {
        let element = self.elements.len();
        self.elements.push(kind);
        let gaps = missing.into_iter().map(|(says, span, wish)| Gap { kind, element, says, span, wish });
        self.gaps.extend(gaps);
    }

    /// Takes away the gaps at these places: it is proved that nothing can close them.
    pub fn forget(&mut self, needless: &[usize]) {
        let mut at = 0..;
        self.gaps.retain(|_| at.next().is_none_or(|place| !needless.contains(&place)));
    }

    /// How many were reached, and how many there are.
    pub fn counts(&self, kind: Kind) -> (usize, usize) {
        let open: BTreeSet<usize> = self.gaps.iter().map(|gap| gap.element).collect();
        let all = self.elements.iter().enumerate().filter(|(_, other)| **other == kind);
        let (open, reached): (Vec<_>, Vec<_>) = all.partition(|(at, _)| open.contains(at));
        (reached.len(), open.len() + reached.len())
    }
}

/// A condition that is watched while the cases run.
struct Watched<'b> {
    /// `microneedling/radiation`
    owner: String,
    condition: &'b Condition,
    /// Whether it is the whole condition of a rule.
    whole_rule: bool,
    in_force: InForce,
    seen: BTreeSet<Truth>,
    /// The sides seen of each edge, by its place and the days since which its parameters have their values.
    sides: BTreeSet<(usize, Vec<Day>, Side)>,
    /// How many edges it has.
    edges: usize,
    /// Whether it reads an answer, which may be missing.
    reads: bool,
}

/// Measures what the cases that ran reach.
pub fn coverage(treatment: &Treatment, ran: &[Ran<'_>], panel: &mut Panel<'_>) -> Coverage {
    let mut watched = watched(treatment);
    for ran in ran {
        for row in &ran.case.rows {
            if let Question::Decide(visit) = &row.question
                && let Ok(answers) = panel.answers(visit)
            {
                let rules = panel.on(visit.day);
                let space = answers.space(&rules.book.facts);
                for one in watched.iter_mut().filter(|one| one.in_force.covers(visit.day)) {
                    one.see(&rules.asked(one.condition), &space, treatment, visit.day);
                }
            }
        }
    }
    let answers: Vec<&Answer> = ran.iter().flat_map(|ran| &ran.answers).collect();
    let mut coverage = Coverage::default();
    for one in &watched {
        one.report(&mut coverage);
    }
    let items = Items::of(treatment, &answers);
    items.report(treatment, &mut coverage);
    prices(treatment, &answers, &mut coverage);
    let planned =
        answers.iter().any(|answer| matches!(answer, Answer::Plan(outlook) if outlook.plan.is_ok()));
    let values = parameters(treatment, &watched, planned, &items, &mut coverage);
    let reached = Reached { watched: &watched, items: &items, answers: &answers, planned, values: &values };
    statements(treatment, &reached, &mut coverage);
    coverage
}

fn watched(treatment: &Treatment) -> Vec<Watched<'_>> {
    let mut watched = Vec::new();
    for rule in treatment.rules.iter().filter(|rule| rule.withdrawn.is_none()) {
        for (condition, whole) in parts(&rule.condition) {
            watched.push(Watched::of(&rule.id, condition, whole, rule.in_force));
        }
    }
    for (step, exclusion) in exclusions(treatment) {
        let owner = format!("{}/appointment/{step}/{}", treatment.id, exclusion.id);
        for (condition, _) in parts(&exclusion.condition) {
            watched.push(Watched::of(&owner, condition, false, InForce::default()));
        }
    }
    watched
}

fn exclusions(treatment: &Treatment) -> impl Iterator<Item = (&str, &Exclusion)> {
    let steps = treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
    steps.flat_map(|step| step.not_for.iter().map(|exclusion| (step.id.as_str(), exclusion)))
}

/// A condition, which is the whole, and those inside it; what is only negated says the same as its opposite.
fn parts(condition: &Condition) -> Vec<(&Condition, bool)> {
    let mut parts = vec![(condition, true)];
    let mut negated: Vec<&Condition> = Vec::new();
    condition.walk(&mut |part| {
        if let ConditionKind::Not(inner) = &part.kind {
            negated.push(inner);
        }
        let edge = matches!(part.kind, ConditionKind::Dates(..) | ConditionKind::Numbers(..));
        let opposite = negated.iter().any(|other| std::ptr::eq(*other, part)) && !edge;
        if !std::ptr::eq(part, condition) && !opposite {
            parts.push((part, false));
        }
    });
    parts
}

impl<'b> Watched<'b> {
    fn of(owner: &str, condition: &'b Condition, whole_rule: bool, in_force: InForce) -> Watched<'b> {
        let (seen, sides) = (BTreeSet::new(), BTreeSet::new());
        Watched {
            owner: owner.to_string(),
            condition,
            whole_rule,
            in_force,
            seen,
            sides,
            edges: 0,
            reads: true,
        }
    }

    fn see(&mut self, asked: &Asked<'_>, space: &Space, treatment: &Treatment, day: Day) {
        self.seen.insert(over(asked, space));
        self.reads = !asked.slots().is_empty();
        if !matches!(self.condition.kind, ConditionKind::Dates(..) | ConditionKind::Numbers(..)) {
            return;
        }
        let since: Vec<Day> = self
            .condition
            .parameters()
            .into_iter()
            .map(|id| treatment.parameter(id).values.on(day).0)
            .collect();
        let edges = edges(asked, day);
        self.edges = self.edges.max(edges.len());
        for (at, edge) in edges.iter().enumerate() {
            let Some(value) = space.sets[edge.slot].single() else { continue };
            let side = match value - edge.point {
                after if (0..edge.step).contains(&after) => Side::After,
                before if (-edge.step..0).contains(&before) => Side::Before,
                _ => continue,
            };
            self.sides.insert((at, since.clone(), side));
        }
    }

    fn has_side(&self, at: usize, side: Side, since: Option<(usize, Day)>) -> bool {
        self.sides.iter().any(|(edge, values, seen)| {
            *edge == at && *seen == side && since.is_none_or(|(place, day)| values.get(place) == Some(&day))
        })
    }

    fn report(&self, coverage: &mut Coverage) {
        let mut wanted = vec![(Truth::Yes, "to hold"), (Truth::No, "not to hold")];
        if self.reads {
            wanted.push((Truth::Unknown, "to be open, for want of an answer"));
        }
        let what = match self.whole_rule {
            true => format!("{} was", self.owner),
            false => format!("a condition of {} was", self.owner),
        };
        let missing = wanted.into_iter().filter(|(truth, _)| !self.seen.contains(truth));
        let missing = missing.map(|(truth, words)| {
            let wish = Wish::Comes(self.condition.clone(), truth);
            (format!("{what} never seen {words}"), self.condition.span, wish)
        });
        let kind = if self.whole_rule { Kind::Rules } else { Kind::Conditions };
        coverage.count(kind, missing.collect());
        for at in 0..self.edges {
            let sides = [(Side::Before, "just before"), (Side::After, "just after")];
            let missing = sides.into_iter().filter(|(side, _)| !self.has_side(at, *side, None));
            let missing = missing.map(|(side, words)| {
                let wish = Wish::Edge(self.condition.clone(), at, side);
                let says = format!("no case stands {words} the edge of {}", self.owner);
                (says, self.condition.span, wish)
            });
            coverage.count(Kind::Edges, missing.collect());
        }
    }
}

/// Whether the condition holds over all completions.
fn over(asked: &Asked<'_>, space: &Space) -> Truth {
    const MOST_SPLITS: u32 = 20_000;
    let quick = asked.truth(&space.sets);
    if quick != Truth::Unknown {
        return quick;
    }
    let (mut yes, mut no) = (false, false);
    let _ = cells(&[asked], space, MOST_SPLITS, &mut |_, truths| {
        yes |= truths[0] != Truth::No;
        no |= truths[0] != Truth::Yes;
        if yes && no { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match (yes, no) {
        (true, false) => Truth::Yes,
        (false, true) => Truth::No,
        _ => Truth::Unknown,
    }
}

/// Where a comparison changes inside the answers a client can give.
pub(super) struct Edge {
    pub(super) slot: usize,
    /// The first point after it.
    pub(super) point: Point,
    /// How far from it a value still stands beside it: a day, or one of a number.
    pub(super) step: Point,
}

pub(super) fn edges(asked: &Asked<'_>, day: Day) -> Vec<Edge> {
    let facts = asked.facts();
    let inside = |slot, point: Point| {
        let domain = facts.domain(slot, day);
        domain.ranges().iter().any(|(low, high)| *low < point && point <= *high)
    };
    let cuts = asked.cuts().into_iter().filter(|(slot, point)| inside(*slot, *point));
    cuts.map(|(slot, point)| {
        let number = !facts.fact_of(slot).kind.is_date();
        let step = if number { Number::whole(1).point() } else { 1 };
        Edge { slot: slot.index(), point, step }
    })
    .collect()
}

/// What was asked about the instructions after the treatment.
struct Items {
    /// Whether somebody asked for all of them.
    listed: bool,
    /// Which were asked about.
    asked: BTreeSet<usize>,
    /// The sides seen of the edges of their windows.
    sides: BTreeSet<(usize, EdgeOf, Side)>,
    /// The edges they have.
    edges: BTreeSet<(usize, EdgeOf)>,
}

impl Items {
    fn of(treatment: &Treatment, answers: &[&Answer]) -> Items {
        let (asked, sides) = (BTreeSet::new(), BTreeSet::new());
        let mut items = Items { listed: false, asked, sides, edges: BTreeSet::new() };
        for (at, item) in treatment.aftercare.iter().enumerate() {
            let activities = !matches!(item.matter, Matter::Expect(_));
            let clock = |extent: &Option<Extent>| matches!(extent, Some(e) if *e != Extent::Always);
            let starts = clock(&item.from) && matches!(item.matter, Matter::Do(_) | Matter::May(_));
            items.edges.extend((activities && starts).then_some((at, EdgeOf::Start)));
            items.edges.extend((activities && clock(&item.lasts_for)).then_some((at, EdgeOf::End)));
        }
        for answer in answers {
            match answer {
                Answer::Timeline(_) => items.listed = true,
                Answer::May(timeline, asked) => {
                    for at in &asked.items {
                        items.asked.insert(*at);
                        items.see(*at, &timeline.items[*at], &asked.at);
                    }
                }
                _ => {}
            }
        }
        items
    }

    fn see(&mut self, at: usize, item: &Item, asked: &Zoned) {
        let end = match &item.end {
            End::At(end) | End::NotBefore(end) => Some(end),
            _ => None,
        };
        let start = (item.about != About::Avoid).then_some(item.begins());
        for (which, edge) in [(EdgeOf::Start, start), (EdgeOf::End, end)] {
            let Some(edge) = edge else { continue };
            let minute = SignedDuration::from_mins(1);
            let side = match asked.duration_since(edge) {
                after if after >= SignedDuration::ZERO && after < minute => Side::After,
                before if before < SignedDuration::ZERO && -before <= minute => Side::Before,
                _ => continue,
            };
            self.sides.insert((at, which, side));
        }
    }

    fn is_tested(&self, at: usize) -> bool {
        self.listed || self.asked.contains(&at)
    }

    fn report(&self, treatment: &Treatment, coverage: &mut Coverage) {
        for (at, item) in treatment.aftercare.iter().enumerate() {
            let says = format!("nobody asks about the instruction `{}`", item.id);
            let missing = (!self.is_tested(at)).then_some((says, item.span, Wish::Timeline));
            coverage.count(Kind::Aftercare, missing.into_iter().collect());
        }
        for (at, which) in &self.edges {
            let item: &AftercareItem = &treatment.aftercare[*at];
            let edge = match which {
                EdgeOf::Start => "starts",
                EdgeOf::End => "ends",
            };
            let sides = [(Side::Before, "the minute before"), (Side::After, "the minute in which")];
            let missing = sides.into_iter().filter(|(side, _)| !self.sides.contains(&(*at, *which, *side)));
            let missing = missing.map(|(side, words)| {
                let says = format!("no case asks about `{}` {words} it {edge}", item.id);
                (says, item.span, Wish::Activity(*at, *which, side))
            });
            coverage.count(Kind::Edges, missing.collect());
        }
    }
}

fn prices(treatment: &Treatment, answers: &[&Answer], coverage: &mut Coverage) {
    let Some(pricing) = &treatment.pricing else { return };
    let quotes: Vec<&Quote> = answers
        .iter()
        .filter_map(|answer| match answer {
            Answer::Quote(quote) if quote.total.is_some() => Some(quote.as_ref()),
            _ => None,
        })
        .collect();
    let one = Number::whole(1).point();
    for (since, list) in pricing.lists.all() {
        let of_list = quotes.iter().filter(|quote| quote.list.since == *since);
        let values: Vec<Point> =
            of_list.filter_map(|quote| Number::parse(&quote.by.answer)).map(Number::point).collect();
        let mut from = Point::MIN;
        for band in &list.bands {
            let to = band.up_to.map_or(Point::MAX, |end| end.point());
            let seen = values.iter().any(|value| from < *value && *value <= to);
            let example = band.up_to.unwrap_or(Number::from_point(from.saturating_add(one)));
            let says = format!("no quote falls into the price band of {}", band.price);
            let missing = (!seen).then_some((says, band.span, Wish::Quote(example, 1)));
            coverage.count(Kind::Prices, missing.into_iter().collect());
            if let Some(end) = band.up_to {
                let at = values.contains(&end.point());
                let after = values.iter().any(|value| end.point() < *value && *value <= end.point() + one);
                let mut missing = Vec::new();
                if !at {
                    let says = format!("no quote stands at the edge of a price band, {end}");
                    missing.push((says, band.span, Wish::Quote(end, 1)));
                }
                if !after {
                    let beyond = Number::from_point(end.point() + one / 100);
                    let says = format!("no quote stands just beyond the edge of a price band, {end}");
                    missing.push((says, band.span, Wish::Quote(beyond, 1)));
                }
                coverage.count(Kind::Edges, missing);
            }
            from = to;
        }
    }
    discount(pricing, &quotes, coverage);
}

/// From how many sessions the discount counts.
fn discount(pricing: &Pricing, quotes: &[&Quote], coverage: &mut Coverage) {
    let Some((least, _)) = pricing.course_discount else { return };
    let bands = pricing.lists.all().iter().flat_map(|(_, list)| &list.bands);
    let value = bands.filter_map(|band| band.up_to).next().unwrap_or(Number::whole(1));
    let wanted = [least.saturating_sub(1), least].into_iter().filter(|sessions| *sessions > 0);
    let missing = wanted.filter(|sessions| !quotes.iter().any(|quote| quote.sessions == *sessions));
    let missing = missing.map(|sessions| {
        let says =
            format!("no quote is for {}, beside the discount", prose::count(i64::from(sessions), "session"));
        (says, pricing.span, Wish::Quote(value, sessions))
    });
    coverage.count(Kind::Edges, missing.collect());
}

/// Each value of each parameter: some edge it sets was looked at from both sides while it counted, or what it
/// sets outside conditions was shown. Gives the values that were reached, by parameter and place.
fn parameters(
    treatment: &Treatment,
    watched: &[Watched<'_>],
    planned: bool,
    items: &Items,
    coverage: &mut Coverage,
) -> BTreeSet<(usize, usize)> {
    let mut reached = BTreeSet::new();
    for (number, parameter) in treatment.parameters.iter().enumerate() {
        let id = ParameterId(number as u16);
        for (place, (since, value)) in parameter.values.all().iter().enumerate() {
            let mut wish = Wish::Nothing;
            let mut seen = planned && in_course(treatment, id);
            seen |=
                treatment.aftercare.iter().enumerate().any(|(at, item)| {
                    items.is_tested(at) && uses(&item.from, id) | uses(&item.lasts_for, id)
                });
            for one in watched.iter().filter(|one| one.condition.parameters().contains(&id)) {
                let at = one.condition.parameters().iter().position(|other| *other == id).unwrap_or(0);
                let side = |edge, side| one.has_side(edge, side, Some((at, *since)));
                seen |= (0..one.edges).any(|edge| side(edge, Side::Before) && side(edge, Side::After));
                seen |= one.condition.is_scripted() && one.seen.len() > 1;
                if one.edges > 0 {
                    wish = Wish::Edge(one.condition.clone(), 0, Side::Before);
                }
            }
            let says = format!("no case looks at both sides of `{}: {}`", parameter.id, value.value);
            if seen {
                reached.insert((number, place));
            }
            let missing = (!seen).then_some((says, value.span, wish));
            coverage.count(Kind::Parameters, missing.into_iter().collect());
        }
    }
    reached
}

fn uses(extent: &Option<Extent>, id: ParameterId) -> bool {
    *extent == Some(Extent::Parameter(id))
}

fn in_course(treatment: &Treatment, id: ParameterId) -> bool {
    let course = treatment.course.iter();
    let extents = course.flat_map(|course| {
        [Some(&course.gap_least), Some(&course.gap_most), course.results.as_ref()].into_iter().flatten()
    });
    let appointment = treatment.appointment.iter();
    let of_visit = appointment.flat_map(|appointment| {
        std::iter::once(&appointment.duration).chain(appointment.steps.iter().flat_map(|step| &step.before))
    });
    extents.chain(of_visit).any(|extent| *extent == Extent::Parameter(id))
}

/// What was reached, for the statements behind it.
struct Reached<'r, 'b> {
    watched: &'r [Watched<'b>],
    items: &'r Items,
    answers: &'r [&'r Answer],
    planned: bool,
    values: &'r BTreeSet<(usize, usize)>,
}

impl Reached<'_, '_> {
    /// The basis of everything that was reached.
    fn bases<'t>(&self, treatment: &'t Treatment) -> Vec<&'t Basis> {
        let both = |one: &&Watched<'_>| one.seen.contains(&Truth::Yes) && one.seen.contains(&Truth::No);
        let owners: Vec<&str> = self.watched.iter().filter(both).map(|one| one.owner.as_str()).collect();
        let decided = self.answers.iter().any(|answer| matches!(answer, Answer::Decision(_)));
        let quoted = self.answers.iter().any(|answer| matches!(answer, Answer::Quote(_)));
        let mut bases: Vec<&Basis> = Vec::new();
        let rules = treatment.rules.iter().filter(|rule| owners.contains(&rule.id.as_str()));
        bases.extend(rules.map(|rule| &rule.basis));
        for (step, exclusion) in exclusions(treatment) {
            let owner = format!("{}/appointment/{step}/{}", treatment.id, exclusion.id);
            bases.extend(owners.contains(&owner.as_str()).then_some(&exclusion.basis));
        }
        if let Some(appointment) = &treatment.appointment {
            bases.extend(self.planned.then_some(&appointment.basis));
            let steps = appointment.steps.iter().filter(|_| decided || self.planned);
            bases.extend(steps.map(|step| &step.basis));
        }
        bases.extend(treatment.course.iter().filter(|_| self.planned).map(|course| &course.basis));
        let items = treatment.aftercare.iter().enumerate().filter(|(at, _)| self.items.is_tested(*at));
        bases.extend(items.map(|(_, item)| &item.basis));
        if let Some(pricing) = treatment.pricing.as_ref().filter(|_| quoted) {
            bases.push(&pricing.basis);
            bases.extend(pricing.lists.all().iter().map(|(_, list)| &list.basis));
        }
        for (number, place) in self.values {
            bases.push(&treatment.parameters[*number].values.all()[*place].1.basis);
        }
        bases
    }
}

fn statements(treatment: &Treatment, reached: &Reached<'_, '_>, coverage: &mut Coverage) {
    let guarded: BTreeSet<usize> =
        reached.bases(treatment).iter().flat_map(|basis| basis.statements.iter().copied()).collect();
    for (at, statement) in treatment.statements.iter().enumerate().filter(|(_, one)| !one.no_rule) {
        let says = format!("no case guards {}, line {} of the source", statement.id, statement.line);
        let missing = (!guarded.contains(&at)).then_some((says, statement.span, Wish::Nothing));
        coverage.count(Kind::Statements, missing.into_iter().collect());
    }
}
