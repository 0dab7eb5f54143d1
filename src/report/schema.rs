//! JSON Schemas of every file and answer, for editors and for programs that read decisions.

/// A schema that the binary prints.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// How it is asked for.
    pub name: &'static str,
    /// What it describes.
    pub about: &'static str,
    /// The schema itself.
    pub json: &'static str,
}

/// Every schema, in the order in which a newcomer meets the files.
pub const ALL: [Schema; 9] = [
    Schema { name: "facts", about: "facts.yaml", json: include_str!("schemas/facts.json") },
    Schema { name: "clinic", about: "clinic.yaml", json: include_str!("schemas/clinic.json") },
    Schema {
        name: "page",
        about: "the page of a treatment, such as microneedling.yaml",
        json: include_str!("schemas/page.json"),
    },
    Schema {
        name: "source",
        about: "a source, such as microneedling/leaflet.yaml",
        json: include_str!("schemas/source.json"),
    },
    Schema { name: "hazards", about: "hazards.yaml", json: include_str!("schemas/hazards.json") },
    Schema {
        name: "cases",
        about: "cases, such as microneedling/cases/waits.yaml",
        json: include_str!("schemas/cases.json"),
    },
    Schema { name: "record", about: "the records of clients", json: include_str!("schemas/record.json") },
    Schema {
        name: "decision",
        about: "one answer of `clearance decide --format json`",
        json: include_str!("schemas/decision.json"),
    },
    Schema {
        name: "who",
        about: "what `clearance who --format json` prints",
        json: include_str!("schemas/who.json"),
    },
];

/// The schema called `name`.
pub fn named(name: &str) -> Option<Schema> {
    ALL.into_iter().find(|schema| schema.name == name)
}

/// All schemas with what they describe, one on each line.
pub fn list() -> String {
    ALL.iter().map(|schema| format!("{:<9} {}\n", schema.name, schema.about)).collect()
}
