//! The rule book: what it says, that it can be traced, and that nothing in the rules can change the page itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clearance::inside::cli::folder;
use clearance::inside::decide::cells::Version;
use clearance::inside::log::standing::Signed;
use clearance::inside::report::book::model::Document;
use clearance::inside::report::book::{self, Studied, Subject, html, markdown};
use clearance::inside::rulebook::Part;
use clearance::inside::study::coverage::coverage;
use clearance::inside::study::examples::Base;
use clearance::inside::study::proofs;
use clearance::inside::study::run::Panel;
use clearance::inside::study::verdict;
use clearance::inside::value::Day;

const SMALL: &str = "tests/book/rules";
const DAY: &str = "2026-03-02";
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";

fn clearance(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).output().expect("the program runs")
}

fn printed(args: &[&str]) -> String {
    let output = clearance(args);
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{wrong}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The book of a folder as data, with the texts its places lie in.
fn with_document(rules: &str, signed: Option<Signed>, see: impl FnOnce(&Document, &dyn Fn(&str) -> String)) {
    let loaded = folder::load(Path::new(rules), Part::RulesAndCases).expect("a folder");
    assert!(loaded.usable(), "{:?}", loaded.findings);
    let treatment = &loaded.book.treatments[0];
    let version = Version { book: &loaded.book, treatment, scripts: &loaded.scripts[0] };
    let mut panel = Panel::new(version.book, treatment, version.scripts);
    let suite = &loaded.suites[&treatment.id];
    let base = Base::of(suite.base.as_ref(), version, &mut panel);
    let proofs = proofs::prove(version, base.client(), proofs::MOST_WORK);
    let ran = verdict::run(suite, &mut panel);
    let coverage = coverage(treatment, &ran, &mut panel);
    let mut standing = loaded.signing.standings[0].0.clone();
    standing.signed = signed.is_some();
    standing.signatures.extend(signed);
    let studied = Studied {
        treatment,
        proofs: &proofs,
        ran: &ran,
        left_out: 0,
        coverage: &coverage,
        standing: &standing,
    };
    let subject = Subject {
        book: &loaded.book,
        written: &loaded.written,
        texts: &loaded.texts,
        findings: &loaded.findings,
        pages: vec![studied],
        on: Day::parse(DAY).expect("a day"),
    };
    let line = |at: &str| {
        let (name, line) = at.rsplit_once(':').expect("file:line");
        let text = loaded.texts.all().find(|(_, text)| text.name == name).expect("a file that was read").1;
        let line: usize = line.parse().expect("a line");
        text.content.lines().nth(line - 1).expect("a line of it").to_string()
    };
    see(&book::document(&subject), &line);
}

/// The part of a Markdown text under one heading.
fn chapter<'t>(markdown: &'t str, title: &str) -> &'t str {
    let start = markdown.find(&format!("</a>{title}\n")).unwrap_or_else(|| panic!("no chapter {title}"));
    let rest = &markdown[start + 4..];
    rest.split("\n## ").next().unwrap_or(rest)
}

/// The digest changes with every word of the rules.
fn without_digest(text: &str) -> String {
    let mut kept = String::new();
    let mut parts = text.split("sha256&#58;");
    kept.push_str(parts.next().unwrap_or_default());
    for part in parts {
        kept.push_str("sha256...");
        kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    kept
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("book@{name}"), without_digest(text)));
}

#[test]
fn the_chapters_of_a_small_book_read_well() {
    let text = printed(&["book", "--rules", SMALL, "--format", "markdown", "--on", "2026-08-01"]);
    for title in [
        "In short",
        "Decision table",
        "The rules",
        "Named conditions",
        "Numbers the clinic decides",
        "What counts when",
        "Guarantees",
        "The course",
        "Aftercare",
        "Prices",
        "Sources, statement by statement",
        "Cases and what they reach",
        "Questions a client may be asked",
        "Hazards and what guards against them",
        "What the check found",
        "Revision and signatures",
    ] {
        let name = title.to_lowercase().replace([' ', ','], "-").replace("--", "-");
        snapshot(&name, chapter(&text, title));
    }
}

