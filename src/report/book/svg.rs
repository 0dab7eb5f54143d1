//! Drawings as SVG inside the page: whole numbers only, colours of the page.

use maud::{Markup, html};

use super::drawing::{Bar, Drawing, Kind, Line, Node};
use crate::prose::visible;

/// How wide a drawing is, in its own units.
const WIDTH: i64 = 360;
/// The room left and right of a line.
const EDGE: i64 = 14;
/// How high one bar with its words is.
const BAR: i64 = 34;
/// No more letters of a text fit beside each other.
const LETTERS: usize = 46;

/// The drawing. `id` makes the names of its title and description unique.
pub(super) fn svg(drawing: &Drawing, id: &str, title: &str) -> Markup {
    let (height, inner) = match drawing {
        Drawing::Flow(nodes) => flow(nodes, id),
        Drawing::Line(line) => timeline(line),
    };
    let (name, description) = (format!("{id}.title"), format!("{id}.desc"));
    html! {
        svg role="img" xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {WIDTH} {height}"))
            aria-labelledby=(name) aria-describedby=(description) {
            title id=(name) { (visible(title)) }
            desc id=(description) { "The list beside this drawing says the same in words." }
            (inner)
        }
    }
}

fn cut(text: &str) -> String {
    let text = visible(text);
    match text.chars().count() > LETTERS {
        true => text.chars().take(LETTERS - 1).chain(['\u{2026}']).collect(),
        false => text,
    }
}

fn flow(nodes: &[Node], id: &str) -> (i64, Markup) {
    let arrow = format!("{id}.arrow");
    let mut top = 4;
    let mut boxes = Vec::new();
    for node in nodes {
        let height = 30 + 17 * node.lines.len() as i64;
        boxes.push((top, height, node));
        top += height + 26;
    }
    let end = top - 22;
    let drawn = html! {
        defs {
            marker id=(arrow) viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" {
                path d="M0 0 L8 4 L0 8 z" class="ink" {}
            }
        }
        @for (at, (top, height, node)) in boxes.iter().enumerate() {
            rect class="box" x="10" y=(top) width=(WIDTH - 20) height=(height) rx="6" {}
            text class="head" x="22" y=(top + 20) { (node.title) }
            @for (line, text) in node.lines.iter().enumerate() {
                text class="line" x="22" y=(top + 38 + 17 * line as i64) { (text) }
            }
            @if at + 1 < boxes.len() {
                line class="stroke" x1=(WIDTH / 2) y1=(top + height) x2=(WIDTH / 2) y2=(top + height + 24)
                    marker-end=(format!("url(#{arrow})")) {}
            }
        }
    };
    (end, drawn)
}

fn timeline(line: &Line) -> (i64, Markup) {
    let steps = line.steps.max(1);
    let x = |step: i64| EDGE + (WIDTH - 2 * EDGE) * step.clamp(0, steps) / steps;
    let bottom = 22 + BAR * line.bars.len() as i64 + 4;
    let drawn = html! {
        @for (step, says) in &line.marks {
            line class="grid" x1=(x(*step)) y1="18" x2=(x(*step)) y2=(bottom) {}
            text class="mark" x=(x(*step)) y="12" text-anchor=(anchor_of(*step, steps)) { (cut(says)) }
        }
        @for (at, bar) in line.bars.iter().enumerate() {
            (drawn_bar(bar, 22 + BAR * at as i64, &x))
        }
    };
    (bottom + 4, drawn)
}

/// What stands near an end of the line must not stick out there.
fn anchor_of(step: i64, steps: i64) -> &'static str {
    match step {
        _ if step * 20 < steps => "start",
        _ if step * 20 > steps * 19 => "end",
        _ => "middle",
    }
}

fn drawn_bar(bar: &Bar, top: i64, x: &dyn Fn(i64) -> i64) -> Markup {
    let class = match bar.kind {
        Kind::Avoid => "bar avoid",
        Kind::Do => "bar do",
        Kind::Calm => "bar calm",
    };
    let (from, to) = (x(bar.from), x(bar.to));
    let width = (to - from).max(4);
    let (y, end) = (top + 18, from + width);
    html! {
        text class="line" x=(EDGE) y=(top + 13) { (cut(&bar.says)) }
        rect class=(class) x=(from) y=(y) width=(width) height="10" rx="2" {}
        @if bar.open {
            path class="open" d=(format!("M{} {} l8 5 l-8 5 z", end - 1, y)) {}
        }
    }
}
