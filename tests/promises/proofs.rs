//! What is proved about a page is what going through its clients and visits, one by one, shows.
//!
//! The grid of clients has every point at which a condition changes and the points beside it; the pages are
//! in force for some days, and every one of them is gone through.

use std::sync::LazyLock;

use clearance::inside::book::condition::{Condition, ConditionKind, FactId, SlotId};
use clearance::inside::book::fact::FactKind;
use clearance::inside::book::{Book, Guarantee, InForce, Outcome};
use clearance::inside::decide::cells::Version;
use clearance::inside::decide::{Answers, Rules};
use clearance::inside::script::Scripts;
use clearance::inside::span::Span;
use clearance::inside::study::Client;
use clearance::inside::study::find::Open;
use clearance::inside::study::guarantees::Kept;
use clearance::inside::study::proofs::{HolderKind, MOST_WORK, Proof, Proofs, Question, prove};
use clearance::inside::value::{Day, NEVER, Number, ONGOING, Truth};

use crate::page::Page;
use crate::random::{Random, cases};
use crate::told::Told;

static NONE: LazyLock<Scripts> = LazyLock::new(Scripts::none);

/// Pages with more clients than this on a day are left out.
const MOST_CLIENTS: usize = 1_500;

fn version(book: &Book) -> Version<'_> {
    Version { book, treatment: &book.treatments[0], scripts: &NONE }
}

/// Gives a condition places in a text, each part inside the whole.
fn placed(condition: &mut Condition, at: Span, from: usize, to: usize) {
    condition.span = Span::new(at.text, from..to);
    let (ConditionKind::And(parts) | ConditionKind::Or(parts)) = &mut condition.kind else {
        if let ConditionKind::Not(inner) = &mut condition.kind {
            placed(inner, at, from + 1, to);
        }
        return;
    };
    let each = (to - from - 2) / parts.len();
    for (place, part) in parts.iter_mut().enumerate() {
        let start = from + 1 + place * each;
        placed(part, at, start, start + each);
    }
}

/// Exchanges conditions for mixtures of the page's own, so that rules hide each other and parts say nothing.
fn mixed(random: &mut Random, book: &mut Book) {
    let rules = &mut book.treatments[0].rules;
    for at in 0..rules.len() {
        let old = rules[at].condition.clone();
        let other = rules[random.below(rules.len())].condition.clone();
        let third = rules[random.below(rules.len())].condition.clone();
        let span = old.span;
        let make = |kind| Condition { kind, span };
        let and = |parts| make(ConditionKind::And(parts));
        let or = |parts| make(ConditionKind::Or(parts));
        let not = |one: Condition| make(ConditionKind::Not(Box::new(one)));
        rules[at].condition = match random.below(14) {
            0 => and(vec![old, other]),
            1 => or(vec![old, other]),
            2 => or(vec![and(vec![old.clone(), other]), old]),
            3 => and(vec![old, not(other)]),
            4 => other,
            5 => not(not(other)),
            6 => and(vec![or(vec![old.clone(), not(other.clone())]), or(vec![other, third])]),
            7 => or(vec![and(vec![old.clone(), other]), and(vec![not(old), third])]),
            8 => and(vec![old, not(and(vec![other, third]))]),
            _ => old,
        };
        if random.chance(6) {
            rules[at].keep = Some("Because".to_string());
        }
        placed(&mut rules[at].condition, span, 0, 1 << 30);
    }
}

fn guarantees(random: &mut Random, book: &mut Book, donors: &[Condition], visit: i64) {
    let span = book.treatments[0].rules[0].span;
    let facts = book.facts.facts.len();
    for at in 0..3 {
        let mut never: Vec<Outcome> = Outcome::ALL
            .into_iter()
            .filter(|outcome| *outcome != Outcome::MoreInformation && random.chance(3))
            .collect();
        if never.is_empty() {
            never.push(Outcome::Eligible);
        }
        let donor = || donors.first().cloned();
        let mut when = donor().filter(|_| at == 0 || random.chance(4));
        if when.is_none() && at != 1 {
            let rules = &book.treatments[0].rules;
            when = Some(rules[random.below(rules.len())].condition.clone());
        }
        let mut unanswered = Vec::new();
        if at == 1 {
            when = when.filter(|_| random.chance(3));
            unanswered.push(FactId(random.below(facts) as u16));
        }
        let in_force = match random.below(4) {
            0 => InForce { from: Some(Day::from_point(visit + random.between(-2, 6))), last: None },
            1 => InForce { from: None, last: Some(Day::from_point(visit + random.between(-2, 6))) },
            _ => InForce::default(),
        };
        let id = format!("page/g{at}");
        book.treatments[0].guarantees.push(Guarantee {
            id,
            when,
            unanswered,
            never,
            hazard: None,
            in_force,
            span,
        });
    }
}

