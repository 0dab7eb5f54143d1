//! Who has read other clients before reads the next as if it were the first.

use clearance::inside::decide::Intake;
use clearance::inside::source::yaml;
use clearance::inside::span::Texts;
use clearance::inside::value::Day;
use clearance::inside::written::record::from_node;

use crate::page::Page;
use crate::random::{Random, cases};
use crate::record::{Record, read};

#[test]
fn a_record_is_read_alike_whoever_was_read_before() {
    let mut random = Random(0x1a7e);
    let (mut fine, mut refused) = (0, 0);
    for _ in 0..cases(60) {
        let facts = 3 + random.below(4);
        let (page, loaded) = Page::random(&mut random, facts, 2);
        let mut intake = Intake::new(&loaded.book, &loaded.book.treatments[0]);
        // Few clients who come again and again, so that many say the same as the one before.
        let texts: Vec<String> =
            (0..5).map(|_| Record::random(&mut random, &page).yaml(&page, None)).collect();
        for _ in 0..40 {
            let text = &texts[random.below(texts.len())];
            let visit = page.visit - random.below(3) as i64 * 200;
            let (alone, findings) = read(text, &loaded.book, visit);
            let mut own = Texts::new();
            let id = own.add("record.yaml", text.clone());
            let node = yaml::read(&own, id, &mut Vec::new()).expect("YAML");
            let record = from_node(&node, &mut Vec::new()).expect("a record");
            let mut found = Vec::new();
            let after = intake.read(&record, "C", Day::from_point(visit), None, &mut found);
            assert_eq!(found, findings, "{text}");
            assert_eq!(after.map(|all| format!("{all:?}")), alone.map(|all| format!("{all:?}")), "{text}");
            if findings.is_empty() { fine += 1 } else { refused += 1 }
        }
    }
    assert!(fine * 3 > refused && refused * 20 > fine, "{fine} were read and {refused} refused");
}
