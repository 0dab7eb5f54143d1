//! The book as one page of HTML: nothing is loaded from elsewhere, and no script runs.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::model::{Block, Document, Entry, Figure, Row, Section, Span, Table, Text};
use super::svg::svg;
use crate::book::Outcome;
use crate::prose::{sentence_case, visible};

const STYLE: &str = include_str!("style.css");

/// The page.
pub fn page(document: &Document) -> String {
    let title = visible(&document.title);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(running(&document.running))) }
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header {
                    @for line in &document.alarms { p.alarm role="alert" { (text(line)) } }
                    h1 { (title) }
                    @for line in &document.lead { p { (text(line)) } }
                }
                nav aria-labelledby="contents" {
                    h2 id="contents" { "Contents" }
                    (contents(&document.sections))
                }
                main id="content" {
                    @for one in &document.sections { (section(one, 2)) }
                }
                footer {
                    p { (visible(&document.running)) }
                    p { "Made from the rules alone: the same rules give the same page of the same day." }
                }
            }
        }
    };
    markup.into_string() + "\n"
}

/// What stands at the foot of each printed page.
fn running(line: &str) -> String {
    let safe: String = line
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " ,.;:_-".contains(c) { c } else { ' ' })
        .collect();
    let font = "font: 8pt system-ui, sans-serif";
    let left = format!("@bottom-left {{ content: \"{safe}\"; {font} }}");
    let right = format!("@bottom-right {{ content: counter(page) \" of \" counter(pages); {font} }}");
    format!("@page {{ {left} {right} }}\n")
}

fn contents(sections: &[Section]) -> Markup {
    html! {
        ol {
            @for one in sections {
                li {
                    a href=(format!("#{}", one.anchor)) { (visible(&one.title)) }
                    // A book of several treatments names the chapters of each.
                    @if one.sections.iter().any(|inner| !inner.sections.is_empty()) { (contents(&one.sections)) }
                }
            }
        }
    }
}

fn heading(level: usize, inner: Markup) -> Markup {
    html! {
        @match level {
            2 => h2 { (inner) },
            3 => h3 { (inner) },
            4 => h4 { (inner) },
            5 => h5 { (inner) },
            _ => h6 { (inner) },
        }
    }
}

fn section(one: &Section, level: usize) -> Markup {
    html! {
        section id=(one.anchor) {
            (heading(level, html! { (visible(&one.title)) }))
            @for block in &one.blocks { (self::block(block, level + 1)) }
            @for inner in &one.sections { (section(inner, level + 1)) }
        }
    }
}

fn block(block: &Block, level: usize) -> Markup {
    match block {
        Block::Paragraph(words) => html! { p { (text(words)) } },
        Block::List { numbered: true, items } => html! { ol { @for item in items { li { (text(item)) } } } },
        Block::List { numbered: false, items } => html! { ul { @for item in items { li { (text(item)) } } } },
        Block::Entry(one) => entry(one, level),
        Block::Table(one) => table(one),
        Block::Figure(one) => figure(one),
    }
}

fn entry(one: &Entry, level: usize) -> Markup {
    html! {
        article id=(one.anchor) {
            (heading(level, html! {
                (text(&one.title))
                @if let Some(outcome) = one.outcome { " " (tag(outcome)) }
                @if let Some(place) = &one.place { " " span.at { (visible(&place.at)) } }
            }))
            @if !one.rows.is_empty() {
                dl { @for row in &one.rows { (self::row(row)) } }
            }
        }
    }
}

fn row(row: &Row) -> Markup {
    html! {
        div class=[row.small.then_some("small")] {
            dt { (row.label) }
            @for says in &row.says { dd { (text(says)) } }
        }
    }
}

fn table(table: &Table) -> Markup {
    html! {
        // The box scrolls by itself where it is too wide, and can be reached by keyboard.
        div.scroll role="region" tabindex="0" aria-label=(visible(&table.caption)) {
            table {
                caption { (visible(&table.caption)) }
                thead { tr { @for column in &table.columns { th scope="col" { (column) } } } }
                tbody {
                    @for cells in &table.rows {
                        tr {
                            @for (at, cell) in cells.iter().enumerate() {
                                @let label = table.columns.get(at).copied().unwrap_or_default();
                                @if at == 0 { th scope="row" { (text(cell)) } }
                                @else { td data-label=(label) { (text(cell)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn figure(figure: &Figure) -> Markup {
    html! {
        figure id=(figure.anchor) {
            figcaption { (visible(&figure.title)) }
            div.drawn {
                (svg(&figure.drawing, &figure.anchor, &figure.title))
                ol { @for says in &figure.says { li { (text(says)) } } }
            }
        }
    }
}

fn tag(outcome: Outcome) -> Markup {
    let class = format!("tag {}", outcome.phrase().replace(' ', "-"));
    html! { span class=(class) { (sentence_case(outcome.phrase())) } }
}

fn text(text: &Text) -> Markup {
    html! {
        @for span in &text.0 {
            @match span {
                Span::Words(words) => (visible(words)),
                Span::Strong(words) => strong { (visible(words)) },
                Span::Code(code) => code { (visible(code)) },
                Span::Outcome(outcome) => (tag(*outcome)),
                Span::Link { to, says } => a href=(format!("#{to}")) { (visible(says)) },
                Span::Place(place) => { " " span.at { (visible(&place.at)) } },
                Span::Mark(anchor) => span id=(anchor) {},
            }
        }
    }
}