/// The clients of one day: the points to try at each slot.
struct Grid {
    visit: Day,
    points: Vec<Vec<i64>>,
}

impl Grid {
    /// Every boundary of these conditions and its neighbours.
    fn of(version: Version<'_>, conditions: &[Condition], visit: Day) -> Grid {
        let facts = &version.book.facts;
        let mut points: Vec<Vec<i64>> = Vec::new();
        for slot in 0..facts.slots.len() {
            let domain = facts.domain(SlotId(slot as u16), visit);
            let whole =
                matches!(facts.fact_of(SlotId(slot as u16)).kind, FactKind::Number { whole: true, .. });
            let step = if whole { Number::whole(1).point() } else { 1 };
            let mut all: Vec<i64> = domain.ranges().iter().flat_map(|(low, high)| [*low, *high]).collect();
            for condition in conditions {
                for (at, cut) in version.asked(condition, visit).cuts() {
                    if at.index() == slot {
                        all.extend([cut - step, cut, cut + step, cut - 1, cut + 1]);
                    }
                }
            }
            all.retain(|point| domain.contains(*point) && (!whole || Number::from_point(*point).is_whole()));
            all.sort_unstable();
            all.dedup();
            points.push(all);
        }
        Grid { visit, points }
    }

    fn count(&self) -> usize {
        self.points.iter().map(Vec::len).product()
    }

    fn clients(&self) -> impl Iterator<Item = Vec<i64>> + '_ {
        (0..self.count()).map(|mut n| {
            let next = |points: &Vec<i64>| {
                let point = points[n % points.len()];
                n /= points.len();
                point
            };
            self.points.iter().map(next).collect()
        })
    }
}

/// A client of one day with what each condition and the page come to.
struct Seen {
    day: usize,
    values: Vec<i64>,
    holds: Vec<bool>,
    outcome: Outcome,
}

struct World<'w> {
    book: &'w Book,
    grids: Vec<Grid>,
    seen: Vec<Seen>,
}

