//! No answer is without a reason, and no day is promised that an answer may still move.

use clearance::inside::book::{Book, Outcome};
use clearance::inside::decide::{Affects, Decision, Version};
use clearance::inside::value::{Day, Truth};

use crate::page::{Page, load, rules_on};
use crate::random::{Random, cases};
use crate::record::{Record, known, read};

/// So many records share a page.
const RECORDS: usize = 30;

#[test]
fn nothing_is_promised_that_may_move_and_nothing_said_without_a_reason() {
    let mut random = Random(0xb00c);
    let mut seen = Seen::default();
    while seen.promised < cases(700) {
        let facts = 3 + random.below(4);
        let (mut page, _) = Page::random(&mut random, facts, 7);
        page.facts.iter_mut().for_each(|fact| fact.on_the_day = random.chance(3));
        let (loaded, _) = load(&page.facts_yaml(), &page.page_yaml(None));
        let rules = rules_on(&loaded.book, Day::from_point(page.visit));
        let version = rules.version();
        for _ in 0..RECORDS {
            let record = Record::random(&mut random, &page);
            seen.on(&mut random, &page, (&loaded.book, &version), &record);
        }
    }
    println!("{seen:?}");
    assert!(seen.moved_checks * 20 > seen.promised && seen.groups * 100 > seen.promised);
    assert!(seen.later.min(seen.withheld) * 8 > seen.promised);
}

#[derive(Debug, Default)]
struct Seen {
    /// A day was promised.
    promised: usize,
    /// A later one than the visit.
    later: usize,
    /// One was promised while a check on the day was open.
    moved_checks: usize,
    /// None was promised to whom none of the rules refuses for certain.
    withheld: usize,
    /// Of several rules one applies in every case.
    groups: usize,
}

impl Seen {
    fn on(&mut self, random: &mut Random, page: &Page, rules: (&Book, &Version<'_>), record: &Record) {
        let (book, version) = rules;
        let text = record.yaml(page, None);
        let Some(answers) = read(&text, book, page.visit).0 else { return };
        let mut engine = version.engine();
        let decision = engine.decide(&answers);
        let context = || {
            let shown = serde_json::to_string_pretty(&decision).expect("JSON");
            format!("{}\n{}\n{text}\n{shown}", page.facts_yaml(), page.page_yaml(None))
        };
        assert!(has_reasons(&decision), "no reason\n{}", context());
        self.groups += usize::from(!decision.in_every_case.is_empty());
        let moves = |affects: &Affects| matches!(affects, Affects::Outcome | Affects::Wait);
        let mut deciding = decision.questions.iter().filter(|question| question.affects.iter().any(moves));
        let open = deciding.clone().any(|question| question.asked.is_none());
        let refused = matches!(decision.outcome, Outcome::NotEligible | Outcome::NeedsReview);
        let Some(day) = decision.book_from else {
            self.withheld += usize::from(!refused);
            let settled = decision.settled && decision.outcome == Outcome::Eligible;
            assert!(!settled, "an eligible client may come\n{}", context());
            return;
        };
        self.promised += 1;
        self.later += usize::from(day > decision.visit);
        self.moved_checks += usize::from(deciding.next().is_some());
        assert!(!open && !refused, "promised while it is open\n{}", context());
        let latest = decision.wait.as_ref().and_then(|wait| wait.latest);
        assert!(day >= decision.visit && latest.is_none_or(|latest| day >= latest), "early\n{}", context());
        let then = engine.possible(&answers.later(day, &book.facts));
        assert!(then.possible.has(Outcome::Eligible), "refused on {day}\n{}", context());
        self.stays(random, page, rules, record, &decision);
    }

    /// Whatever else is answered, but for the checks on the day, the day stays.
    fn stays(
        &mut self,
        random: &mut Random,
        page: &Page,
        (book, version): (&Book, &Version<'_>),
        record: &Record,
        decision: &Decision,
    ) {
        let all = read(&record.yaml(page, None), book, page.visit).0.expect("it was read before");
        for _ in 0..3 {
            let mut other = record.clone();
            for (fact, said) in page.facts.iter().zip(&mut other.facts) {
                if !fact.on_the_day && random.chance(2) {
                    let mut one = known(random, fact, page.visit);
                    one.on = Some(page.visit);
                    *said = vec![one];
                }
            }
            let text = other.yaml(page, None);
            let Some(answers) = read(&text, book, page.visit).0 else { continue };
            if !answers.space(&book.facts).is_within(&all.space(&book.facts)) {
                continue;
            }
            let told = version.engine().decide(&answers);
            assert_eq!(
                (decision.outcome, decision.book_from),
                (told.outcome, told.book_from),
                "{}\n{}\n{}\n---\n{text}",
                page.facts_yaml(),
                page.page_yaml(None),
                record.yaml(page, None)
            );
        }
    }
}

/// Whether the reasons make the outcome what it is.
fn has_reasons(decision: &Decision) -> bool {
    let mut reasons = decision.reasons.iter().filter(|reason| reason.reviewed_by.is_none());
    let groups = &decision.in_every_case;
    match decision.outcome {
        Outcome::Eligible => groups.is_empty(),
        Outcome::MoreInformation => groups.is_empty() && reasons.next().is_some(),
        outcome => {
            let certain =
                reasons.clone().any(|reason| reason.holds == Truth::Yes && reason.outcome == outcome);
            let named = |rule: &String| reasons.clone().any(|reason| reason.rule == *rule);
            certain == groups.is_empty()
                && groups.iter().all(|group| group.len() > 1 && group.iter().all(named))
        }
    }
}
