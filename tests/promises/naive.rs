//! The rules read straight from the design, for one fully known client at a time, day by day.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use clearance::inside::book::Outcome;
use clearance::inside::book::syntax::{self, CompareOp, Tree, TreeKind};
use clearance::inside::value::LAST_DAY;

use crate::calendar::{NEVER, ONGOING, add_months, parse_day};
use crate::expression::{Node, Value, compare, last_counting, moved, quantity};
use crate::page::{Fact, Kind, Page, Rule};
use crate::record::Record;

/// A rule with its texts read.
struct Parsed<'a> {
    rule: &'a Rule,
    when: Vec<Node>,
    until: Option<Node>,
    /// What must be done, how long before, and how long it counts.
    done: Option<(Node, Option<Node>, Option<Node>)>,
    slots: Vec<usize>,
}

/// A rule, a day and the points of the rule's slots.
type Asked = (usize, i64, Vec<i64>);

pub struct Naive<'a> {
    page: &'a Page,
    derived: HashMap<&'a str, Tree>,
    rules: Vec<Parsed<'a>>,
    first_slots: HashMap<&'a str, (usize, &'a Fact)>,
    holds: RefCell<HashMap<Asked, bool>>,
    waits: RefCell<HashMap<(i64, Vec<i64>), i64>>,
}

/// What comes of one completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub outcome: Outcome,
    pub wait: i64,
}

/// What comes of all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brute {
    /// For each rule of the page that is in force whether some completion makes it hold, and some not.
    pub truths: Vec<(String, bool, bool)>,
    pub possible: Vec<Outcome>,
    pub earliest: i64,
    pub latest: i64,
    /// For each fact the outcomes that would be better if it alone changed, and whether it moves the wait.
    pub questions: Vec<(Vec<Outcome>, bool)>,
}

