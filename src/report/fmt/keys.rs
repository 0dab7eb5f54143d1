//! The order of keys: that of the shipped files.

use crate::written::cases;

/// What is known about the keys of a map, or about those of every map in a list.
pub(super) struct Form {
    /// The keys that have a meaning, in their order. A map of names has none.
    keys: &'static [(&'static str, &'static Form)],
    /// What stands behind names.
    named: Option<&'static Form>,
    /// From which key on a blank line parts the entries.
    apart: usize,
    /// Whether the names are days, which ascend.
    by_day: bool,
    /// Whether a blank line parts the items of a list.
    pub items_apart: bool,
}

impl Form {
    const fn keys(keys: &'static [(&'static str, &'static Form)]) -> Form {
        Form { keys, named: None, apart: usize::MAX, by_day: false, items_apart: false }
    }

    const fn names(named: &'static Form) -> Form {
        Form { keys: &[], named: Some(named), apart: usize::MAX, by_day: false, items_apart: false }
    }

    const fn apart_from(self, apart: usize) -> Form {
        Form { apart, ..self }
    }

    /// The place of a key among the known ones; unknown keys come after them, and names keep their order.
    pub fn rank(&self, key: &str) -> usize {
        self.keys.iter().position(|(known, _)| *known == key).unwrap_or(self.keys.len())
    }

    /// Whether a blank line belongs before this key.
    pub fn is_apart(&self, key: &str) -> bool {
        self.rank(key) >= self.apart
    }

    /// What is known about the value of a key.
    pub fn of(&self, key: &str) -> &'static Form {
        let known = self.keys.iter().find(|(known, _)| *known == key).map(|(_, form)| *form);
        known.or(self.named).unwrap_or(&ANY)
    }

    /// Whether these are dated values, whose order means nothing.
    pub fn is_by_day<'k>(&self, mut keys: impl Iterator<Item = &'k str>) -> bool {
        self.by_day && keys.all(|key| crate::value::Day::parse(key).is_some())
    }

    /// Whether the order of the entries means nothing to anybody.
    pub fn is_free(&self) -> bool {
        self.by_day || !self.keys.is_empty()
    }
}

/// The form of the file at this path; `None` for files that are left alone.
pub(super) fn of_file(path: &str) -> Option<&'static Form> {
    let folders: Vec<&str> = path.strip_suffix(".yaml")?.split('/').collect();
    match folders[..] {
        ["clinic"] => Some(&CLINIC),
        ["facts"] => Some(&FACTS),
        ["hazards"] => Some(&HAZARDS),
        [_] => Some(&PAGE),
        _ if cases::treatment_of(path).is_some() => Some(&CASES),
        _ if folders.contains(&"cases") || folders.contains(&"examples") => None,
        _ => Some(&SOURCE),
    }
}

static ANY: Form = Form::keys(&[]);

static IN_FORCE: Form = Form::keys(&[("from", &ANY), ("last_day", &ANY)]);

static WITHDRAWN: Form = Form::keys(&[("since", &ANY), ("because", &ANY), ("by", &ANY), ("incident", &ANY)]);

static REVIEW: Form = Form::keys(&[("by", &ANY), ("consider", &ANY)]);

static CLINIC: Form = Form::keys(&[
    ("name", &ANY),
    ("withdrawn", &WITHDRAWN),
    ("time_zone", &ANY),
    ("currency", &ANY),
    ("rounding", &ROUNDING),
    ("people", &PERSON),
    ("signers", &SIGNER),
    ("ignore_columns", &ANY),
    ("thresholds", &ANY),
]);

static ROUNDING: Form = Form::keys(&[("to", &ANY), ("half", &ANY)]);

static PERSON: Form = Form::keys(&[("name", &ANY), ("role", &ANY)]);

static SIGNER: Form = Form::keys(&[("name", &ANY), ("role", &ANY), ("registration", &ANY), ("key", &ANY)]);