#[test]
fn the_shipped_book_opens_as_approved() {
    let text = printed(&["book", "--format", "markdown", "--on", DAY]);
    for title in ["In short", "Intended use and limits", "Decision table", "The course"] {
        let name = format!("shipped-{}", title.to_lowercase().replace(' ', "-"));
        snapshot(&name, chapter(&text, title));
    }
}

#[test]
fn the_same_rules_give_the_same_bytes() {
    for args in [
        &["book", "--on", DAY][..],
        &["book", "--format", "markdown", "--on", DAY],
        &["book", "--rules", SMALL, "--on", "2026-08-01"],
    ] {
        assert_eq!(printed(args), printed(args));
    }
}

/// HTML as XML reads it: elements that never have content are closed, and the first line is none of it.
fn as_xml(page: &str) -> String {
    let body = page.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    let mut xml = String::new();
    for (at, part) in body.split("<meta ").enumerate() {
        match (at, part.split_once('>')) {
            (0, _) | (_, None) => xml.push_str(part),
            (_, Some((inside, rest))) => xml += &format!("<meta {inside}/>{rest}"),
        }
    }
    xml
}

fn check_page(page: &str) {
    let xml = as_xml(page);
    let tree = roxmltree::Document::parse(&xml).unwrap_or_else(|error| panic!("well formed: {error}"));
    let all = || tree.descendants().filter(|node| node.is_element());
    let mut ids = BTreeSet::new();
    for id in all().filter_map(|node| node.attribute("id")) {
        assert!(ids.insert(id), "the id `{id}` stands twice");
    }
    for node in all() {
        let name = node.tag_name().name();
        assert!(!["script", "img", "link", "iframe", "object", "form"].contains(&name), "<{name}>");
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on"), "{name} {}", attribute.name());
            assert!(attribute.name() != "src");
        }
        if let Some(target) = node.attribute("href") {
            let anchor =
                target.strip_prefix('#').unwrap_or_else(|| panic!("`{target}` leads out of the page"));
            assert!(ids.contains(anchor), "`{target}` leads nowhere");
        }
        for key in ["aria-labelledby", "aria-describedby"] {
            assert!(node.attribute(key).is_none_or(|id| ids.contains(id)), "{key}");
        }
        if name == "th" {
            assert!(node.attribute("scope").is_some(), "a header cell says what it heads");
        }
        if name == "svg" {
            let has = |wanted: &str| {
                node.children().any(|child| child.has_tag_name(("http://www.w3.org/2000/svg", wanted)))
            };
            assert!(has("title") && has("desc"));
        }
    }
    let level = |node: roxmltree::Node<'_, '_>| -> Option<u32> {
        node.tag_name().name().strip_prefix('h').and_then(|digit| digit.parse().ok())
    };
    let levels: Vec<u32> = all().filter_map(level).collect();
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no heading leaves a level out");
    assert!(page.contains("default-src 'none'") && !page.contains("url(http") && !page.contains("@import"));
    assert!(page.contains("<html lang=\"en\">"));
}

#[test]
fn the_page_is_whole_and_loads_nothing() {
    check_page(&printed(&["book"]));
    check_page(&printed(&["book", "--rules", SMALL]));
    check_page(&printed(&["book", "--rules", SMALL, "--on", "2027-02-01"]));
}

/// Every link of the Markdown leads to a mark in it.
#[test]
fn the_links_of_the_markdown_lead_somewhere() {
    let text = printed(&["book", "--format", "markdown", "--on", DAY]);
    let links: Vec<&str> = text.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 300);
    for link in links {
        assert!(text.contains(&format!("<a id=\"{link}\">")), "{link}");
    }
}

#[test]
fn every_place_is_the_line_that_holds_what_it_is_named_for() {
    for rules in ["rules", SMALL] {
        with_document(rules, None, |document, line| {
            let places = document.places();
            assert!(places.len() > 60);
            for place in places {
                let line = line(&place.at);
                assert!(!place.holds.is_empty(), "{}", place.at);
                assert!(line.contains(&place.holds), "{} holds `{}`, not `{}`", place.at, line, place.holds);
            }
        });
    }
}

