//! The schemas name the same keys as the reader of the files, and hold together.

use std::fs;

use clearance::inside::diagnostic::Code;
use clearance::inside::report::schema;
use clearance::inside::source::{Folder, Kind, Node, yaml};
use clearance::inside::span::Texts;
use clearance::inside::written;
use serde_json::Value;

/// A schema, where in it a map is described, and a file with a key in that map which nobody knows.
const MAPS: [(&str, &str, &str, &str); 27] = [
    ("clinic", "", "clinic.yaml", "{qqqqqq: 1}"),
    ("clinic", "/properties/rounding", "clinic.yaml", "{rounding: {qqqqqq: 1}}"),
    ("clinic", "/properties/signers/items", "clinic.yaml", "{signers: [{qqqqqq: 1}]}"),
    ("facts", "/$defs/fact", "facts.yaml", "{a: {qqqqqq: 1}}"),
    ("hazards", "/additionalProperties", "hazards.yaml", "{H1: {qqqqqq: 1}}"),
    ("source", "", "p/s.yaml", "{qqqqqq: 1}"),
    ("source", "/properties/statements/additionalProperties", "p/s.yaml", "{statements: {S1: {qqqqqq: 1}}}"),
    (
        "source",
        "/properties/open_queries/additionalProperties",
        "p/s.yaml",
        "{open_queries: {q: {qqqqqq: 1}}}",
    ),
    ("cases", "", "p/cases/c.yaml", "{qqqqqq: 1}"),
    ("cases", "/$defs/client", "p/cases/c.yaml", "{clients: {a client: {qqqqqq: 1}}}"),
    ("cases", "/$defs/case", "p/cases/c.yaml", "{cases: [{qqqqqq: 1}]}"),
    ("cases", "/$defs/row", "p/cases/c.yaml", "{cases: [{table: {no: {qqqqqq: 1}}}]}"),
    ("page", "", "p.yaml", "{qqqqqq: 1}"),
    ("page", "/$defs/in_force", "p.yaml", "{in_force: {qqqqqq: 1}}"),
    ("page", "/$defs/withdrawn", "p.yaml", "{withdrawn: {qqqqqq: 1}}"),
    ("page", "/properties/functions/additionalProperties", "p.yaml", "{functions: {f: {qqqqqq: 1}}}"),
    ("page", "/properties/conditions/additionalProperties", "p.yaml", "{conditions: {c: {qqqqqq: 1}}}"),
    ("page", "/properties/parameters/additionalProperties", "p.yaml", "{parameters: {p: {qqqqqq: 1}}}"),
    ("page", "/$defs/contraindication", "p.yaml", "{relative_contraindications: {r: {qqqqqq: 1}}}"),
    ("page", "/$defs/deferral", "p.yaml", "{deferrals: {r: {qqqqqq: 1}}}"),
    ("page", "/$defs/requirement", "p.yaml", "{requirements: {r: {qqqqqq: 1}}}"),
    ("page", "/properties/course", "p.yaml", "{course: {qqqqqq: 1}}"),
    ("page", "/properties/appointment", "p.yaml", "{appointment: {qqqqqq: 1}}"),
    (
        "page",
        "/properties/appointment/properties/steps/additionalProperties",
        "p.yaml",
        "{appointment: {steps: {s: {qqqqqq: 1}}}}",
    ),
    ("page", "/properties/aftercare/additionalProperties", "p.yaml", "{aftercare: {a: {qqqqqq: 1}}}"),
    ("page", "/properties/pricing", "p.yaml", "{pricing: {qqqqqq: 1}}"),
    ("page", "/properties/guarantees/additionalProperties", "p.yaml", "{guarantees: {g: {qqqqqq: 1}}}"),
];

fn schema_named(name: &str) -> Value {
    let schema = schema::named(name).expect("a schema of that name");
    serde_json::from_str(schema.json).expect("a schema is JSON")
}

/// The keys that the finding about an unknown one lists.
fn known_keys(helps: &[String]) -> Vec<String> {
    let list = helps.iter().find_map(|help| help.strip_prefix("the keys are ")).unwrap_or_default();
    list.replace(" and ", ", ").split(", ").map(str::to_string).collect()
}

fn keys_of(schema: &Value, pointer: &str) -> Vec<String> {
    let properties = schema.pointer(pointer).and_then(|map| map["properties"].as_object());
    let mut keys: Vec<String> = properties.expect(pointer).keys().cloned().collect();
    keys.sort();
    keys
}