static FACTS: Form = Form::names(&FACT).apart_from(0);

static FACT: Form = Form::keys(&[
    ("is", &ANY),
    ("kind", &ANY),
    ("of", &ANY),
    ("unit", &ANY),
    ("whole", &ANY),
    ("between", &ANY),
    ("ask", &ANY),
    ("asked", &ANY),
    ("may_be_planned", &ANY),
    ("good_for", &ANY),
    ("why", &ANY),
    ("not_sure", &ANY),
    ("meaning", &ANY),
]);

static HAZARDS: Form = Form::names(&HAZARD).apart_from(0);

static HAZARD: Form = Form::keys(&[
    ("hazard", &ANY),
    ("cause", &ANY),
    ("control", &ANY),
    ("rules", &ANY),
    ("guarantees", &ANY),
    ("cases", &ANY),
]);

static SOURCE: Form =
    Form::keys(&[("source", &ANY), ("statements", &STATEMENTS), ("open_queries", &QUERIES)]).apart_from(1);

static STATEMENTS: Form = Form::names(&STATEMENT);

static STATEMENT: Form = Form::keys(&[
    ("line", &ANY),
    ("says", &ANY),
    ("note", &ANY),
    ("supports", &ANY),
    ("client_text", &ANY),
    ("no_rule", &ANY),
]);

static QUERIES: Form = Form::names(&QUERY);

static QUERY: Form =
    Form::keys(&[("line", &ANY), ("asks", &ANY), ("answer", &ANY), ("by", &ANY), ("on", &ANY)]);

static PAGE: Form = Form::keys(&[
    ("treatment", &ANY),
    ("revision", &ANY),
    ("in_force", &IN_FORCE),
    ("withdrawn", &WITHDRAWN),
    ("sources", &ANY),
    ("parameters", &PARAMETERS),
    ("conditions", &CONDITIONS),
    ("functions", &FUNCTIONS),
    ("indications", &ANY),
    ("absolute_contraindications", &RULES),
    ("relative_contraindications", &RULES),
    ("deferrals", &RULES),
    ("requirements", &RULES),
    ("not_used", &ANY),
    ("course", &COURSE),
    ("appointment", &APPOINTMENT),
    ("aftercare", &AFTERCARE),
    ("pricing", &PRICING),
    ("guarantees", &GUARANTEES),
])
.apart_from(5);

static PARAMETERS: Form = Form::names(&PARAMETER).apart_from(0);

static PARAMETER: Form = Form::keys(&[
    ("meaning", &ANY),
    ("between", &ANY),
    ("owner", &ANY),
    ("review_by", &ANY),
    ("values", &VALUES),
]);

static VALUES: Form = Form { by_day: true, ..Form::names(&VALUE) };

static VALUE: Form = Form::keys(&[("value", &ANY), ("source", &ANY), ("basis", &ANY)]);

static CONDITIONS: Form = Form::names(&CONDITION).apart_from(0);

static CONDITION: Form = Form::keys(&[("is", &ANY), ("meaning", &ANY)]);

static FUNCTIONS: Form = Form::names(&FUNCTION).apart_from(0);

static FUNCTION: Form = Form::keys(&[("takes", &ANY), ("gives", &ANY), ("file", &ANY)]);

static RULES: Form = Form::names(&RULE).apart_from(0);

static RULE: Form = Form::keys(&[
    ("when", &ANY),
    ("when_any", &ANY),
    ("when_all", &ANY),
    ("until", &ANY),
    ("done", &ANY),
    ("at_least", &ANY),
    ("good_for", &ANY),
    ("missing", &ANY),
    ("while_ongoing", &ANY),
    ("cleared_when", &ANY),
    ("because", &ANY),
    ("source", &ANY),
    ("basis", &ANY),
    ("review", &REVIEW),
    ("in_force", &IN_FORCE),
    ("keep", &ANY),
    ("withdrawn", &WITHDRAWN),
]);