/// The numbers of a page: each line of it that has one is named somewhere in the book.
#[test]
fn every_number_of_the_page_can_be_traced() {
    for (rules, file) in [("rules", "microneedling.yaml"), (SMALL, "peel.yaml")] {
        let text = fs::read_to_string(Path::new(rules).join(file)).expect("the page");
        with_document(rules, None, |document, _| {
            let named: BTreeSet<&str> = document.places().iter().map(|place| place.at.as_str()).collect();
            let keys = [
                "value:",
                "between:",
                "review_by:",
                "revision:",
                "sessions:",
                "percent:",
                "results:",
                "for:",
                "from:",
                "before:",
                "duration:",
                "gap:",
                "at_least:",
                "good_for:",
                "price:",
                "price ",
            ];
            for (at, line) in text.lines().enumerate() {
                let bare = line.trim().trim_start_matches("- ").trim_start_matches('{');
                let counted = keys.iter().any(|key| bare.starts_with(key))
                    && line.contains(|c: char| c.is_ascii_digit());
                let at = format!("{file}:{}", at + 1);
                assert!(!counted || named.contains(at.as_str()), "{at} is not in the book: {line}");
            }
        });
    }
}

/// Where a page holds words for people.
const TEXTS: [&str; 26] = [
    "name",
    "ask",
    "not_sure",
    "meaning",
    "hazard",
    "cause",
    "control",
    "treatment",
    "owner",
    "because",
    "basis",
    "by",
    "consider",
    "keep",
    "while_ongoing",
    "cleared_when",
    "incident",
    "missing",
    "do",
    "says",
    "expect",
    "lasts",
    "source",
    "note",
    "asks",
    "answer",
];

