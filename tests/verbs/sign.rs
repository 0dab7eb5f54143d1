//! Sign-off: what voids a signature and what does not, whose signature counts, and what a refusal says.

mod keys;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clearance::inside::book::{self, Book, parts};
use clearance::inside::diagnostic::Severity;
use clearance::inside::log::ssh::{self, BadKey, BadSignature, PublicKey};
use clearance::inside::source::Folder;
use clearance::inside::study::mutants;
use clearance::inside::written;
use keys::{Made, Signer};

/// The files of a rules folder, but for cases and examples.
type Files = BTreeMap<String, String>;

fn files(root: &str) -> Files {
    fn walk(dir: &Path, prefix: &str, files: &mut Files) {
        for entry in fs::read_dir(dir).expect("a folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() && !["cases", "examples"].contains(&name.as_str()) {
                walk(&entry.path(), &format!("{prefix}{name}/"), files);
            } else if name.ends_with(".yaml") || name.ends_with(".rhai") {
                files.insert(format!("{prefix}{name}"), fs::read_to_string(entry.path()).expect("a text"));
            }
        }
    }
    let mut found = Files::new();
    walk(Path::new(root), "", &mut found);
    found
}

fn book(files: &Files) -> Book {
    let (mut folder, mut findings) = (Folder::new(), Vec::new());
    for (path, text) in files {
        folder.add(path, text.clone().into_bytes(), &mut findings);
    }
    let rules = written::read(&folder, &mut findings);
    let book = book::from_written(&rules, &folder.texts, &mut findings);
    let errors: Vec<_> = findings.iter().filter(|found| found.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    book
}

fn digest(files: &Files) -> String {
    book(files).treatments[0].digest.clone()
}

fn shipped() -> Files {
    files("rules")
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("snapshots");
    settings
}

/// Whatever changes here voids every signature ever made: raise the version of the form with it.
#[test]
fn the_canonical_form_stays_as_it_is() {
    let book = book(&files("tests/sign/peel"));
    let parts = parts::parts(&book, &book.treatments[0]);
    let shown: String = parts.iter().map(|(name, text)| format!("[{name}]\n{text}")).collect();
    settings().bind(|| {
        insta::assert_snapshot!("sign@meaning", shown);
        insta::assert_snapshot!("sign@manifest", parts::manifest(&book, &book.treatments[0]));
    });
    assert_eq!(book.treatments[0].digest, parts::named(&parts::manifest(&book, &book.treatments[0])));
}

#[test]
fn every_mutant_voids_the_signatures() {
    let book = book(&shipped());
    let treatment = &book.treatments[0];
    let signed = parts::manifest(&book, treatment);
    let mutants = mutants(&book, treatment);
    assert!(mutants.len() > 140, "{}", mutants.len());
    let unseen: Vec<&str> = mutants
        .iter()
        .filter(|mutant| {
            let changed = mutant.apply(&book);
            parts::manifest(&changed, &changed.treatments[0]) == signed
        })
        .map(|mutant| mutant.what.as_str())
        .collect();
    assert_eq!(unseen, Vec::<&str>::new());
}

/// The names of statements that something cites, and of those that nothing does.
fn statements(files: &Files) -> (BTreeSet<String>, BTreeSet<String>) {
    let book = book(files);
    let parts = parts::parts(&book, &book.treatments[0]);
    let all = book.treatments[0].statements.iter().map(|statement| statement.id.clone());
    all.partition(|id| parts.contains_key(&format!("statement {id}")))
}

#[test]
fn a_change_to_a_cited_statement_voids_them_and_to_another_one_does_not() {
    let signed = shipped();
    let (cited, others) = statements(&signed);
    assert!(cited.len() > 25 && others.len() > 5, "{} and {}", cited.len(), others.len());
    let leaflet = "microneedling/leaflet.yaml";
    for (id, voids) in cited.iter().map(|id| (id, true)).chain(others.iter().map(|id| (id, false))) {
        for key in ["says: ", "line: "] {
            let text = &signed[leaflet];
            let start = text.find(&format!("\n  {id}:\n")).expect("the statement");
            let at = start + text[start..].find(key).expect("its key") + key.len();
            let changed = format!("{}1{}", &text[..at], &text[at..]);
            let files: Files = signed.clone().into_iter().chain([(leaflet.to_string(), changed)]).collect();
            assert_eq!(digest(&files) != digest(&signed), voids, "{id} {key}");
        }
    }
}

/// The same YAML with every map turned round, no comment, and the layout of another program.
fn turned_round(text: &str) -> String {
    fn turn(value: &mut serde_yaml::Value) {
        match value {
            serde_yaml::Value::Mapping(map) => {
                let mut entries: Vec<_> = std::mem::take(map).into_iter().collect();
                entries.reverse();
                entries.iter_mut().for_each(|(_, value)| turn(value));
                map.extend(entries);
            }
            serde_yaml::Value::Sequence(items) => items.iter_mut().for_each(turn),
            _ => {}
        }
    }
    let mut value = serde_yaml::from_str(text).expect("YAML");
    turn(&mut value);
    serde_yaml::to_string(&value).expect("YAML")
}

fn each(files: &Files, change: impl Fn(&str, &str) -> String) -> Files {
    let changed = files.iter().map(|(path, text)| match path.ends_with(".yaml") {
        true => (path.clone(), change(path, text)),
        false => (path.clone(), text.clone()),
    });
    changed.collect()
}

#[test]
fn order_layout_and_comments_leave_them_valid() {
    for signed in [shipped(), files("tests/sign/peel")] {
        let comments = each(&signed, |_, text| text.replace('\n', "\n# another comment\n"));
        // A comment inside a list of blocks or a text would be read as part of it.
        let comments = each(
            &comments,
            |path, text| if text.contains("|\n") { signed[path].clone() } else { text.into() },
        );
        let changed = [
            ("turned round", each(&signed, |_, text| turned_round(text))),
            ("comments", comments),
            ("CRLF", each(&signed, |_, text| text.replace('\n', "\r\n"))),
            ("a byte order mark", each(&signed, |_, text| format!("\u{feff}{text}"))),
        ];
        for (what, files) in changed {
            assert_eq!(digest(&files), digest(&signed), "{what}");
        }
    }
}

#[test]
fn what_is_no_meaning_leaves_them_valid() {
    let signed = shipped();
    let page = "microneedling.yaml";
    let changes = [
        ("owner", page, signed[page].replace("owner: clinical lead", "owner: somebody else")),
        ("review date", page, signed[page].replace("review_by: 2027-06-01", "review_by: 2028-06-01")),
        ("range", page, signed[page].replace("between: [28 days, 400 days]", "between: [28 days, 300 days]")),
        ("revision", page, signed[page].replace("revision: 1", "revision: 2")),
        ("guarantees", page, signed[page].replace("never: [eligible]", "never: [eligible, deferred]")),
        ("hazards", "hazards.yaml", signed["hazards.yaml"].replace("control: ", "control: Also. ")),
        ("name of the clinic", "clinic.yaml", signed["clinic.yaml"].replace("Example Clinic", "Another")),
        (
            "a note",
            "microneedling/leaflet.yaml",
            signed["microneedling/leaflet.yaml"].replace("note: ", "note: Oh! "),
        ),
        (
            "a question of another page",
            "facts.yaml",
            signed["facts.yaml"].clone() + "smokes:\n  kind: yes/no\n  ask: Do you smoke?\n",
        ),
    ];
    for (what, path, text) in changes {
        assert_ne!(text, signed[path], "{what}");
        let mut files = signed.clone();
        files.insert(path.to_string(), text);
        if what == "a question of another page" {
            let page =
                files[page].replace("course:\n", "not_used:\n  smokes: Another page reads it.\n\ncourse:\n");
            files.insert("microneedling.yaml".to_string(), page);
        }
        assert_eq!(digest(&files), digest(&signed), "{what}");
    }
}

#[test]
fn every_text_that_is_printed_voids_them() {
    let signed = shipped();
    let keys = [
        "because: ",
        "basis: ",
        "consider: ",
        "cleared_when: ",
        "while_ongoing: ",
        "do: ",
        "may: ",
        "says: ",
        "expect: ",
        "lasts: ",
        "treatment: ",
        "ask: ",
        "not_sure: ",
        "meaning: ",
        "unlisted: ",
        "pool: ",
    ];
    let mut tried = 0;
    for path in ["microneedling.yaml", "facts.yaml"] {
        let page = signed[path].split("guarantees:\n").next().expect("the page");
        for key in keys {
            for (at, _) in page.match_indices(key).filter(|(at, _)| page[..*at].ends_with(['\n', ' '])) {
                let line = page[..at].rfind('\n').map_or(0, |found| found + 1);
                if page[line..at].contains('#') {
                    continue;
                }
                let end = at + key.len();
                let mut files = signed.clone();
                files
                    .insert(path.to_string(), format!("{}Oh {}", &signed[path][..end], &signed[path][end..]));
                assert_ne!(digest(&files), digest(&signed), "{path}: {}", &page[line..end + 20]);
                tried += 1;
            }
        }
    }
    assert!(tried > 70, "{tried}");
    for (path, from, to) in [
        ("clinic.yaml", "Europe/London", "Europe/Paris"),
        ("clinic.yaml", "GBP", "EUR"),
        ("clinic.yaml", "half: up", "half: even"),
        ("microneedling/pricing.rhai", "\n", " \n"),
    ] {
        let mut files = signed.clone();
        files.insert(path.to_string(), signed[path].replacen(from, to, 1));
        assert_ne!(digest(&files), digest(&signed), "{path}: {to}");
    }
}

// Keys and signatures

const TEXT: &[u8] = b"clearance sign-off 1\n";

#[test]
fn signatures_made_by_ssh_keygen_and_by_a_security_key_are_read() {
    let vector = |name: &str| fs::read_to_string(format!("tests/sign/vectors/{name}")).expect("a vector");
    for name in ["keygen", "security-key"] {
        let key = PublicKey::parse(&vector(&format!("{name}.pub"))).expect("a key");
        let (text, signature) = (vector(&format!("{name}.txt")), vector(&format!("{name}.sig")));
        assert_eq!(ssh::signer(&signature, text.as_bytes()), Ok(key), "{name}");
        let other = text.replace('1', "2");
        assert_eq!(ssh::signer(&signature, other.as_bytes()), Err(BadSignature::OtherText), "{name}");
    }
}

#[test]
fn a_signature_counts_only_as_made_for_this() {
    let lead = Signer::new(1);
    let good = Made::of(&lead, TEXT);
    assert_eq!(ssh::signer(&good.armored(), TEXT), Ok(lead.public()));
    for hash in ["sha256", "sha512"] {
        assert_eq!(ssh::signer(&Made { hash, ..good.clone() }.again().armored(), TEXT), Ok(lead.public()));
    }
    let other = Made { namespace: "git", ..good.clone() }.again();
    assert_eq!(ssh::signer(&other.armored(), TEXT), Err(BadSignature::Namespace("git".to_string())));
    let relabelled = Made { namespace: "clearance", ..other };
    assert_eq!(ssh::signer(&relabelled.armored(), TEXT), Err(BadSignature::OtherText));
    let damaged = [
        Made { version: 2, ..good.clone() },
        Made { hash: "sha1", ..good.clone() },
        Made { reserved: "x", ..good.clone() },
        Made { trailing: b"x", ..good.clone() },
        Made { kind: "ssh-rsa", ..good.clone() },
    ];
    for made in damaged {
        assert_eq!(ssh::signer(&made.armored(), TEXT), Err(BadSignature::Damaged), "{made:?}");
    }
    assert_eq!(ssh::signer(&Made { key: Some(rsa()), ..good }.armored(), TEXT), Err(BadSignature::OtherKind));
}

fn rsa() -> Vec<u8> {
    keys::strings(&[b"ssh-rsa", &[1, 0, 1], &[7; 64]])
}

#[test]
fn a_security_key_must_be_touched() {
    let lind = Signer::security_key(2);
    let good = Made::of(&lind, TEXT);
    assert_eq!(ssh::signer(&good.armored(), TEXT), Ok(lind.public()));
    let untouched = Made { flags: 0, ..good.clone() }.again();
    assert_eq!(ssh::signer(&untouched.armored(), TEXT), Err(BadSignature::NotTouched));
    let counted_up = Made { counter: 8, ..good };
    assert_eq!(ssh::signer(&counted_up.armored(), TEXT), Err(BadSignature::OtherText));
}

#[test]
fn no_damage_makes_a_signature_count_or_the_program_stop() {
    for signer in [Signer::new(1), Signer::security_key(2)] {
        let armored = Made::of(&signer, TEXT).armored();
        for at in 0..armored.len() {
            assert!(ssh::signer(&armored[..at], TEXT).is_err() || armored[at..].trim().is_empty());
            for other in ['A', '/', '=', '\n', '-', ' '] {
                let mut damaged = armored.clone();
                damaged.replace_range(at..=at, &other.to_string());
                let same = damaged.split_whitespace().eq(armored.split_whitespace());
                if !same && let Ok(key) = ssh::signer(&damaged, TEXT) {
                    let joined = |text: &str| text.split_whitespace().collect::<String>();
                    assert_eq!(
                        (joined(&damaged), key),
                        (joined(&armored), signer.public()),
                        "{at} {other:?}"
                    );
                }
            }
        }
        let blob = Made::of(&signer, TEXT).blob();
        for at in 0..blob.len() {
            for bit in [1, 0x80] {
                let mut damaged = blob.clone();
                damaged[at] ^= bit;
                assert!(ssh::signer(&keys::armor(&damaged), TEXT).is_err(), "byte {at}");
            }
        }
    }
}

#[test]
fn keys_that_cannot_sign_are_told_apart() {
    let line = Signer::new(1).line();
    let damaged = line.replace("AAAAC3", "AAAAC4");
    for (text, why) in [
        ("-----BEGIN OPENSSH PRIVATE KEY-----", BadKey::Private),
        ("ssh-rsa AAAAB3NzaC1yc2E=", BadKey::OtherKind),
        ("keys/lead.pub", BadKey::OtherKind),
        ("ssh-ed25519", BadKey::Damaged),
        (&line[..40], BadKey::Damaged),
        (&damaged, BadKey::Damaged),
        (&line.replace("ssh-ed25519", "sk-ssh-ed25519@openssh.com"), BadKey::Damaged),
    ] {
        assert_eq!(PublicKey::parse(text), Err(why), "{text}");
    }
    assert_eq!(PublicKey::parse(&format!("{line} a comment")).map(|key| key.line()), Ok(line));
}

// The commands

/// A folder with a small page, and three signers.
struct Clinic {
    dir: PathBuf,
}

const PEOPLE: [(&str, &str, u8); 3] =
    [("A. Lead", "clinical lead", 1), ("B. Lind", "prescriber", 2), ("C. Berg", "manager", 3)];

/// Each person's key; that of B. Lind is on a security key.
fn key_of(name: &str) -> Signer {
    let seed = PEOPLE.iter().find(|(known, ..)| *known == name).map_or(9, |(.., seed)| *seed);
    if seed == 2 { Signer::security_key(seed) } else { Signer::new(seed) }
}

impl Clinic {
    fn new(name: &str) -> Clinic {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sign").join(name);
        let _ = fs::remove_dir_all(&dir);
        let clinic = Clinic { dir };
        for (path, text) in files("tests/sign/peel") {
            clinic.put(&path, &text);
        }
        let signers: String = PEOPLE
            .iter()
            .map(|(name, role, seed)| {
                let key = key_of(name).line();
                format!("  - name: {name}\n    role: {role}\n    registration: RN {seed}00\n    key: {key}\n")
            })
            .collect();
        clinic.edit("clinic.yaml", |text| format!("{text}signers:\n{signers}"));
        clinic
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.dir.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn edit(&self, path: &str, change: impl Fn(&str) -> String) {
        let text = fs::read_to_string(self.dir.join(path)).expect("a file");
        let changed = change(&text);
        assert_ne!(text, changed, "{path}");
        self.put(path, &changed);
    }

    /// Runs the program; the rules are called `rules` in what it says.
    fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = self.raw(args);
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + String::from_utf8_lossy(&output.stderr).as_ref();
        (output.status.code(), text.replace(&self.dir.display().to_string(), "rules").replace('\r', ""))
    }

    fn raw(&self, args: &[&str]) -> Output {
        let rules = self.dir.display().to_string();
        let all = [&["--rules", &rules], args].concat();
        Command::new(env!("CARGO_BIN_EXE_clearance")).args(all).output().expect("the program runs")
    }

    /// Has somebody sign with a key, the text taken over as an outside program would.
    fn sign_with(&self, name: &str, signs_as: &str, more: &[&str], key: &Signer) -> (Option<i32>, String) {
        let args = [&["sign", "--as", signs_as, "--by", name, "--on", "2026-03-02"], more].concat();
        let output = self.raw(&args);
        if !output.status.success() {
            return self.run(&args);
        }
        let signature = self.dir.with_extension("sig");
        fs::write(&signature, Made::of(key, &output.stdout).armored()).expect("a file");
        let path = signature.display().to_string();
        self.run(&[&args[..], &["--signature", &path]].concat())
    }

    fn sign(&self, name: &str, signs_as: &str, more: &[&str]) -> (Option<i32>, String) {
        self.sign_with(name, signs_as, more, &key_of(name))
    }

    fn signed(name: &str) -> Clinic {
        let clinic = Clinic::new(name);
        for (who, signs_as) in [("A. Lead", "author"), ("B. Lind", "approver")] {
            let (code, said) = clinic.sign(who, signs_as, &[]);
            assert_eq!(code, Some(0), "{said}");
        }
        clinic
    }

    /// A copy of the folder as it is now.
    fn copy(&self, name: &str) -> String {
        let to = self.dir.with_file_name(name);
        let _ = fs::remove_dir_all(&to);
        let copy = Clinic { dir: to };
        files(&self.dir.display().to_string()).iter().for_each(|(path, text)| copy.put(path, text));
        copy.dir.display().to_string()
    }
}

const FILE: &str = "peel/signatures/1.yaml";

#[test]
fn two_people_sign_and_everybody_is_told() {
    let clinic = Clinic::new("two");
    let mut shown = String::new();
    let mut show = |what: &str, (code, said): (Option<i32>, String)| {
        shown += &format!("$ {what} -> {}\n{said}\n", code.unwrap_or(-1));
    };
    show("verify", clinic.run(&["verify"]));
    show("sign, an approver first", clinic.sign("B. Lind", "approver", &[]));
    show("sign, the author", clinic.sign("A. Lead", "author", &[]));
    show("sign, the author approves", clinic.sign("A. Lead", "approver", &[]));
    show("sign, an approver", clinic.sign("B. Lind", "approver", &[]));
    show("verify", clinic.run(&["verify"]));
    settings().bind(|| insta::assert_snapshot!("sign@two-people", shown));
    assert_eq!(clinic.run(&["check", "--require-signed"]).0, Some(0));
    let decide = ["decide", "tests/sign/client.yaml"];
    assert!(clinic.run(&decide).1.contains(", signed, in"));
    let decided: serde_json::Value =
        serde_json::from_str(&clinic.run(&[&decide[..], &["--format", "json"]].concat()).1).expect("JSON");
    assert_eq!(decided[0]["rules"]["signed"], true);
    let verified: serde_json::Value =
        serde_json::from_str(&clinic.run(&["verify", "--format", "json"]).1).expect("JSON");
    assert_eq!(verified[0]["signatures"][1]["as"], "approver");
    assert!(!clinic.run(&["fmt", "--check"]).1.contains("signatures"), "signature files have no other form");
}

#[test]
fn an_open_query_stops_signing() {
    let clinic = Clinic::new("query");
    clinic.edit("peel/source.yaml", |text| {
        format!("{text}open_queries:\n  gap:\n    line: 9\n    asks: Was an item lost?\n")
    });
    let (code, said) = clinic.sign("A. Lead", "author", &[]);
    assert_eq!(code, Some(2));
    assert!(
        said.ends_with("nothing was signed: 1 question to the author of a source still open\n"),
        "{said}"
    );
}

/// Each spoils a signed folder; the snapshot shows what is said.
#[test]
fn what_is_not_as_it_was_signed_is_told() {
    let swap = |from: &'static str, to: &'static str| move |text: &str| text.replacen(from, to, 1);
    let lead = key_of("A. Lead").line();
    type Spoil<'s> = (&'s str, &'s str, Box<dyn Fn(&str) -> String>);
    let spoiled: Vec<Spoil<'_>> = vec![
        ("changed-meaning", "peel.yaml", Box::new(swap("value: 4 weeks", "value: 6 weeks"))),
        ("lower-revision", "peel.yaml", Box::new(swap("revision: 1\n", "revision: 1 \n"))),
        ("tampered-digest", FILE, Box::new(swap("digest: sha256:", "digest: sha256:00"))),
        ("tampered-parts", FILE, Box::new(swap("  aftercare sun", "  aftercare sum"))),
        ("tampered-diff", FILE, Box::new(swap("This is the first", "This was the first"))),
        ("tampered-verdict", FILE, Box::new(swap("verdict: first", "verdict: tightens"))),
        ("tampered-day", FILE, Box::new(swap("on: 2026-03-02", "on: 2026-03-01"))),
        ("other-role", "clinic.yaml", Box::new(swap("role: prescriber", "role: receptionist"))),
        ("unknown-signer", "clinic.yaml", Box::new(swap("- name: B. Lind", "- name: B. Lindt"))),
        (
            "same-key",
            "clinic.yaml",
            Box::new(move |text: &str| text.replace(&key_of("C. Berg").line(), &lead)),
        ),
        (
            "no-key",
            "clinic.yaml",
            Box::new(|text: &str| text.replace(&key_of("C. Berg").line(), "keys/berg.pub")),
        ),
        ("cut-off", FILE, Box::new(swap("      -----END SSH SIGNATURE-----\n", ""))),
        (
            "no-signature",
            FILE,
            Box::new(|text: &str| text.split("  - by: B. Lind").next().unwrap_or("").to_string()),
        ),
    ];
    for (name, path, change) in spoiled {
        let clinic = Clinic::signed(name);
        if name == "lower-revision" {
            clinic.put("peel/signatures/2.yaml", &fs::read_to_string(clinic.dir.join(FILE)).expect("it"));
        }
        clinic.edit(path, change);
        let (code, said) = clinic.run(&["verify"]);
        settings().bind(|| insta::assert_snapshot!(format!("sign@{name}"), said));
        let bad_signer_only = ["same-key", "no-key"].contains(&name);
        assert_eq!(code, Some(1), "{name}");
        assert_eq!(clinic.run(&["check", "--require-signed"]).0, Some(1), "{name}");
        let decided = clinic.run(&["decide", "tests/sign/client.yaml"]);
        assert_eq!(decided.1.contains(", signed, in"), bad_signer_only, "{name}: {}", decided.1);
    }
}