static COURSE: Form =
    Form::keys(&[("sessions", &ANY), ("gap", &ANY), ("results", &ANY), ("source", &ANY), ("basis", &ANY)]);

static APPOINTMENT: Form =
    Form::keys(&[("duration", &ANY), ("source", &ANY), ("basis", &ANY), ("steps", &STEPS)]);

static STEPS: Form = Form::names(&STEP);

static STEP: Form = Form::keys(&[
    ("do", &ANY),
    ("before", &ANY),
    ("optional", &ANY),
    ("source", &ANY),
    ("basis", &ANY),
    ("not_for", &EXCLUSIONS),
]);

static EXCLUSIONS: Form = Form::names(&RULE);

static AFTERCARE: Form = Form::names(&AFTERCARE_ITEM).apart_from(0);

static AFTERCARE_ITEM: Form = Form::keys(&[
    ("avoid", &ACTIVITIES),
    ("do", &ACTIVITIES),
    ("may", &ACTIVITIES),
    ("expect", &ANY),
    ("from", &ANY),
    ("for", &ANY),
    ("lasts", &ANY),
    ("source", &ANY),
    ("basis", &ANY),
]);

static ACTIVITIES: Form = Form::names(&ACTIVITY);

static ACTIVITY: Form = Form::keys(&[("says", &ANY), ("also", &ANY)]);

static PRICING: Form = Form::keys(&[
    ("by", &ANY),
    ("per", &ANY),
    ("source", &ANY),
    ("basis", &ANY),
    ("course_discount", &DISCOUNT),
    ("lists", &LISTS),
    ("script", &SCRIPT),
]);

static DISCOUNT: Form = Form::keys(&[("sessions", &ANY), ("percent", &ANY)]);

static LISTS: Form = Form { by_day: true, ..Form::names(&PRICE_LIST) };

static PRICE_LIST: Form = Form::keys(&[("source", &ANY), ("basis", &ANY), ("bands", &BAND)]);

static BAND: Form = Form::keys(&[("up_to", &ANY), ("price", &ANY)]);

static SCRIPT: Form = Form::keys(&[("file", &ANY), ("function", &ANY), ("takes", &ANY)]);

static GUARANTEES: Form = Form::names(&GUARANTEE).apart_from(0);

static GUARANTEE: Form = Form::keys(&[
    ("when", &ANY),
    ("unanswered", &ANY),
    ("never", &ANY),
    ("hazard", &ANY),
    ("in_force", &IN_FORCE),
]);

static CASES: Form = Form::keys(&[("clients", &CLIENTS), ("cases", &CASE)]).apart_from(0);

static CLIENTS: Form = Form::names(&CLIENT);

static CLIENT: Form = Form::keys(&[
    ("like", &ANY),
    ("visit", &ANY),
    ("answered_on", &ANY),
    ("facts", &ANY),
    ("but", &ANY),
    ("reviews", &GO_AHEAD),
]);

static GO_AHEAD: Form = Form::keys(&[
    ("rule", &ANY),
    ("says", &ANY),
    ("by", &ANY),
    ("on", &ANY),
    ("good_for", &ANY),
    ("meaning", &ANY),
    ("saw", &ANY),
]);

static CASE: Form = Form {
    items_apart: true,
    ..Form::keys(&[
        ("name", &ANY),
        ("ask", &ANY),
        ("like", &ANY),
        ("client", &ANY),
        ("but", &ANY),
        ("reviews", &GO_AHEAD),
        ("visit", &ANY),
        ("answered_on", &ANY),
        ("first", &ANY),
        ("ended", &ANY),
        ("sessions", &ANY),
        ("may", &ANY),
        ("at", &ANY),
        ("vary", &ANY),
        ("expect", &ANY),
        ("reasons", &ANY),
        ("may_apply", &ANY),
        ("questions", &ANY),
        ("steps", &ANY),
        ("table", &TABLE),
    ])
};

