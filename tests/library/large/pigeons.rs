//! A page too hard to be gone through.

use std::fmt::Write;

use super::pages::{CLINIC, Files};

/// A page of which it takes more than the age of the world to prove by trying that nobody is eligible: so many
/// pigeons do not fit into one hole less, one each.
pub fn adversarial(pigeons: usize) -> Files {
    let holes = pigeons - 1;
    let options: Vec<String> = (0..holes).map(|hole| format!("h{hole}: Hole {hole}")).collect();
    let mut facts = String::new();
    let mut page = String::from(
        "treatment: Page\nrevision: 1\nin_force: {from: 2026-01-01}\nrelative_contraindications:\n",
    );
    let mut rule = |name: String, when: String| {
        let _ = writeln!(page, "  {name}:\n    when: {when}\n    because: It matters.\n    basis: Ours");
    };
    for pigeon in 0..pigeons {
        let _ = writeln!(
            facts,
            "p{pigeon}:\n  kind: set\n  of: {{{}}}\n  ask: Where is p{pigeon}?",
            options.join(", ")
        );
        rule(format!("out_{pigeon}"), format!("p{pigeon}.none"));
        for other in 0..pigeon {
            for hole in 0..holes {
                rule(
                    format!("both_{other}_{pigeon}_{hole}"),
                    format!("p{other}.h{hole} && p{pigeon}.h{hole}"),
                );
            }
        }
    }
    page.push_str("guarantees:\n  nobody:\n    when: p0.h0 || p0.h1\n    never: [eligible]\n");
    Files::from([("clinic.yaml", CLINIC.to_string()), ("facts.yaml", facts), ("page.yaml", page)])
}