#[test]
fn signatures_by_others_or_for_something_else_are_refused() {
    let clinic = Clinic::new("others");
    let stranger = clinic.sign("D. Nobody", "author", &[]);
    let wrong_key = clinic.sign_with("A. Lead", "author", &[], &Signer::new(9));
    let output = clinic.raw(&["sign", "--as", "author", "--by", "A. Lead", "--on", "2026-03-02"]);
    let made = Made::of(&key_of("A. Lead"), &output.stdout);
    let signature = clinic.dir.with_extension("other");
    fs::write(&signature, Made { namespace: "git", ..made }.again().armored()).expect("a file");
    let path = signature.display().to_string();
    let args = ["sign", "--as", "author", "--by", "A. Lead", "--on", "2026-03-02", "--signature", &path];
    let elsewhere = clinic.run(&args);
    let another_day = clinic.run(&args.map(|arg| if arg == "2026-03-02" { "2026-03-03" } else { arg }));
    let mut shown = String::new();
    for (what, (code, said)) in
        [("stranger", stranger), ("wrong key", wrong_key), ("namespace", elsewhere), ("day", another_day)]
    {
        assert_eq!(code, Some(2), "{what}");
        shown += &format!("$ {what}\n{said}\n");
    }
    settings().bind(|| insta::assert_snapshot!("sign@refused", shown));
    assert!(!clinic.dir.join(FILE).exists());
}