impl<'w> World<'w> {
    fn of(book: &'w Book) -> Option<World<'w>> {
        let version = version(book);
        let treatment = version.treatment;
        let mut conditions: Vec<Condition> =
            treatment.rules.iter().map(|rule| rule.condition.clone()).collect();
        conditions.extend(treatment.guarantees.iter().filter_map(|guarantee| guarantee.when.clone()));
        let (from, last) = (treatment.in_force.from?.point(), treatment.in_force.last?.point());
        let mut world = World { book, grids: Vec::new(), seen: Vec::new() };
        for day in from..=last {
            let visit = Day::from_point(day);
            let grid = Grid::of(version, &conditions, visit);
            if grid.count() > MOST_CLIENTS {
                return None;
            }
            let rules = Rules::on(book, treatment, &NONE, visit);
            let asked: Vec<_> =
                treatment.rules.iter().map(|rule| version.asked(&rule.condition, visit)).collect();
            let told = Told::by(&rules);
            for values in grid.clients() {
                let in_force = treatment.rules.iter().map(|rule| rule.in_force.covers(visit));
                let holds =
                    asked.iter().zip(in_force).map(|(asked, on)| on && asked.known(&values) == Truth::Yes);
                let holds = holds.collect();
                let outcome = told.outcome(&values);
                world.seen.push(Seen { day: world.grids.len(), values, holds, outcome });
            }
            world.grids.push(grid);
        }
        Some(world)
    }

    fn visit(&self, seen: &Seen) -> Day {
        self.grids[seen.day].visit
    }

    fn lapse(&self, rule: usize, seen: &Seen) -> i64 {
        let version = version(self.book);
        version.lapse(&version.treatment.rules[rule], self.visit(seen), &seen.values)
    }

    /// Whether without the rule nobody is told anything else, whichever rules are reviewed away.
    fn hidden(&self, at: usize, gone: &[bool]) -> bool {
        let rules = &self.book.treatments[0].rules;
        self.seen.iter().filter(|seen| seen.holds[at]).all(|seen| {
            let others =
                || (0..rules.len()).filter(|other| *other != at && !gone[*other] && seen.holds[*other]);
            let refused = others().any(|other| rules[other].outcome == Outcome::NotEligible);
            let waits = || {
                let lapse = self.lapse(at, seen);
                let mut deferrals = others().filter(|other| rules[*other].outcome == Outcome::Deferred);
                deferrals.any(|other| self.lapse(other, seen) >= lapse)
            };
            refused || rules[at].outcome == Outcome::Deferred && waits()
        })
    }

    /// The outcome that a client is told who leaves these facts open.
    fn headlines(&self, unanswered: &[FactId], see: &mut dyn FnMut(&Seen, Outcome, &[&Seen])) {
        let facts = &self.book.facts;
        let open: Vec<SlotId> = unanswered.iter().flat_map(|fact| facts.slots_of(*fact)).collect();
        let key = |seen: &Seen| -> (usize, Vec<i64>) {
            let known = (0..seen.values.len()).filter(|at| !open.contains(&SlotId(*at as u16)));
            (seen.day, known.map(|at| seen.values[at]).collect())
        };
        let mut groups: std::collections::BTreeMap<(usize, Vec<i64>), Vec<&Seen>> = Default::default();
        self.seen.iter().for_each(|seen| groups.entry(key(seen)).or_default().push(seen));
        for group in groups.values() {
            let best = group.iter().map(|seen| seen.outcome).min().expect("somebody");
            let all = group.iter().all(|seen| seen.outcome == best);
            let headline = if best == Outcome::Eligible && !all { Outcome::MoreInformation } else { best };
            see(group[0], headline, group);
        }
    }

    fn breaks(&self, guarantee: &Guarantee) -> bool {
        let version = version(self.book);
        let when = |seen: &Seen| {
            guarantee
                .when
                .as_ref()
                .is_none_or(|when| version.asked(when, self.visit(seen)).known(&seen.values) == Truth::Yes)
        };
        let mut broken = false;
        self.headlines(&guarantee.unanswered, &mut |one, headline, group| {
            broken |= guarantee.in_force.covers(self.visit(one))
                && guarantee.never.contains(&headline)
                && group.iter().all(|seen| when(seen));
        });
        broken
    }
}

/// The condition without the parts at these places.
fn without(condition: &Condition, parts: &[Span]) -> Condition {
    let left = |all: &[Condition]| -> Vec<Condition> {
        all.iter().filter(|one| !parts.contains(&one.span)).map(|one| without(one, parts)).collect()
    };
    let kind = match &condition.kind {
        ConditionKind::And(all) => ConditionKind::And(left(all)),
        ConditionKind::Or(all) => ConditionKind::Or(left(all)),
        ConditionKind::Not(inner) => ConditionKind::Not(Box::new(without(inner, parts))),
        other => other.clone(),
    };
    Condition { kind, span: condition.span }
}

/// Parts that are perhaps meant though nobody needs them: what says something of `never` or `ongoing`, and what chooses
/// between branches.
fn may_be_meant(condition: &Condition, is_branch: bool, parts: &mut Vec<Span>) {
    match &condition.kind {
        ConditionKind::Not(inner) => {
            if is_guard(inner) {
                parts.push(condition.span);
            }
            may_be_meant(inner, is_branch, parts);
        }
        ConditionKind::And(all) | ConditionKind::Or(all) => {
            if all.iter().any(is_guard) {
                parts.push(condition.span);
            }
            parts.extend(all.iter().filter(|_| is_branch).map(|part| part.span));
            all.iter().for_each(|part| may_be_meant(part, true, parts));
        }
        _ if is_guard(condition) => parts.push(condition.span),
        _ => {}
    }
}

fn is_guard(part: &Condition) -> bool {
    match &part.kind {
        ConditionKind::Not(inner) => is_guard(inner),
        ConditionKind::Is(_, low, high) => low == high && [NEVER, ONGOING].contains(low),
        _ => false,
    }
}

/// The places of all operands.
fn operands(condition: &Condition) -> Vec<Span> {
    let mut all = Vec::new();
    condition.walk(&mut |part| {
        if let ConditionKind::And(parts) | ConditionKind::Or(parts) = &part.kind {
            let inside = |one: &&Condition| {
                let (inner, outer) = (one.span.range(), part.span.range());
                outer.start <= inner.start && inner.end <= outer.end && inner != outer
            };
            all.extend(parts.iter().filter(inside).map(|one| one.span));
        }
    });
    all
}

/// Whether two conditions come to the same for all clients on all these days.
fn same_for_all(version: Version<'_>, a: &Condition, b: &Condition, days: impl Iterator<Item = i64>) -> bool {
    days.map(Day::from_point).all(|visit| {
        let grid = Grid::of(version, &[a.clone(), b.clone()], visit);
        let (a, b) = (version.asked(a, visit), version.asked(b, visit));
        grid.clients().all(|values| a.known(&values) == b.known(&values))
    })
}

#[derive(Default, Debug)]
struct Tally {
    pages: usize,
    clients: usize,
    never: usize,
    always: usize,
    same: usize,
    hidden: usize,
    needless_keep: usize,
    dead: usize,
    parts: usize,
    /// Parts that matter only on days after the page.
    later: usize,
    proved: usize,
    broken: usize,
    needed: usize,
    open: usize,
    free: usize,
}

struct Check<'c> {
    world: World<'c>,
    proofs: Proofs,
    explain: String,
}