#[test]
fn a_tag_in_a_text_is_shown_as_text() {
    const TAG: &str = "<img src=x onerror=alert(1)>";
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book-tags");
    let _ = fs::remove_dir_all(&dir);
    let mut tags = 0;
    for path in files(Path::new(SMALL)) {
        let text = fs::read_to_string(&path).expect("a fixture");
        let mut changed = String::new();
        let in_cases = path.ends_with("peel/cases/clients.yaml");
        for line in text.lines() {
            let (key, value) = line.split_once(": ").unwrap_or((line, ""));
            let bare = key.trim().trim_start_matches("- ");
            let option = ["light", "dark", "shoe_size", "no_rule"].contains(&bare);
            let cited = bare == "source" && value.chars().count() <= 2 || bare == "by" && value == "area_cm2";
            let is_case = in_cases && ["name", "expect"].contains(&bare) || value == "H1";
            if (TEXTS.contains(&bare) || option) && !value.is_empty() && !cited && !is_case {
                changed += &format!("{key}: \"{value} {TAG}\"\n");
                tags += 1;
            } else {
                changed += &format!("{line}\n");
            }
        }
        changed = changed.replace("Somebody who is pregnant", &format!("'Somebody who is pregnant {TAG}'"));
        let to = dir.join(path.strip_prefix(SMALL).expect("inside"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::write(to, changed).expect("a file");
    }
    assert!(tags > 60, "{tags}");
    let rules = dir.to_str().expect("UTF-8");
    let page = printed(&["book", "--rules", rules]);
    check_page(&page);
    assert!(!page.contains("<img"));
    assert!(page.matches("&lt;img src=x onerror=alert(1)&gt;").count() > tags, "each is there to be read");
    let text = printed(&["book", "--rules", rules, "--format", "markdown"]);
    assert!(!text.contains("<img"));
    assert!(text.matches("&lt;img").count() > tags);
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

#[test]
fn whoever_signed_is_named() {
    let signature = Signed {
        by: "B. Lind".to_string(),
        signs_as: "approver".to_string(),
        role: "medical lead".to_string(),
        registration: Some("GMC 1".to_string()),
        on: "2026-03-02".to_string(),
        key: Some("SHA256:1".to_string()),
        valid: true,
    };
    with_document(SMALL, Some(signature), |document, _| {
        let page = html::page(document);
        check_page(&page);
        assert!(page.contains("GMC 1") && !page.contains("not signed"));
        assert!(chapter(&markdown::text(document), "Revision and signatures").contains("B. Lind"));
    });
    with_document(SMALL, None, |document, _| assert!(html::page(document).contains("not signed")));
}

#[test]
fn several_treatments_share_one_book_unless_one_is_named() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book-two");
    let _ = fs::remove_dir_all(&dir);
    for path in files(Path::new(SMALL)) {
        let own = path.strip_prefix(SMALL).expect("inside").to_str().expect("UTF-8").to_string();
        let text = fs::read_to_string(&path).expect("a fixture");
        for (name, as_other) in [(own.clone(), false), (own.replace("peel", "mask"), true)] {
            let text = if as_other && own.contains("peel") {
                text.replace("peel", "mask").replace("Peel", "Mask")
            } else {
                text.clone()
            };
            let to = dir.join(name);
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            fs::write(to, text).expect("a file");
        }
    }
    let rules = dir.to_str().expect("UTF-8");
    let page = printed(&["book", "--rules", rules]);
    check_page(&page);
    assert!(page.contains("id=\"peel.rule.retinol\"") && page.contains("id=\"mask.rule.retinol\""));
    let one = printed(&["book", "--rules", rules, "--treatment", "mask"]);
    check_page(&one);
    assert!(!one.contains("id=\"peel.rule.retinol\"") && one.contains("id=\"mask.rule.retinol\""));
}

#[test]
fn the_book_stands_on_today_unless_told_otherwise() {
    let page = |more: &[&str]| printed(&[&["book", "--rules", SMALL][..], more].concat());
    // Midnight may pass between two books.
    let same = (0..3).any(|_| page(&[]) == page(&["--on", "today"]));
    assert!(same && page(&["--on", "2026-08-01"]) != page(&["--on", "2027-02-01"]));
}

#[test]
fn what_is_wrong_with_the_rules_stands_on_top() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book-alarms");
    let _ = fs::remove_dir_all(&dir);
    for path in files(Path::new(SMALL)) {
        let to = dir.join(path.strip_prefix(SMALL).expect("inside"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(&path, to).expect("a file");
    }
    let rules = dir.to_str().expect("UTF-8");
    let book = |format: &str| printed(&["book", "--rules", rules, "--format", format, "--on", DAY]);
    let edit = |path: &str, old: &str, new: &str| {
        let path = dir.join(path);
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(old));
        fs::write(path, text.replacen(old, new, 1)).expect("a file");
    };
    // All is as it should be where nobody signs.
    assert!(!book("html").contains("class=\"alarm\""));
    edit("peel/cases/clients.yaml", "expect: not eligible", "expect: eligible");
    let signer = "signers:\n  - {name: A. Lead, role: clinical lead, registration: RN 1, key: KEY}\n";
    let signer = signer.replace("KEY", KEY);
    edit("clinic.yaml", "name: A small clinic\n", &format!("name: A small clinic\n{signer}"));
    let (page, text) = (book("html"), book("markdown"));
    check_page(&page);
    let top = page.split("<h1>").next().expect("what stands above the title");
    let first = text.split("A small clinic").next().expect("what stands above the clinic");
    for said in ["cases fails", "RULES NOT SIGNED"] {
        assert!(top.contains(said) && first.contains(said), "{said}: {top}\n{first}");
    }
    assert_eq!(top.matches("class=\"alarm\"").count(), 2);
}

#[test]
fn rules_with_errors_make_no_book() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book-wrong");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("a folder");
    for (name, text) in
        [("clinic.yaml", "name: A\ntime_zone: Nowhere\ncurrency: GBP\n"), ("facts.yaml", "{}\n")]
    {
        fs::write(dir.join(name), text).expect("a file");
    }
    let file = dir.join("book.html");
    let output = clearance(&[
        "book",
        "--rules",
        dir.to_str().expect("UTF-8"),
        "--output",
        file.to_str().expect("UTF-8"),
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && !file.exists());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no book was written"));
    let shipped = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book.html");
    assert!(printed(&["book", "--on", DAY, "--output", shipped.to_str().expect("UTF-8")]).is_empty());
    assert_eq!(fs::read_to_string(shipped).expect("the book"), printed(&["book", "--on", DAY]));
}