#[test]
fn a_loosening_needs_two_approvers_and_the_verdict_is_found_anew() {
    let clinic = Clinic::signed("loosening");
    let old = clinic.copy("loosening-old");
    clinic.edit("peel.yaml", |text| text.replacen("value: 4 weeks", "value: 3 weeks", 1));
    let (code, said) = clinic.sign("A. Lead", "author", &["--against", &old]);
    assert_eq!(code, Some(2));
    assert!(said.contains("error[changed-since-signed]"), "{said}");
    clinic.edit("peel.yaml", |text| text.replace("revision: 1\n", "revision: 2\n"));
    let (_, said) = clinic.sign("A. Lead", "author", &[]);
    assert!(said.contains("revision 1 was signed before this one"), "{said}");
    let own = clinic.dir.display().to_string();
    let (_, said) = clinic.sign("A. Lead", "author", &["--against", &own]);
    assert!(said.contains("are not those that were signed before"), "{said}");
    let (code, said) = clinic.sign("A. Lead", "author", &["--against", &old]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("It still lacks 2 approvers other than the author."), "{said}");
    clinic.sign("B. Lind", "approver", &[]);
    let (code, said) = clinic.run(&["verify"]);
    assert!(code == Some(1) && said.contains("It lacks another approver."), "{said}");
    let (_, said) = clinic.sign("C. Berg", "approver", &["--against", &old]);
    assert!(said.contains("Nothing is missing"), "{said}");
    let (code, said) = clinic.run(&["verify", "--against", &old]);
    assert_eq!(code, Some(0), "{said}");
    settings().bind(|| insta::assert_snapshot!("sign@loosening", said));
    // The revision before cannot be taken away or exchanged.
    let first = fs::read_to_string(clinic.dir.join(FILE)).expect("the first");
    fs::remove_file(clinic.dir.join(FILE)).expect("the first");
    assert!(clinic.run(&["check"]).1.contains("the revision signed before revision 2 is not in the folder"));
    clinic.put(FILE, &first.replace("digest: sha256:", "digest: sha256:00"));
    assert!(clinic.run(&["check"]).1.contains("revision 2 was not signed as following revision 1"));
    for (from, to) in
        [("on: 2026-03-02", "on: 2026-03-01"), ("by: B. Lind", "by: Z. Zed"), ("RN 200", "RN 201")]
    {
        clinic.put(FILE, &first.replace(from, to));
        let (code, said) = clinic.run(&["verify"]);
        assert!(code == Some(1) && said.contains("under revision 1 does not count"), "{from}: {said}");
    }
    // Its signers may have left since.
    clinic.put(FILE, &first);
    assert_eq!(clinic.run(&["verify"]).0, Some(0));
}