static TABLE: Form = Form::names(&ROW);

static ROW: Form = Form::keys(&[
    ("expect", &ANY),
    ("reasons", &ANY),
    ("may_apply", &ANY),
    ("questions", &ANY),
    ("steps", &ANY),
]);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::report::schema;

    /// Forms, and where in which schema the same map is described.
    const MAPS: [(&Form, &str, &[&str]); 25] = [
        (&CLINIC, "clinic", &[""]),
        (&ROUNDING, "clinic", &["/properties/rounding"]),
        (&PERSON, "clinic", &["/properties/people/items"]),
        (&SIGNER, "clinic", &["/properties/signers/items"]),
        (&FACT, "facts", &["/$defs/fact"]),
        (&HAZARD, "hazards", &["/additionalProperties"]),
        (&SOURCE, "source", &[""]),
        (&STATEMENT, "source", &["/properties/statements/additionalProperties"]),
        (&QUERY, "source", &["/properties/open_queries/additionalProperties"]),
        (&PAGE, "page", &[""]),
        (&IN_FORCE, "page", &["/$defs/in_force"]),
        (&WITHDRAWN, "page", &["/$defs/withdrawn"]),
        (&FUNCTION, "page", &["/properties/functions/additionalProperties"]),
        (&CONDITION, "page", &["/properties/conditions/additionalProperties"]),
        (&PARAMETER, "page", &["/properties/parameters/additionalProperties"]),
        (&RULE, "page", &["/$defs/contraindication", "/$defs/deferral", "/$defs/requirement"]),
        (&COURSE, "page", &["/properties/course"]),
        (&APPOINTMENT, "page", &["/properties/appointment"]),
        (&STEP, "page", &["/properties/appointment/properties/steps/additionalProperties"]),
        (&AFTERCARE_ITEM, "page", &["/properties/aftercare/additionalProperties"]),
        (&PRICING, "page", &["/properties/pricing"]),
        (&DISCOUNT, "page", &["/properties/pricing/properties/course_discount"]),
        (&SCRIPT, "page", &["/properties/pricing/properties/script"]),
        (&GUARANTEE, "page", &["/properties/guarantees/additionalProperties"]),
        (&GO_AHEAD, "record", &["/$defs/review"]),
    ];

    #[test]
    fn every_key_that_is_read_has_its_place() {
        for (form, name, pointers) in MAPS {
            let schema = schema::named(name).expect("a schema of that name").json;
            let schema: Value = serde_json::from_str(schema).expect("a schema is JSON");
            let described: BTreeSet<&str> = pointers
                .iter()
                .filter_map(|pointer| schema.pointer(pointer)?["properties"].as_object())
                .flat_map(|properties| properties.keys().map(String::as_str))
                .collect();
            let known: BTreeSet<&str> = form.keys.iter().map(|(key, _)| *key).collect();
            assert_eq!(known.len(), form.keys.len(), "{name} {pointers:?}: a key stands twice");
            assert_eq!(known, described, "{name} {pointers:?}");
        }
    }

    #[test]
    fn a_path_says_what_a_file_is() {
        let is = |path: &str, form: &Form| of_file(path).is_some_and(|found| std::ptr::eq(found, form));
        assert!(is("clinic.yaml", &CLINIC) && is("facts.yaml", &FACTS) && is("hazards.yaml", &HAZARDS));
        assert!(is("peel.yaml", &PAGE) && is("peel/leaflet.yaml", &SOURCE) && is("peel/facts.yaml", &SOURCE));
        assert!(is("peel/cases/a.yaml", &CASES));
        for path in ["a.rhai", "peel/a.rhai", "cases/a.yaml", "examples/a.yaml", "peel/cases/approved/a.yaml"]
        {
            assert!(of_file(path).is_none(), "{path}");
        }
    }
}
