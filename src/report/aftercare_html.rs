//! The times after a treatment as one printable page for the client: no script, nothing loaded from elsewhere.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::aftercare::heading;
use super::moments::{counted, long, window};
use crate::decide::aftercare::{About, Item, Timeline};
use crate::prose::{sentence_case, visible};

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1d2329; --soft: #57606a; --paper: #ffffff; --line: #d0d7de }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9aa4ae; --paper: #14181d; --line: #343c45 }
}
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.6rem; margin: 0 }
h2 { font-size: 1.15rem; margin: 1.8rem 0 0.4rem; border-bottom: 1px solid var(--line) }
ul { list-style: none; margin: 0; padding: 0 }
li { margin: 0.8rem 0; break-inside: avoid }
p { margin: 0.1rem 0; overflow-wrap: anywhere }
.what { font-weight: 600 }
.why, footer { color: var(--soft); font-size: 0.9rem }
footer { margin-top: 2rem; border-top: 1px solid var(--line) }
@media print {
  :root { color-scheme: light; --ink: #000000; --soft: #333333; --paper: #ffffff; --line: #999999 }
  body { margin: 0; max-width: none; font-size: 11pt }
  h2 { break-after: avoid }
}
";

/// The page. Claims that clients are not to be handed stay out of it.
pub fn page(timeline: &Timeline, clinic: &str) -> String {
    let ended = long(&timeline.ended);
    let zone = timeline.ended.time_zone().iana_name().unwrap_or_default();
    let title = visible(&format!("After your treatment: {}", timeline.name));
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    p { (visible(clinic)) }
                    p { "It ended on " strong { (ended) } ". All times are local (" (zone) ")." }
                }
                main {
                    @for about in About::ALL {
                        (section(timeline, about))
                    }
                }
                footer {
                    p { "What is not named here is not answered here. If you are unsure or something worries you, ask us." }
                }
            }
        }
    };
    markup.into_string() + "\n"
}

fn section(timeline: &Timeline, about: About) -> Markup {
    let items: Vec<&Item> =
        timeline.items.iter().filter(|item| item.about == about && item.for_clients()).collect();
    html! {
        @if !items.is_empty() {
            section {
                h2 { (heading(about)) }
                ul {
                    @for item in items { (instruction(timeline, item)) }
                }
            }
        }
    }
}

fn instruction(timeline: &Timeline, item: &Item) -> Markup {
    let counted = counted(item).map(|words| format!(" ({words})")).unwrap_or_default();
    let when = sentence_case(&format!("{}{counted}", window(item, &timeline.ended, long)));
    html! {
        li {
            @for says in &item.says { p.what { (visible(says)) } }
            p { (visible(&when)) }
            @for cited in item.source.iter().filter(|cited| cited.client_text) {
                p.why { (visible(&cited.note.says)) }
            }
        }
    }
}