fn tree(text: &str) -> Tree {
    syntax::parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

impl<'a> Naive<'a> {
    pub fn new(page: &'a Page) -> Naive<'a> {
        let mut first_slots = HashMap::new();
        let mut next = 0;
        for fact in &page.facts {
            first_slots.insert(fact.name, (next, fact));
            next += fact.slots();
        }
        let derived = page.derived.iter().map(|(name, text, _)| (*name, tree(text))).collect();
        let mut naive = Naive {
            page,
            derived,
            rules: Vec::new(),
            first_slots,
            holds: RefCell::default(),
            waits: RefCell::default(),
        };
        for rule in &page.rules {
            let mut slots = Vec::new();
            let mut read = |text: &String| {
                let tree = tree(text);
                naive.slots_of(&tree, &mut slots);
                naive.compiled(&tree)
            };
            let when = rule.when.iter().flat_map(|(_, texts)| texts).map(&mut read).collect();
            let until = rule.until.as_ref().map(&mut read);
            let length = |text: &String| match text.starts_with("wait") {
                true => naive.param(text),
                false => Node::Fixed(quantity(text)),
            };
            let done = rule.done.as_ref().map(|(done, at_least, good_for)| {
                (read(done), at_least.as_ref().map(length), good_for.as_ref().map(length))
            });
            slots.sort_unstable();
            slots.dedup();
            naive.rules.push(Parsed { rule, when, until, done, slots });
        }
        naive
    }

    fn slots_of(&self, tree: &Tree, slots: &mut Vec<usize>) {
        tree.walk(&mut |part| {
            let name = match &part.kind {
                TreeKind::Name(name) => name,
                TreeKind::Member { base, .. } => base,
                _ => return,
            };
            if let Some(derived) = self.derived.get(name.as_str()) {
                self.slots_of(derived, slots);
            } else if let Some((first, fact)) = self.first_slots.get(name.as_str()) {
                slots.extend(*first..first + fact.slots());
            }
        });
    }

    /// The tree with its names looked up.
    fn compiled(&self, tree: &Tree) -> Node {
        let of = |tree: &Tree| Box::new(self.compiled(tree));
        let all = |trees: &[Tree]| trees.iter().map(|tree| self.compiled(tree)).collect();
        match &tree.kind {
            TreeKind::Name(name) if name == "visit" => Node::Visit,
            TreeKind::Name(name) => {
                match (self.derived.get(name.as_str()), self.first_slots.get(name.as_str())) {
                    (Some(derived), _) => self.compiled(derived),
                    (None, Some((slot, fact))) => match fact.kind {
                        Kind::YesNo => Node::Is(*slot, 1),
                        Kind::Number | Kind::Whole => Node::Number(*slot),
                        _ => Node::Date(*slot),
                    },
                    (None, None) => self.param(name),
                }
            }
            TreeKind::Member { base, member, .. } => {
                let (first, fact) = self.first_slots[base.as_str()];
                let options: Vec<Node> =
                    (first..first + fact.slots()).map(|slot| Node::Is(slot, 1)).collect();
                let at = fact.options.iter().position(|option| option == member);
                match (fact.kind, member.as_str(), at) {
                    (Kind::Set, "any", _) => Node::Or(options),
                    (Kind::Set, "none", _) => Node::Not(Box::new(Node::Or(options))),
                    (Kind::Set, _, Some(at)) => Node::Is(first + at, 1),
                    (Kind::Choice, _, Some(at)) => Node::Is(first, at as i64),
                    (_, _, Some(at)) => Node::Date(first + at),
                    _ => panic!("{tree}"),
                }
            }
            TreeKind::Number(text) => Node::Fixed(quantity(text)),
            TreeKind::Negative(text) => match quantity(text) {
                Value::Number(n) => Node::Fixed(Value::Number(-n)),
                other => panic!("{other:?}"),
            },
            TreeKind::Not(inner) => Node::Not(of(inner)),
            TreeKind::And(parts) => Node::And(all(parts)),
            TreeKind::Or(parts) => Node::Or(all(parts)),
            TreeKind::Compare { op, left, right, .. } => Node::Compare(of(left), *op, of(right)),
            TreeKind::Plus(left, right) => Node::Moved(of(left), of(right), 1),
            TreeKind::Minus(left, right) => Node::Moved(of(left), of(right), -1),
            TreeKind::Call { name, args, .. } => match (name.as_str(), &args[0].kind) {
                ("not", _) => Node::Not(of(&args[0])),
                ("never", _) => Node::At(of(&args[0]), NEVER),
                ("ongoing", _) => Node::At(of(&args[0]), ONGOING),
                ("latest", _) => Node::Latest(all(args)),
                ("days_between", _) => Node::DaysBetween(of(&args[0]), of(&args[1])),
                ("years_between", _) => Node::YearsBetween(of(&args[0]), of(&args[1])),
                ("date", TreeKind::Text(text)) => Node::Fixed(Value::Date(parse_day(text))),
                (unit, TreeKind::Number(count)) => {
                    let count: i64 = count.parse().expect("a count");
                    Node::Fixed(match unit {
                        "days" => Value::Length(count, 0),
                        "weeks" => Value::Length(7 * count, 0),
                        "months" => Value::Length(0, count),
                        "years" => Value::Length(0, 12 * count),
                        _ => panic!("{tree}"),
                    })
                }
                _ => panic!("{tree}"),
            },
            TreeKind::Text(_) => panic!("{tree}"),
        }
    }

    fn param(&self, name: &str) -> Node {
        let param = self.page.params.iter().find(|param| param.name == name).expect(name);
        Node::Param(param.values.iter().map(|(from, text)| (*from, quantity(text))).collect())
    }

    fn in_force(rule: &Rule, day: i64) -> bool {
        rule.in_force.0.is_none_or(|from| from <= day) && rule.in_force.1.is_none_or(|last| day <= last)
    }

    /// Whether the rule, as it stands on `day`, holds on `day`.
    fn holds(&self, at: usize, values: &[i64], day: i64) -> bool {
        let parsed = &self.rules[at];
        let key = (at, day, parsed.slots.iter().map(|slot| values[*slot]).collect());
        if let Some(known) = self.holds.borrow().get(&key) {
            return *known;
        }
        let holds = self.holds_now(at, values, day);
        self.holds.borrow_mut().insert(key, holds);
        holds
    }

    fn holds_now(&self, at: usize, values: &[i64], day: i64) -> bool {
        let parsed = &self.rules[at];
        let yes = |node: &Node| node.yes(values, day);
        let mut holds = Self::in_force(parsed.rule, day);
        match parsed.rule.when {
            Some(("when_any", _)) => holds &= parsed.when.iter().any(yes),
            _ => holds &= parsed.when.iter().all(yes),
        }
        let before = |date: Value| compare(Value::Date(day), CompareOp::Less, date);
        holds &= parsed.until.as_ref().is_none_or(|until| before(until.value(values, day)));
        if let Some((done, at_least, good_for)) = &parsed.done {
            let done = done.value(values, day);
            let after = |length: &Node| moved(done, length.value(values, day), 1);
            let last = |length: &Node| last_counting(done, length.value(values, day));
            let early = at_least.as_ref().is_some_and(|length| before(after(length)));
            let late = good_for
                .as_ref()
                .is_some_and(|length| compare(Value::Date(day), CompareOp::Greater, last(length)));
            holds &= done == Value::Date(NEVER) || done == Value::Date(ONGOING) || early || late;
        }
        holds
    }

    /// The first day from `visit` on on which nothing defers, looked for on every day near the visit;
    /// [`ONGOING`] if there is none within ten years.
    fn wait(&self, values: &[i64], visit: i64) -> i64 {
        let deferring: Vec<usize> =
            (0..self.rules.len()).filter(|at| self.rules[*at].rule.section >= 2).collect();
        let slots: BTreeSet<usize> =
            deferring.iter().flat_map(|at| self.rules[*at].slots.iter().copied()).collect();
        let own: Vec<i64> = slots.iter().map(|slot| values[*slot]).collect();
        let key = (visit, own);
        if let Some(known) = self.waits.borrow().get(&key) {
            return *known;
        }
        let reads =
            |kind| self.first_slots.values().any(|(slot, fact)| fact.kind == kind && slots.contains(slot));
        let ahead = |slot: &usize| (self.page.visit + 80..LAST_DAY.point()).contains(&values[*slot]);
        let near = match (reads(Kind::Birth), reads(Kind::Planned) && slots.iter().any(ahead)) {
            (true, _) => 1_200,
            (_, true) => 900,
            _ => 180,
        };
        let last = add_months(visit, 120);
        let mut days = (visit..=visit + near).take_while(|day| *day <= last);
        let free = |day: &i64| {
            !deferring.iter().any(|at| self.counts(*at, *day) && self.holds_now(*at, values, *day))
        };
        let found = days.find(free).unwrap_or(ONGOING);
        self.waits.borrow_mut().insert(key, found);
        found
    }

    /// The deferrals that hold on a day for some completion that no later day ends, looked for through forty years: a
    /// birth date with as many years as make an adult lies nearer.
    pub fn endless(&self, record: &Record, day: i64) -> Vec<&str> {
        let facts = record.completions(self.page, day);
        let total: usize = facts.iter().map(Vec::len).product();
        let completion = |mut n: usize| {
            let mut values = Vec::new();
            for fact in &facts {
                values.extend_from_slice(&fact[n % fact.len()]);
                n /= fact.len();
            }
            values
        };
        let last = add_months(day, 480);
        let is_endless = |at: &usize| {
            (0..total).map(completion).any(|values| {
                let mut days = day..=last;
                self.rules[*at].rule.section >= 2 && days.all(|day| self.holds_now(*at, &values, day))
            })
        };
        self.counting(day).filter(is_endless).map(|at| self.rules[at].rule.name.as_str()).collect()
    }

    /// The rules that are in force on the day and not withdrawn.
    fn counting(&self, day: i64) -> impl Iterator<Item = usize> + '_ {
        (0..self.rules.len()).filter(move |at| self.counts(*at, day))
    }

    fn counts(&self, at: usize, day: i64) -> bool {
        let rule = self.rules[at].rule;
        Self::in_force(rule, day) && rule.withdrawn.is_none_or(|since| day < since)
    }

    fn verdict(&self, values: &[i64], day: i64, quiet: &[String]) -> Verdict {
        let stopped = self.page.withdrawn.is_some_and(|since| since <= day)
            || self.rules.iter().any(|parsed| {
                Self::in_force(parsed.rule, day) && parsed.rule.withdrawn.is_some_and(|since| since <= day)
            });
        let least = if stopped { Outcome::NeedsReview } else { Outcome::Eligible };
        let mut verdict = Verdict { outcome: least, wait: self.wait(values, day) };
        for at in self.counting(day).filter(|at| self.holds(*at, values, day)) {
            let rule = self.rules[at].rule;
            let outcome = match rule.section {
                0 => Outcome::NotEligible,
                1 if quiet.contains(&rule.name) => Outcome::Eligible,
                1 => Outcome::NeedsReview,
                _ => Outcome::Deferred,
            };
            verdict.outcome = verdict.outcome.max(outcome);
        }
        verdict
    }

    /// Every completion, one by one.
    pub fn brute(&self, record: &Record, day: i64, quiet: &[String]) -> Brute {
        let facts = record.completions(self.page, day);
        let total: usize = facts.iter().map(Vec::len).product();
        let counting: Vec<usize> = self.counting(day).collect();
        let mut seen = vec![(false, false); counting.len()];
        let mut verdicts = Vec::with_capacity(total);
        let mut values = Vec::new();
        for n in 0..total {
            values.clear();
            let mut rest = n;
            for fact in &facts {
                values.extend_from_slice(&fact[rest % fact.len()]);
                rest /= fact.len();
            }
            for (seen, at) in seen.iter_mut().zip(&counting) {
                let holds = self.holds(*at, &values, day);
                seen.0 |= holds;
                seen.1 |= !holds;
            }
            verdicts.push(self.verdict(&values, day, quiet));
        }
        let outcomes = verdicts.iter().map(|verdict| verdict.outcome);
        let mut stride = 1;
        let mut questions = Vec::new();
        for fact in &facts {
            let mut better: Vec<Outcome> = Vec::new();
            let mut waits = false;
            for start in (0..total).filter(|n| (n / stride) % fact.len() == 0) {
                let line: Vec<Verdict> = (0..fact.len()).map(|at| verdicts[start + at * stride]).collect();
                let best = line.iter().map(|verdict| verdict.outcome).min();
                better.extend(line.iter().map(|verdict| verdict.outcome).filter(|o| Some(*o) > best));
                waits |= line.iter().any(|verdict| verdict.wait != line[0].wait);
            }
            better.sort_unstable();
            better.dedup();
            questions.push((better, waits));
            stride *= fact.len();
        }
        let mut possible: Vec<Outcome> = outcomes.collect();
        possible.sort_unstable();
        possible.dedup();
        let mut truths: Vec<(String, bool, bool)> = counting
            .iter()
            .zip(seen)
            .map(|(at, (yes, no))| (format!("page/{}", self.rules[*at].rule.name), yes, no))
            .collect();
        truths.sort();
        Brute {
            truths,
            possible,
            earliest: verdicts.iter().map(|verdict| verdict.wait).min().expect("a completion"),
            latest: verdicts.iter().map(|verdict| verdict.wait).max().expect("a completion"),
            questions,
        }
    }
}
