//! The parts of a page that tell about the visit: course, appointment, aftercare and prices.

use super::diags::Finding;
use super::fields::{Fields, Named, Words, words};
use super::page::{Basis, When, basis, each};
use crate::diagnostic::Diagnostic;
use crate::source::{Kind, Node};
use crate::span::Span;

/// The planned series of sessions.
#[derive(Debug, Clone)]
pub struct Course {
    /// Where it stands.
    pub span: Span,
    /// How many sessions.
    pub sessions: Option<Words>,
    /// Least and greatest gap: durations or parameters.
    pub gap: Vec<Words>,
    /// When results can be expected.
    pub results: Option<Words>,
    /// Where it comes from.
    pub basis: Basis,
}

/// The appointment.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// Where it stands.
    pub span: Span,
    /// How long it takes.
    pub duration: Option<Words>,
    /// Where it comes from.
    pub basis: Basis,
    /// Its steps, in order.
    pub steps: Vec<Named<Step>>,
}

/// One step of the appointment.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done.
    pub action: Option<Words>,
    /// How long before the procedure.
    pub before: Option<Words>,
    /// `yes` if it is done only now and then.
    pub optional: Option<Words>,
    /// Where it comes from.
    pub basis: Basis,
    /// Who the step is not for.
    pub not_for: Vec<Named<Exclusion>>,
}

/// Clients a step is not for.
#[derive(Debug, Clone)]
pub struct Exclusion {
    /// Which clients.
    pub when: Option<When>,
    /// Why.
    pub because: Option<Words>,
    /// Where it comes from.
    pub basis: Basis,
}

/// One instruction after the treatment.
#[derive(Debug, Clone)]
pub struct AftercareItem {
    /// What it is about.
    pub matter: Option<Matter>,
    /// When it starts.
    pub from: Option<Words>,
    /// How long it counts.
    pub lasts_for: Option<Words>,
    /// How long, in words without a clock.
    pub lasts: Option<Words>,
    /// Where it comes from.
    pub basis: Basis,
}

/// What an instruction is about.
#[derive(Debug, Clone)]
pub enum Matter {
    /// Activities to leave out.
    Avoid(Vec<Named<Activity>>),
    /// Something to do.
    Do(Vec<Named<Activity>>),
    /// Something allowed.
    May(Vec<Named<Activity>>),
    /// Something that will happen by itself.
    Expect(Words),
}

/// One activity a client may ask about.
#[derive(Debug, Clone)]
pub struct Activity {
    /// What it is, for people.
    pub says: Words,
    /// Other words for it.
    pub also: Vec<Words>,
}

/// Prices.
#[derive(Debug, Clone)]
pub struct Pricing {
    /// Where it stands.
    pub span: Span,
    /// The fact the price depends on.
    pub by: Option<Words>,
    /// What one price is for.
    pub per: Option<Words>,
    /// Where it comes from.
    pub basis: Basis,
    /// From how many sessions a discount counts.
    pub discount_sessions: Option<Words>,
    /// The discount in percent.
    pub discount_percent: Option<Words>,
    /// Price lists by the day they start to count.
    pub lists: Vec<Named<PriceList>>,
    /// A script that runs after the discount.
    pub script: Option<Script>,
}

/// One dated price list.
#[derive(Debug, Clone)]
pub struct PriceList {
    /// Where it comes from.
    pub basis: Basis,
    /// Its bands, smallest first.
    pub bands: Vec<Band>,
}

/// One line of a price list.
#[derive(Debug, Clone)]
pub struct Band {
    /// Where it stands.
    pub span: Span,
    /// The largest value it covers, inside; the last band has none.
    pub up_to: Option<Words>,
    /// The price.
    pub price: Option<Words>,
}

/// `script: {file: ..., function: ..., takes: [...]}`
#[derive(Debug, Clone)]
pub struct Script {
    /// The script file.
    pub file: Option<Words>,
    /// The function in it.
    pub function: Option<Words>,
    /// What it is given.
    pub takes: Vec<Words>,
}

