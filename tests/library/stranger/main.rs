//! A program of somebody else, who has a rulebook and answers from several threads.
use std::{fs, path::Path, thread};

use clearance::records::Input;
use clearance::{Day, NoAnswer, Question, Rulebook};

struct Clinic {
    rulebook: Rulebook,
}

impl Clinic {
    fn answer(&self, record: &str) -> Result<String, NoAnswer> {
        let (records, _) = self.rulebook.records("a record", record, Input::Json);
        let question = Question::of(&records.entries[0]).at(Day::parse("2026-03-02").expect("a day"));
        let decision = self.rulebook.inquiry(Some("microneedling"), question)?.decision()?;
        Ok(format!("{}: {}", decision.client, decision.outcome))
    }
}

fn main() {
    let paths: Vec<String> = std::env::args().skip(2).collect();
    let rules = std::env::args().nth(1).expect("the folder with the rules");
    let texts = paths.iter().map(|path| fs::read_to_string(Path::new(&rules).join(path)).expect("a text"));
    let texts: Vec<String> = texts.collect();
    let files = paths.iter().map(String::as_str).zip(texts.iter().map(String::as_str));
    let clinic = &Clinic { rulebook: Rulebook::of(files) };
    thread::scope(|scope| {
        let ask = |id: &str, fact: &str| format!("{{\"client\": \"{id}\", \"facts\": {{{fact}}}}}");
        let records = [
            ask("C1", "\"pregnant\": true"),
            ask("C2", ""),
            ask("C3", "\"pregnant\": \"perhaps\""),
            ask(&"C".repeat(300), ""),
        ];
        let asked = records.map(|record| scope.spawn(move || clinic.answer(&record)));
        for answer in asked.map(|thread| thread.join().expect("no panic")) {
            println!("{}", answer.unwrap_or_else(|none| format!("no answer: {none}")));
        }
    });
}