impl Check<'_> {
    fn rules(&self, tally: &mut Tally) {
        let World { book, seen, .. } = &self.world;
        let Check { proofs, explain, .. } = self;
        let rules = &book.treatments[0].rules;
        let is = |find: &dyn Fn(&Proof) -> bool| proofs.found.iter().any(find);
        let open = |at: usize, asked: Question| {
            is(&|proof| {
                matches!(proof, Proof::NotAnalysed(holder, question, _)
                if holder.kind == HolderKind::Rule(at) && *question == asked)
            })
        };
        let window = book.treatments[0].in_force;
        let (from, last) = (window.from.expect("a day").point(), window.last.expect("a day").point());
        let mut fires = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            let never = is(&|p| matches!(p, Proof::Never(h) if h.kind == HolderKind::Rule(at)));
            let always = is(&|p| matches!(p, Proof::Always(h) if h.kind == HolderKind::Rule(at)));
            let holds = seen.iter().any(|seen| seen.holds[at]);
            fires.push(holds);
            tally.open += usize::from(open(at, Question::Fires)) + usize::from(open(at, Question::Holds));
            if !open(at, Question::Fires) {
                assert_eq!(never, !holds, "{} never\n{explain}", rule.id);
            }
            let mut in_force = seen.iter().filter(|seen| rule.in_force.covers(self.world.visit(seen)));
            if holds && !open(at, Question::Holds) {
                assert_eq!(always, in_force.all(|seen| seen.holds[at]), "{} always\n{explain}", rule.id);
            }
            tally.never += usize::from(never);
            tally.always += usize::from(always);
            if holds && !always {
                self.parts(at, open(at, Question::Parts), (from, last), tally);
            }
        }
        let is_always = |at: usize| is(&|p| matches!(p, Proof::Always(h) if h.kind == HolderKind::Rule(at)));
        let mut milder = vec![false; rules.len()];
        for a in 0..rules.len() {
            for b in a + 1..rules.len() {
                let same = rules[a].outcome != rules[b].outcome
                    && fires[a]
                    && fires[b]
                    && !is_always(a)
                    && !is_always(b)
                    && seen.iter().all(|seen| seen.holds[a] == seen.holds[b]);
                let weaker = if rules[a].outcome < rules[b].outcome { a } else { b };
                milder[weaker] |= same;
                let said = is(&|p| *p == Proof::Same(a, b));
                assert_eq!(said, same && rules[weaker].keep.is_none(), "{a} and {b} the same\n{explain}");
                tally.same += usize::from(said);
            }
        }
        let mut gone = vec![false; rules.len()];
        for at in (0..rules.len()).filter(|at| fires[*at]) {
            if open(at, Question::Matters) {
                tally.open += 1;
                continue;
            }
            let hidden = self.world.hidden(at, &gone);
            let kept = rules[at].keep.is_some();
            gone[at] = hidden && !kept;
            let said = proofs.found.iter().find_map(|proof| match proof {
                Proof::Hidden(rule, by) if *rule == at => Some(by),
                _ => None,
            });
            let expected = gone[at] && !milder[at];
            assert_eq!(said.is_some(), expected, "{} hidden\n{explain}", rules[at].id);
            let needless = is(&|p| *p == Proof::NeedlessKeep(at));
            assert_eq!(needless, kept && !hidden, "{} keep\n{explain}", rules[at].id);
            if let Some(by) = said {
                // Those that are named hide it by themselves, and none of them can be missed.
                let only =
                    |by: &[usize]| (0..rules.len()).map(|one| !by.contains(&one)).collect::<Vec<bool>>();
                assert!(self.world.hidden(at, &only(by)), "{} by {by:?}\n{explain}", rules[at].id);
            }
            tally.hidden += usize::from(said.is_some());
            tally.needless_keep += usize::from(needless);
        }
    }

    fn parts(&self, at: usize, open: bool, (from, last): (i64, i64), tally: &mut Tally) {
        let version = version(self.world.book);
        let rule = &version.treatment.rules[at];
        let explain = || format!("{}\n{}", rule.id, self.explain);
        let dead: Vec<Span> = self
            .proofs
            .found
            .iter()
            .filter_map(|proof| match proof {
                Proof::Dead(holder, dead) if holder.kind == HolderKind::Rule(at) => Some(dead.part),
                _ => None,
            })
            .collect();
        let days = |last: i64| (from..=last).filter(|day| rule.in_force.covers(Day::from_point(*day)));
        let far = if rule.outcome == Outcome::Deferred { last + 70 } else { last };
        let less = without(&rule.condition, &dead);
        assert!(same_for_all(version, &rule.condition, &less, days(far)), "{dead:?} {}", explain());
        tally.dead += dead.len();
        tally.open += usize::from(open);
        // Without a part that says nothing another one may have less to say.
        if open || !dead.is_empty() {
            return;
        }
        let mut meant = Vec::new();
        may_be_meant(&less, false, &mut meant);
        for part in operands(&less).into_iter().filter(|part| !meant.contains(part)) {
            tally.parts += 1;
            let even_less = without(&less, &[part]);
            if same_for_all(version, &less, &even_less, days(last)) {
                // Waits look past the end of the page, and an age meets a fixed day only after years.
                let far = days(last + 400).chain(days(last + 36_600).step_by(200));
                let later =
                    rule.outcome == Outcome::Deferred && !same_for_all(version, &less, &even_less, far);
                assert!(later, "{part:?} of {}", explain());
                tally.later += 1;
            }
        }
    }

    fn guarantees(&self, tally: &mut Tally, base: &Client) {
        let World { book, .. } = &self.world;
        let version = version(book);
        for (guarantee, kept) in version.treatment.guarantees.iter().zip(&self.proofs.guarantees) {
            let explain = || format!("{guarantee:?}\n{}", self.explain);
            let breaks = self.world.breaks(guarantee);
            match kept {
                Kept::Proved => {
                    tally.proved += 1;
                    assert!(!breaks, "proved {}", explain());
                }
                Kept::Open(why) => {
                    tally.open += 1;
                    assert!(*why != Open::Free, "nothing is free {}", explain());
                }
                Kept::Broken(told) => {
                    tally.broken += 1;
                    assert!(breaks, "broken {}", explain());
                    let Client { visit, values } = &told.client;
                    let rules = Rules::on(book, version.treatment, &NONE, *visit);
                    let answers = Answers::known_but("c", *visit, values, &guarantee.unanswered, &book.facts);
                    let outcome = rules.version().engine().decide(&answers).outcome;
                    assert!(guarantee.never.contains(&outcome), "{outcome} {}", explain());
                    assert!(told.client.is_possible(&book.facts), "{told:?} {}", explain());
                    assert!(version.treatment.in_force.covers(*visit), "{visit} {}", explain());
                    assert!(guarantee.in_force.covers(*visit), "{visit} {}", explain());
                    let when = guarantee.when.as_ref().map(|when| version.asked(when, *visit).known(values));
                    assert!(when.is_none_or(|when| when == Truth::Yes), "{}", explain());
                    if guarantee.unanswered.is_empty() && *visit == base.visit {
                        self.nearest(guarantee, &told.client, base);
                    }
                }
            }
        }
        let needed = &self.proofs.needed;
        let anybody = self.world.seen.iter().any(|seen| seen.outcome == Outcome::Eligible);
        assert_eq!(needed.anybody, Some(anybody), "{}", self.explain);
        for at in (0..book.facts.facts.len()).filter(|_| anybody) {
            let id = FactId(at as u16);
            let mut eligible = false;
            self.world.headlines(&[id], &mut |_, headline, _| eligible |= headline == Outcome::Eligible);
            assert_eq!(needed.facts.contains(&id), !eligible, "{id:?} needed {}", self.explain);
            tally.needed += usize::from(!eligible);
        }
    }

    /// Nobody whose answers differ from the base's in fewer facts breaks it on that day.
    fn nearest(&self, guarantee: &Guarantee, client: &Client, base: &Client) {
        let facts = &self.world.book.facts;
        let version = version(self.world.book);
        let count = client.differs_in(base, facts).len();
        let grid = self.world.grids.iter().find(|grid| grid.visit == base.visit).expect("its day");
        let told = Told::by(&Rules::on(self.world.book, version.treatment, &NONE, base.visit));
        let when = guarantee.when.as_ref().map(|when| version.asked(when, base.visit));
        for (slot, points) in grid.points.iter().enumerate() {
            for point in points {
                let mut other = base.clone();
                other.values[slot] = *point;
                let outcome = told.outcome(&other.values);
                let speaks = when.as_ref().is_none_or(|when| when.known(&other.values) == Truth::Yes);
                let breaks = speaks && guarantee.never.contains(&outcome);
                let nearer = other.differs_in(base, facts).len() < count;
                // With several outcomes ruled out the first that somebody gets is shown.
                assert!(
                    !(breaks && nearer && guarantee.never.len() == 1),
                    "{other:?} before {client:?}\n{guarantee:?}\n{}",
                    self.explain
                );
            }
        }
    }
}