pub(super) fn course(fields: &mut Fields<'_>, out: &mut Vec<Diagnostic>) -> Option<Course> {
    let entry = fields.entry("course")?;
    let mut inner = Fields::of(&entry.value, entry.key_span, "`course`", out)?;
    let course = Course {
        span: entry.key_span,
        sessions: inner.required("sessions", "a course is a number of sessions", out),
        gap: inner.list("gap", out),
        results: inner.words("results", out),
        basis: basis(&mut inner, out),
    };
    if !inner.has("gap") {
        inner.missing("gap", "it tells the least and the greatest time between two sessions");
    }
    inner.finish(out);
    Some(course)
}

pub(super) fn appointment(fields: &mut Fields<'_>, out: &mut Vec<Diagnostic>) -> Option<Appointment> {
    let entry = fields.entry("appointment")?;
    let mut inner = Fields::of(&entry.value, entry.key_span, "`appointment`", out)?;
    let appointment = Appointment {
        span: entry.key_span,
        duration: inner.required("duration", "it is the length of the slot to book", out),
        basis: basis(&mut inner, out),
        steps: match inner.entry("steps") {
            Some(steps) => each(&steps.value, "steps", steps.key_span, out, step),
            None => Vec::new(),
        },
    };
    inner.finish(out);
    Some(appointment)
}