#[test]
fn what_was_signed_before_cannot_be_made_to_vanish() {
    let clinic = Clinic::signed("vanished");
    let old = clinic.copy("vanished-old");
    fs::remove_dir_all(clinic.dir.join("peel/signatures")).expect("the signatures");
    clinic.edit("peel.yaml", |text| text.replace("revision: 1\n", "revision: 2\n"));
    for (who, signs_as) in [("A. Lead", "author"), ("B. Lind", "approver")] {
        clinic.sign(who, signs_as, &[]);
    }
    let (code, said) = clinic.run(&["verify", "--against", &old]);
    assert_eq!(code, Some(1));
    settings().bind(|| insta::assert_snapshot!("sign@vanished", said.replace("rules-old", "old")));
    assert_eq!(clinic.run(&["verify", "--against", "nowhere"]).0, Some(2));
}

/// What somebody signs of a file as it now is, past all the checks of the program.
fn forged(clinic: &Clinic, file: &str, who: &str, signs_as: &str) -> String {
    let text = fs::read_to_string(clinic.dir.join(file)).expect("the file");
    let value: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
    let field = |key: &str| value[key].as_str().expect("a text").to_string();
    let (_, role, seed) = PEOPLE.into_iter().find(|(name, ..)| *name == who).expect("a signer");
    let registration = format!("RN {seed}00");
    let statement = clearance::inside::log::signoff::Statement {
        treatment: "peel",
        revision: value["revision"].as_u64().and_then(|number| u32::try_from(number).ok()).expect("a number"),
        digest: &field("digest"),
        previous: &field("previous"),
        verdict: &field("verdict"),
        lifts: field("lifts_a_withdrawal") == "yes",
        diff: &field("diff"),
        signs_as,
        by: who,
        role,
        registration: Some(&registration),
        on: "2026-03-02",
    };
    let armored = Made::of(&key_of(who), statement.text().as_bytes()).armored();
    let lines: String = armored.lines().map(|line| format!("      {line}\n")).collect();
    let who =
        format!("  - by: {who}\n    as: {signs_as}\n    role: {role}\n    registration: {registration}\n");
    format!("{who}    on: 2026-03-02\n    signature: |\n{lines}")
}