#[test]
fn what_is_proved_is_what_going_through_all_clients_shows() {
    let mut random = Random(0x9700f);
    let mut tally = Tally::default();
    let total = cases(56);
    while tally.pages < total {
        let facts = if random.chance(4) { 4 + random.below(5) } else { 1 + random.below(3) };
        let (page, loaded) = Page::random(&mut random, facts, 4);
        if loaded.compares_facts {
            tally.free += 1;
            continue;
        }
        let mut book = loaded.book;
        let day = |by: i64| Some(Day::from_point(page.visit + by));
        // With few clients there is time for visits over years, in which months differ in length.
        let last =
            if facts == 1 && random.chance(2) { random.between(300, 800) } else { random.between(0, 9) };
        book.treatments[0].in_force = InForce { from: day(-2), last: day(last) };
        let rules = &mut book.treatments[0].rules;
        let donors: Vec<Condition> =
            if rules.len() > 1 && random.chance(2) { vec![rules.remove(0).condition] } else { Vec::new() };
        mixed(&mut random, &mut book);
        guarantees(&mut random, &mut book, &donors, page.visit);
        let Some(world) = World::of(&book) else { continue };
        let base = Client::plain(&book.facts, Day::from_point(page.visit));
        let proofs = prove(version(&book), &base, MOST_WORK);
        let rules: Vec<String> = book.treatments[0]
            .rules
            .iter()
            .map(|rule| {
                let text = clearance::inside::book::print::condition(
                    &rule.condition,
                    &book.facts,
                    &book.treatments[0],
                );
                let (from, last) = (rule.in_force.from, rule.in_force.last);
                format!(
                    "{} {} {from:?} {last:?} keep {:?}: {text}",
                    rule.id,
                    rule.outcome,
                    rule.keep.is_some()
                )
            })
            .collect();
        let explain = format!(
            "{}\n{:?}\n{:?}\n{}\n{}",
            rules.join("\n"),
            proofs.found,
            book.treatments[0].in_force,
            page.facts_yaml(),
            page.page_yaml(None)
        );
        tally.pages += 1;
        tally.clients += world.seen.len();
        let check = Check { world, proofs, explain };
        check.rules(&mut tally);
        check.guarantees(&mut tally, &base);
    }
    println!("{tally:?}");
    let found = [tally.never, tally.always, tally.same, tally.hidden, tally.dead, tally.proved, tally.broken];
    assert!(found.iter().all(|found| found * 60 > total), "{tally:?}");
    // One in forty, and one more: a short run draws few pages.
    assert!(tally.open <= total / 40 + 1, "{tally:?}");
}