#[test]
fn the_schemas_name_the_keys_that_are_read() {
    for (name, pointer, path, content) in MAPS {
        let (mut folder, mut findings) = (Folder::new(), Vec::new());
        if path == "p/s.yaml" {
            folder.add("p.yaml", b"sources: {S: p/s.yaml}".to_vec(), &mut findings);
        }
        folder.add(path, content.as_bytes().to_vec(), &mut findings);
        written::read(&folder, &mut findings);
        written::cases::read(&folder, &mut findings);
        let finding = findings.iter().find(|f| f.code == Code::UnknownKey).expect(content);
        assert_eq!(keys_of(&schema_named(name), pointer), known_keys(&finding.helps), "{content}");
    }
    for (name, pointer, content) in [
        ("record", "/$defs/record", "{qqqqqq: 1}"),
        ("record", "/$defs/review", "{reviews: [{qqqqqq: 1}]}"),
        ("cases", "/$defs/review", "{reviews: [{qqqqqq: 1}]}"),
    ] {
        let (mut texts, mut findings) = (Texts::new(), Vec::new());
        let id = texts.add("r.yaml", content.to_string());
        let node = yaml::read(&texts, id, &mut findings).expect(content);
        written::record::from_node(&node, &mut findings);
        let finding = findings.iter().find(|f| f.code == Code::UnknownKey).expect(content);
        assert_eq!(keys_of(&schema_named(name), pointer), known_keys(&finding.helps), "{content}");
    }
}

fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(map) => map.values().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_key_is_described() {
    for schema in schema::ALL {
        let json = schema_named(schema.name);
        assert_eq!(json["$schema"], "https://json-schema.org/draft/2020-12/schema", "{}", schema.name);
        walk(&json, &mut |part| {
            if let Some(to) = part.get("$ref").and_then(Value::as_str) {
                assert!(json.pointer(to.trim_start_matches('#')).is_some(), "{}: {to}", schema.name);
            }
            for (key, property) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let described =
                    ["description", "$ref", "items", "oneOf"].iter().any(|k| property.get(k).is_some());
                assert!(described, "{}: {key} says nothing", schema.name);
            }
        });
    }
}

/// A file of cases as editors read it: whatever is written is a text.
fn as_json(node: &Node) -> Value {
    match &node.kind {
        Kind::Scalar(scalar) => Value::from(scalar.text.as_str()),
        Kind::List(items) => items.iter().map(as_json).collect(),
        Kind::Map(entries) => entries.iter().map(|e| (e.key.clone(), as_json(&e.value))).collect(),
    }
}

#[test]
fn the_schema_of_cases_takes_good_ones_and_refuses_slips() {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("cases.json", schema_named("cases")).expect("a schema");
    let index = compiler.compile("cases.json", &mut schemas).expect("a schema");
    let valid = |content: String| {
        let (mut texts, mut findings) = (Texts::new(), Vec::new());
        let id = texts.add("cases.yaml", content);
        let node = yaml::read(&texts, id, &mut findings).expect("YAML");
        schemas.validate(&as_json(&node), index).map_err(|error| error.to_string())
    };
    let shipped = fs::read_dir("rules/microneedling/cases").expect("the shipped cases").flatten();
    let shipped = shipped.map(|entry| entry.path()).filter(|path| path.is_file());
    let mut count = 0;
    for path in shipped {
        let text = fs::read_to_string(&path).expect("a file of cases");
        assert_eq!(valid(text), Ok(()), "{}", path.display());
        count += 1;
    }
    assert!(count > 10);
    let case = |rest: &str| format!("cases:\n  - name: A case\n    like: a client\n{rest}");
    for good in ["expect: not in force", "expect: deferred until 2026-07-01 or longer", "expect: 1076.00"] {
        assert_eq!(valid(case(&format!("    {good}\n"))), Ok(()), "{good}");
    }
    for slip in [
        "",
        "    expects: eligible\n",
        "    expect: elligible\n",
        "    expect: deferred until July\n",
        "    vary: visit\n",
        "    vary: visit\n    table:\n      2026-03-02: elligible\n",
        "    expect: eligible\n    vary: visit\n    table:\n      2026-03-02: eligible\n",
    ] {
        assert!(valid(case(slip)).is_err(), "{slip}");
    }
}