#[test]
fn an_author_cannot_approve_their_own_change() {
    let clinic = Clinic::new("own-change");
    clinic.sign("A. Lead", "author", &[]);
    let again = forged(&clinic, FILE, "A. Lead", "approver");
    clinic.edit(FILE, |text| text.to_string() + again.as_str());
    let (code, said) = clinic.run(&["verify"]);
    assert_eq!(code, Some(1));
    settings().bind(|| insta::assert_snapshot!("sign@own-change", said));
    // Nor does anybody count twice, or as a second author.
    let (lind, berg) =
        (forged(&clinic, FILE, "B. Lind", "approver"), forged(&clinic, FILE, "C. Berg", "author"));
    clinic.edit(FILE, |text| text.replace(&again, &format!("{lind}{lind}{berg}")));
    let (code, said) = clinic.run(&["verify"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("`B. Lind` approves twice"), "{said}");
    assert!(said.contains("`C. Berg` signs as a second author"), "{said}");
}

#[test]
fn a_verdict_that_was_made_up_is_found_out() {
    let clinic = Clinic::signed("made-up");
    let old = clinic.copy("made-up-old");
    clinic.edit("peel.yaml", |text| {
        text.replacen("value: 4 weeks", "value: 3 weeks", 1).replace("revision: 1\n", "revision: 2\n")
    });
    let (code, said) = clinic.sign("A. Lead", "author", &["--against", &old]);
    assert_eq!(code, Some(0), "{said}");
    // The author writes another verdict, and signs that.
    let file = "peel/signatures/2.yaml";
    clinic.edit(file, |text| text.replace("verdict: loosens", "verdict: tightens"));
    let forged = forged(&clinic, file, "A. Lead", "author");
    clinic.edit(file, |text| text[..text.find("  - by: A. Lead").expect("it")].to_string() + forged.as_str());
    let (_, said) = clinic.sign("B. Lind", "approver", &["--against", &old]);
    assert!(said.contains("the author signed the verdict `tightens`, and against"), "{said}");
    assert!(clinic.sign("B. Lind", "approver", &[]).1.contains("Nothing is missing"));
    assert_eq!(clinic.run(&["verify"]).0, Some(0));
    let (code, said) = clinic.run(&["verify", "--against", &old]);
    assert_eq!(code, Some(1));
    assert!(said.contains("revision 2 was signed as `tightens`, and is `loosens`"), "{said}");
}

#[test]
fn lifting_a_withdrawal_needs_two_approvers() {
    let clinic = Clinic::new("lifting");
    let switch = "withdrawn:\n  since: 2999-01-01\n  because: A recall.\n  by: A. Lead\n";
    clinic.edit("peel.yaml", |text| text.replace("revision: 1\n", &format!("revision: 1\n{switch}")));
    clinic.sign("A. Lead", "author", &[]);
    clinic.sign("B. Lind", "approver", &[]);
    assert_eq!(clinic.run(&["verify"]).0, Some(0));
    let old = clinic.copy("lifting-old");
    clinic.edit("peel.yaml", |text| text.replace(switch, "").replace("revision: 1\n", "revision: 2\n"));
    let (_, said) = clinic.sign("A. Lead", "author", &["--against", &old]);
    assert!(said.contains("It still lacks 2 approvers other than the author."), "{said}");
    let file = fs::read_to_string(clinic.dir.join("peel/signatures/2.yaml")).expect("the file");
    assert!(file.contains("\nlifts_a_withdrawal: yes\n"), "{file}");
}

/// With the program itself where it is installed; the vectors stand for it elsewhere.
#[test]
fn ssh_keygen_signs_and_checks() {
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        return;
    }
    let clinic = Clinic::new("keygen");
    let keys = clinic.dir.with_file_name("keygen-keys");
    let _ = fs::remove_dir_all(&keys);
    fs::create_dir_all(&keys).expect("a folder");
    for (at, (name, ..)) in PEOPLE.iter().enumerate() {
        let path = keys.join(at.to_string());
        let made =
            Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&path).status();
        assert!(made.is_ok_and(|status| status.success()));
        let line = fs::read_to_string(path.with_extension("pub")).expect("a public key");
        clinic.edit("clinic.yaml", |text| text.replace(&key_of(name).line(), line.trim()));
    }
    let sign = |who: usize, key: usize, signs_as: &str| {
        let key = keys.join(key.to_string()).display().to_string();
        let by = PEOPLE[who].0;
        clinic.run(&["sign", "--as", signs_as, "--by", by, "--on", "2026-03-02", "--key", &key])
    };
    let (code, said) = sign(0, 1, "author");
    assert!(code == Some(2) && said.contains("was made with another key"), "{said}");
    assert_eq!(sign(0, 0, "author").0, Some(0));
    assert_eq!(sign(1, 1, "approver").0, Some(0));
    assert_eq!(clinic.run(&["verify"]).0, Some(0));
    let out = keys.join("out");
    assert_eq!(clinic.run(&["verify", "--write", &out.display().to_string()]).0, Some(0));
    for (file, who) in [("peel-1-1", "a-lead"), ("peel-1-2", "b-lind")] {
        let text = fs::File::open(out.join(format!("{file}.txt"))).expect("the text");
        let checked = Command::new("ssh-keygen")
            .current_dir(&out)
            .args(["-Y", "verify", "-n", "clearance", "-f", "allowed_signers", "-I", who, "-s"])
            .arg(format!("{file}.sig"))
            .stdin(text)
            .output();
        assert!(checked.is_ok_and(|checked| checked.status.success()), "{file}");
    }
}

