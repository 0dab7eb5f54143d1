//! `clearance fmt`: what can be read is put in order once, keeps its meaning, and stays as it is.

use clearance::inside::report::fmt::{self, Formatted};
use clearance::inside::span::Texts;

use crate::checks;
use crate::run::Input;
use crate::seeds;

pub fn execute(input: &Input<'_>) -> u64 {
    let mut seen = 0;
    for (path, bytes) in seeds::files(input.bytes) {
        let Ok(content) = String::from_utf8(bytes) else { continue };
        let mut texts = Texts::new();
        let id = texts.add(path.as_str(), content);
        let mut found = Vec::new();
        let formatted = fmt::format(&path, &texts, id, &mut found);
        checks::findings(&texts, &found);
        seen = checks::mix(seen, checks::kinds(&found));
        match formatted {
            Formatted::Changed(text) => {
                let again = texts.add(path.as_str(), text);
                let formatted = fmt::format(&path, &texts, again, &mut found);
                assert!(found.is_empty(), "{found:?}");
                let content = &texts.get(again).content;
                match formatted {
                    Formatted::Unchanged => {}
                    Formatted::Changed(third) => panic!("formatted again:\n{content}\nbecomes:\n{third}"),
                    _ => panic!("cannot be formatted again:\n{content}"),
                }
                let lines = content.lines().take(40).map(|line| line.len() - line.trim_start().len());
                seen = lines.fold(seen, |sum, indent| checks::mix(sum, indent.min(8) as u64));
            }
            Formatted::Differs(why) => panic!("{why}"),
            Formatted::Unchanged | Formatted::Unreadable | Formatted::TooLarge => {}
        }
    }
    seen
}