fn step(n: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<Step>> {
    let mut fields = Fields::of(n.value, n.span, format!("step `{}`", n.name), out)?;
    let value = Step {
        action: fields.required("do", "it tells what the step is", out),
        before: fields.words("before", out),
        optional: fields.words("optional", out),
        basis: basis(&mut fields, out),
        not_for: match fields.entry("not_for") {
            Some(entry) => each(&entry.value, "not_for", entry.key_span, out, exclusion),
            None => Vec::new(),
        },
    };
    fields.finish(out);
    Some(Named { name: n.name, span: n.span, value })
}

fn exclusion(n: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<Exclusion>> {
    let mut fields = Fields::of(n.value, n.span, format!("`not_for` {}", n.name), out)?;
    let value = Exclusion {
        when: super::page::when(&mut fields, out),
        because: fields.required("because", "a reason is what the front desk reads", out),
        basis: basis(&mut fields, out),
    };
    if !fields.has_any(&["when", "when_any", "when_all"]) {
        fields.missing("when", "it names the clients the step is not for");
    }
    fields.finish(out);
    Some(Named { name: n.name, span: n.span, value })
}

pub(super) fn aftercare(fields: &mut Fields<'_>, out: &mut Vec<Diagnostic>) -> Vec<Named<AftercareItem>> {
    match fields.entry("aftercare") {
        Some(entry) => each(&entry.value, "aftercare", entry.key_span, out, aftercare_item),
        None => Vec::new(),
    }
}

fn aftercare_item(n: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<AftercareItem>> {
    let mut fields = Fields::of(n.value, n.span, format!("aftercare item `{}`", n.name), out)?;
    let mut matters = Vec::new();
    for (key, make) in [
        ("avoid", Matter::Avoid as fn(_) -> Matter),
        ("do", Matter::Do as fn(_) -> Matter),
        ("may", Matter::May as fn(_) -> Matter),
    ] {
        if let Some(entry) = fields.entry(key) {
            matters.push(make(activities(&n.name, &entry.value, key, entry.key_span, out)));
        }
    }
    matters.extend(fields.words("expect", out).map(Matter::Expect));
    if matters.len() > 1 {
        let message = "an item is about one thing: `avoid`, `do`, `may` or `expect`".to_string();
        let help = "make one item of each".to_string();
        out.push(Finding::BadValue { span: n.span, message, help }.into());
    } else if !fields.has_any(&["avoid", "do", "may", "expect"]) {
        fields.missing("avoid", "an item tells what to avoid, do, may do or expect");
    }
    let value = AftercareItem {
        matter: matters.into_iter().next(),
        from: fields.words("from", out),
        lasts_for: fields.words("for", out),
        lasts: fields.words("lasts", out),
        basis: basis(&mut fields, out),
    };
    fields.finish(out);
    Some(Named { name: n.name, span: n.span, value })
}

/// A map of activities, or one text: then the item's own name is the activity.
fn activities(
    item: &str,
    node: &Node,
    key: &str,
    span: Span,
    out: &mut Vec<Diagnostic>,
) -> Vec<Named<Activity>> {
    if node.scalar().is_some() {
        let says = words(node, key, span, out);
        return says
            .map(|says| Named { name: item.to_string(), span, value: Activity { says, also: Vec::new() } })
            .into_iter()
            .collect();
    }
    each(node, key, span, out, |n, out| {
        let activity = match &n.value.kind {
            Kind::Map(_) => {
                let mut fields = Fields::of(n.value, n.span, format!("activity `{}`", n.name), out)?;
                let says = fields.required("says", "it is what the client reads", out);
                let also = fields.list("also", out);
                fields.finish(out);
                Activity { says: says?, also }
            }
            _ => Activity { says: words(n.value, &n.name, n.span, out)?, also: Vec::new() },
        };
        Some(Named { name: n.name, span: n.span, value: activity })
    })
}

pub(super) fn pricing(fields: &mut Fields<'_>, out: &mut Vec<Diagnostic>) -> Option<Pricing> {
    let entry = fields.entry("pricing")?;
    let mut inner = Fields::of(&entry.value, entry.key_span, "`pricing`", out)?;
    let (mut discount_sessions, mut discount_percent) = (None, None);
    if let Some(entry) = inner.entry("course_discount")
        && let Some(mut discount) = Fields::of(&entry.value, entry.key_span, "`course_discount`", out)
    {
        discount_sessions = discount.required("sessions", "it tells from how many sessions on", out);
        discount_percent = discount.required("percent", "it tells how much", out);
        discount.finish(out);
    }
    let script = inner.entry("script").and_then(|entry| {
        let mut fields = Fields::of(&entry.value, entry.key_span, "`script`", out)?;
        let script = Script {
            file: fields.required("file", "it names the script", out),
            function: fields.required("function", "it names the function to call", out),
            takes: fields.list("takes", out),
        };
        fields.finish(out);
        Some(script)
    });
    let pricing = Pricing {
        span: entry.key_span,
        by: inner.required("by", "it names the fact the price depends on", out),
        per: inner.words("per", out),
        basis: basis(&mut inner, out),
        discount_sessions,
        discount_percent,
        lists: match inner.entry("lists") {
            Some(lists) => each(&lists.value, "lists", lists.key_span, out, price_list),
            None => {
                inner.missing("lists", "prices count from a day on");
                Vec::new()
            }
        },
        script,
    };
    inner.finish(out);
    Some(pricing)
}

fn price_list(n: Named<&Node>, out: &mut Vec<Diagnostic>) -> Option<Named<PriceList>> {
    let mut fields = Fields::of(n.value, n.span, format!("price list `{}`", n.name), out)?;
    let basis = basis(&mut fields, out);
    let mut bands = Vec::new();
    match fields.entry("bands").map(|entry| (&entry.value.kind, entry.key_span)) {
        Some((Kind::List(items), _)) => {
            for item in items {
                let Some(mut band) = Fields::of(item, item.span, "a price band", out) else { continue };
                bands.push(Band {
                    span: item.span,
                    up_to: band.words("up_to", out),
                    price: band.required("price", "a band is a price", out),
                });
                band.finish(out);
            }
        }
        Some((_, span)) => out.push(
            Finding::WrongShape { span, what: "bands", wanted: "a list", found: "something else" }.into(),
        ),
        None => fields.missing("bands", "a price list is a list of bands"),
    }
    fields.finish(out);
    Some(Named { name: n.name, span: n.span, value: PriceList { basis, bands } })
}