// Reviews

#[test]
fn a_go_ahead_is_written_into_the_record_and_nothing_else() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sign");
    fs::create_dir_all(&dir).expect("a folder");
    let record = "client: C1   # by phone\nvisit: 2026-03-02\nanswered_on: 2026-03-02\nfacts:\n  keloid_history: yes\n  \
                  pregnant: yes\n";
    let path = dir.join("review.yaml");
    fs::write(&path, record).expect("a record");
    let file = path.display().to_string();
    let review = |rule: &str, on: &str| {
        let args = ["review", &file, "--rule", rule, "--by", "B. Lind", "--good-for", "26 weeks", "--on", on];
        let output = Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + String::from_utf8_lossy(&output.stderr).as_ref();
        format!(
            "$ {rule} on {on} -> {}\n{}\n",
            output.status.code().unwrap_or(-1),
            said.replace(&file, "review.yaml")
        )
    };
    let mut shown = String::new();
    for (rule, on) in [
        ("microneedling/pregnancy", "2026-03-02"),
        ("microneedling/keloids", "2026-03-02"),
        ("skin_disease", "2024-03-02"),
        ("keloid", "2026-03-02"),
        ("keloid", "2026-03-02"),
    ] {
        shown += &review(rule, on);
    }
    let written = fs::read_to_string(&path).expect("the record");
    assert!(written.starts_with(record));
    shown += &written;
    settings().bind(|| insta::assert_snapshot!("sign@review", shown));
}
