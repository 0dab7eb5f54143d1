//! What a change of the rules changes, as Markdown for a pull request.

use super::diff::{Words, beside, decisions, edit, heading, title, told};
use crate::prose::visible;
use crate::study::diff::{Change, Diff, Found, PageDiff, RuleDiff, Verdict, Ways};

/// A text in which Markdown finds no sign of its own, and HTML no tag.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in visible(text).chars() {
        match letter {
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            // Nobody is called and nothing is linked: a mark without width would vanish in a copy.
            '@' => plain.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '|' | '~' | '!' => {
                plain.push('\\');
                plain.push(letter);
            }
            ':' => plain.push_str("&#58;"),
            other => plain.push(other),
        }
    }
    plain
}

/// The whole comparison.
pub fn markdown(diff: &Diff, words: Words<'_>, names: [&str; 2]) -> String {
    let [old, new] = names.map(plain);
    let mut sheet = Sheet { text: format!("## Rules: {old} to {new}\n"), words };
    if diff.is_empty() {
        sheet.text.push_str("\nNothing changed: the rules say the same, to everybody.\n");
        return sheet.text;
    }
    for page in &diff.pages {
        sheet.page(page);
    }
    if !diff.changes.is_empty() {
        sheet.text.push_str("\n### Around the pages\n\n");
        diff.changes.iter().for_each(|change| sheet.change(change));
    }
    sheet.text
}

struct Sheet<'w> {
    text: String,
    words: Words<'w>,
}

impl Sheet<'_> {
    fn page(&mut self, page: &PageDiff) {
        let name = plain(&page.name);
        self.text += &format!("\n### {name}: {}\n\n{}.\n", page.headline.word(), decisions(page));
        if let Some(others) = beside(page) {
            self.text += &format!("\n{}.\n", plain(&others));
        }
        self.ways(&page.overall, "");
        if !page.rules.is_empty() {
            self.text += "\n| rule | change |\n|---|---|\n";
            for rule in &page.rules {
                self.text += &format!("| {} | **{}** |\n", plain(&title(rule)), rule.verdict().word());
            }
            page.rules.iter().for_each(|rule| self.rule(rule));
        }
        if !page.changes.is_empty() {
            self.text += "\n#### Also on the page\n\n";
            page.changes.iter().for_each(|change| self.change(change));
        }
    }

    fn rule(&mut self, rule: &RuleDiff) {
        let verdict = rule.verdict();
        self.text += &format!("\n#### {}: {}\n\n", plain(&title(rule)), verdict.word());
        if verdict == Verdict::Equivalent {
            self.text += "Proved for every client on every visit.\n\n";
        }
        for one in &rule.edits {
            self.text += &format!("- {}\n", plain(&edit(one)));
        }
        self.ways(&rule.ways, "");
    }

    fn ways(&mut self, ways: &Ways, indent: &str) {
        for (way, example) in ways.examples() {
            let client = plain(&self.words.client(example));
            self.text += &format!(
                "{indent}- **{}** for {client}\n{indent}  - before: {}\n{indent}  - after: {}\n",
                capital(way.word()),
                plain(&told(&example.before)),
                plain(&told(&example.after))
            );
        }
        for (found, what) in [(&ways.looser, "loosens"), (&ways.tighter, "tightens")] {
            if let Found::Open(why) = found {
                self.text += &format!("{indent}- **Not analysed** whether it {what}: {}\n", plain(why));
            }
        }
    }

    fn change(&mut self, change: &Change) {
        let verdict = change.verdict.map(|one| format!(": **{}**", one.word())).unwrap_or_default();
        self.text += &format!("- {}{verdict}\n", plain(&heading(change)));
        for one in &change.edits {
            self.text += &format!("  - {}\n", plain(&edit(one)));
        }
    }
}

fn capital(text: &str) -> String {
    crate::prose::sentence_case(text)
}
