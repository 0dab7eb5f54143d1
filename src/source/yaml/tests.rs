use super::*;

pub(super) struct Seen {
    texts: Texts,
    pub node: Option<Node>,
    pub findings: Vec<Diagnostic>,
}

pub(super) fn seen(content: &str) -> Seen {
    let mut texts = Texts::new();
    let id = texts.add("r.yaml", content.to_string());
    let mut findings = Vec::new();
    let node = read(&texts, id, &mut findings);
    Seen { texts, node, findings }
}

impl Seen {
    fn found(&self) -> Vec<(Code, String)> {
        let place = |finding: &Diagnostic| self.texts.reference(finding.labels[0].span);
        let place = |finding| place(finding).replace("r.yaml:", "");
        self.findings.iter().map(|f| (f.code, place(f))).collect()
    }

    fn at(&self, path: &str) -> &Node {
        let root = self.node.as_ref().expect("a tree");
        path.split('.').fold(root, |node, step| match &node.kind {
            Kind::List(items) => &items[step.parse::<usize>().expect("an index")],
            _ => node.get(step).expect(step),
        })
    }

    /// The piece of the file behind the first occurrence of `word` in the text at `path`, with its place.
    fn place(&self, path: &str, word: &str) -> (String, String) {
        let node = self.at(path);
        let start = node.text().and_then(|t| t.find(word)).expect(word);
        let span = node.place(start, start + word.len());
        let piece = &self.texts.get(span.text).content[span.range()];
        (piece.to_string(), self.texts.reference(span).replace("r.yaml:", ""))
    }
}

fn codes(content: &str) -> Vec<(Code, String)> {
    seen(content).found()
}

fn one(code: Code, at: &str) -> Vec<(Code, String)> {
    vec![(code, at.to_string())]
}

#[test]
fn positions_hold_behind_bom_crlf_and_no_break_spaces() {
    let seen = seen(
        "\u{feff}a:\r\n\u{a0} b:\u{a0}x\u{a0}&& y\u{a0}\r\n \u{a0}c:\r\n    - d e\r\n\u{a0}   - \"f\u{a0}g\"\r\n",
    );
    assert_eq!(seen.found(), []);
    assert_eq!(seen.at("a.b").text(), Some("x && y"));
    assert_eq!(seen.place("a.b", "x"), ("x".into(), "2:6".into()));
    assert_eq!(seen.place("a.b", " "), ("\u{a0}".into(), "2:7".into()));
    assert_eq!(seen.place("a.b", "y"), ("y".into(), "2:11".into()));
    assert_eq!(seen.place("a.b", "x && y").0, "x\u{a0}&& y");
    assert_eq!(seen.place("a.c.0", "e"), ("e".into(), "4:9".into()));
    assert_eq!(seen.place("a.c.1", "g"), ("g".into(), "5:10".into()));
    let Kind::Map(entries) = &seen.at("a").kind else {
        panic!("a map");
    };
    assert_eq!(seen.texts.reference(entries[1].key_span), "r.yaml:3:3");
    let content = &seen.texts.get(seen.at("a").span.text).content;
    assert_eq!(&content[seen.at("a.b").span.range()], "x\u{a0}&& y");
    assert!(content[seen.at("a").span.range()].starts_with("b:"));
    assert!(content[seen.at("a").span.range()].ends_with("g\""));
}

#[test]
fn every_kind_of_text_knows_its_lines() {
    let seen = seen(concat!(
        "folded: >-\n  a &&\n  b\n\n  # c\n    more\n",
        "literal: |\n\n  d\n   e\n",
        "plain: f\n  && g\n\n  h\n",
        "single: 'it''s\n  i'\n",
        "double: \"\\u00e9 j \\\n   k\"\n",
        "empty: |\n",
    ));
    assert_eq!(seen.found(), []);
    assert_eq!(seen.at("folded").text(), Some("a && b\n# c\n  more"));
    assert_eq!(seen.place("folded", "b"), ("b".into(), "3:3".into()));
    assert_eq!(seen.place("folded", "more"), ("more".into(), "6:5".into()));
    assert_eq!(seen.at("literal").text(), Some("\nd\n e"));
    assert_eq!(seen.place("literal", "e"), ("e".into(), "10:4".into()));
    assert_eq!(seen.at("plain").text(), Some("f && g\nh"));
    assert_eq!(seen.place("plain", "&&"), ("&&".into(), "12:3".into()));
    assert_eq!(seen.place("plain", "h"), ("h".into(), "14:3".into()));
    assert_eq!(seen.at("single").text(), Some("it's i"));
    assert_eq!(seen.place("single", "'"), ("''".into(), "15:12".into()));
    assert_eq!(seen.place("single", "s"), ("s".into(), "15:14".into()));
    assert_eq!(seen.place("single", "i"), ("i".into(), "15:10".into()));
    assert_eq!(seen.at("double").text(), Some("\u{e9} j k"));
    assert_eq!(seen.place("double", "\u{e9}"), ("\\u00e9".into(), "17:10".into()));
    assert_eq!(seen.place("double", "k"), ("k".into(), "18:4".into()));
    assert_eq!(seen.at("empty").text(), Some(""));
}

#[test]
fn texts_stay_texts_and_nothing_is_nothing() {
    let seen = seen("---\na: no\nb: 1.10\nc: ~\nd:\ne: ''\nf: {g: , h: x}\n...\n");
    assert_eq!(seen.found(), []);
    assert_eq!(seen.at("a").text(), Some("no"));
    assert_eq!(seen.at("b").text(), Some("1.10"));
    assert_eq!(seen.at("c").text(), Some("~"));
    assert!(seen.at("d").is_empty() && seen.at("f.g").is_empty());
    assert!(!seen.at("e").is_empty());
    assert_eq!(seen.texts.reference(seen.at("d").span), "r.yaml:5:2");
}

#[test]
fn texts_without_anything_give_nothing_and_no_finding() {
    for content in ["", "\u{feff}", "# only a comment\n", "\r\n \n", "---\n"] {
        let seen = seen(content);
        assert_eq!((seen.node.as_ref(), seen.found()), (None, vec![]), "{content:?}");
    }
}

#[test]
fn a_lost_negation_is_found_and_read_on() {
    let seen = seen(
        "a: !pregnant\nb: ! pregnant\nc: !pregnant && x\nd: [!a.b, c]\ne: {when: !f, x: y}\ng: !foo: bar",
    );
    let expected = ["1:4", "2:4", "3:4", "4:5", "5:11"].map(|at| (Code::NotInYaml, at.to_string()));
    assert_eq!(seen.found()[..5], expected);
    assert_eq!(seen.findings[0].helps, ["write `not(pregnant)`"]);
    assert_eq!(seen.findings[2].helps, ["write `not(pregnant) && x`"]);
    let kept = self::seen("a: !pregnant\nb: ! pregnant && x\n");
    assert_eq!(kept.at("a").text(), Some("pregnant"));
    assert_eq!(kept.place("b", "x"), ("x".into(), "2:18".into()));
    for content in ["x: y\na: !(b || c)\n", "x: y\na: !b || c", "x: {\na: !b!c}\n"] {
        assert_eq!(codes(content), one(Code::NotInYaml, "2:4"), "{content}");
    }
    assert_eq!(codes("a: !"), one(Code::NotInYaml, "1:4"));
    assert_eq!(codes("a: b != c\nd: e! f"), []);
}

#[test]
fn yaml_features_are_refused_one_by_one() {
    let content = "a: &x b\nc: *x\nd: *nowhere\n<<: {e: f}\ng: !!str h\ni: !<x> j\n*x : k\nl: !m\n  n: o\n";
    let places = ["1:4", "2:4", "3:4", "4:1", "5:4", "6:4", "7:1", "8:4"];
    let expected = places.map(|at| (Code::YamlFeature, at.to_string()));
    let seen = seen(content);
    assert_eq!(seen.found(), expected);
    assert_eq!(seen.at("l.n").text(), Some("o"));
    assert!(seen.at("c").is_empty());
    assert_eq!(codes("a: b\n---\nc: d\n"), one(Code::YamlFeature, "2:1"));
    assert_eq!(codes("%YAML 1.2\n---\na: b\n"), one(Code::YamlFeature, "1:1"));
    assert_eq!(codes("a: *Important* text\n"), one(Code::YamlFeature, "1:4"));
    assert_eq!(codes("a: !!x!y z\n"), one(Code::YamlFeature, "1:4"));
}

#[test]
fn repeated_keys_name_both_places() {
    let seen = seen("a: 1\nb: {c: 1, c: 2}\n\"a\":\n  d: !e\n");
    let expected = [(Code::DuplicateKey, "2:11"), (Code::DuplicateKey, "3:1"), (Code::NotInYaml, "4:6")];
    assert_eq!(seen.found(), expected.map(|(code, at)| (code, at.to_string())));
    assert_eq!(seen.texts.reference(seen.findings[1].labels[1].span), "r.yaml:1:1");
    assert_eq!(seen.at("a").text(), Some("1"));
}

#[test]
fn a_comma_in_braces_is_found_and_mended() {
    let seen = seen("a: {when: latest(b, c, d), because: x}\ne: {f, g}\nh: {i: 1,200.00}\n");
    let expected = ["1:21", "2:5", "3:10"].map(|at| (Code::CommaInBraces, at.to_string()));
    assert_eq!(seen.found(), expected);
    assert_eq!(seen.at("a.when").text(), Some("latest(b, c, d)"));
    assert_eq!(seen.at("a.because").text(), Some("x"));
    assert_eq!(codes("a: {b: , c:, \"d\":1, e : f}"), []);
}

#[test]
fn a_cut_text_carries_its_comment() {
    let seen = seen(
        "a: see note #2, please \nb: c  # two spaces\nd: e\n  f #3\ng: 'h' # quoted\ni: j\u{a0}#4\nk: l#5\n",
    );
    assert_eq!(seen.found(), []);
    let comment = |path: &str| {
        let scalar = seen.at(path).scalar().expect("a text");
        scalar.comment.map(|span| seen.texts.get(span.text).content[span.range()].to_string())
    };
    assert_eq!(comment("a").as_deref(), Some("#2, please"));
    assert_eq!(comment("d").as_deref(), Some("#3"));
    assert_eq!(comment("i").as_deref(), Some("#4"));
    for path in ["b", "g", "k"] {
        assert_eq!(comment(path), None, "{path}");
    }
    assert_eq!(codes("a: b #2\n  c\n"), one(Code::TextCutByComment, "1:6"));
}

#[test]
fn a_colon_in_a_text_says_so() {
    for (content, at) in [
        ("x: y\nbecause: see: here\n", "2:13"),
        ("x: y\na: 'b': c\n", "2:7"),
        ("x: y\na: {b: c: d}", "2:9"),
        ("x: [b: c: d]", "1:9"),
        ("- a: b: c", "1:7"),
        ("x:\n  some text\n  note: goes on\n", "3:7"),
    ] {
        assert_eq!(codes(content), one(Code::ColonInText, at), "{content}");
    }
}

#[test]
fn other_mistakes_are_said_in_plain_words() {
    for (content, at, words) in [
        ("a:\n\tb: c\n", "2:1", "a tab cannot indent a line"),
        ("a:\n \t- c\n", "2:2", "a tab cannot indent a line"),
        ("\ta: b\n", "1:1", "a tab cannot indent a line"),
        ("a: [b\nc: d\n", "1:4", "a `[` or `{` is opened and not closed"),
        ("a: {b: c\nd: e\n", "2:2", "a comma or a closing bracket is missing before this"),
        ("a: ]\n", "1:4", "a closing bracket has no opening one that fits"),
        ("a: \"b\" c\n", "1:8", "something follows the closing quote"),
        ("a: \"\\q\"\n", "1:4", "a backslash in double quotes is followed by something unknown"),
        ("a: - b\n", "1:4", "a list item cannot start here"),
        ("- a\nb: c\n", "2:1", "a list item is expected here"),
        ("  a: b\nc: d\n", "2:1", "lines 1 and 2 are not indented alike"),
        ("a: b\n  c: d\n", "2:3", "lines 1 and 2 are not indented alike"),
        ("a:\n  b:c d\n  e: f\n", "2:4", "no space follows the colon of `b`"),
        ("a: @b\n", "1:4", "a text without quotes cannot start with `@`"),
        ("a: [b]#c\n", "1:7", "a comment needs a space before its number sign"),
        (": b\n", "1:1", "a value has no key"),
        ("a: b\u{0}c\n", "1:5", "a control character (U+0000) stands in the text"),
        ("a: b\rc: d\n", "1:5", "a control character (U+000D) stands in the text"),
        ("a: b\u{9b}c\n", "1:5", "a control character (U+009B) stands in the text"),
    ] {
        let seen = seen(content);
        assert_eq!(seen.found(), one(Code::BadYaml, at), "{content}");
        assert_eq!(seen.findings[0].message, words);
    }
    assert_eq!(codes("{[a]: b}"), one(Code::WrongShape, "1:2"));
    assert_eq!(codes("? [a]\n: b\nc: d"), one(Code::WrongShape, "1:3"));
    assert_eq!(codes("{{a: b}: c}\n"), one(Code::WrongShape, "1:2"));
}

#[test]
fn what_was_found_before_an_error_is_kept() {
    let found = codes("a: !b\na: c\nd: [\n");
    let kinds: Vec<Code> = found.iter().map(|(code, _)| *code).collect();
    assert_eq!(kinds, [Code::NotInYaml, Code::DuplicateKey, Code::BadYaml]);
}

#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(codes(&nested(32)), []);
    assert_eq!(codes(&nested(33)), one(Code::TooDeep, "1:33"));
    let indented = |levels: usize| (0..levels).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>();
    assert_eq!(codes(&indented(32)), []);
    for content in [
        "[".repeat(10_000),
        "{a: ".repeat(10_000),
        "- ".repeat(10_000),
        "? ".repeat(10_000),
        indented(3_000),
        format!("a: {}", nested(10_000)),
    ] {
        let found = codes(&content);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, Code::TooDeep);
    }
}

#[test]
fn hostile_texts_end() {
    let bomb = (1..30_000).map(|i| format!("a{i}: &a{i} [*a{0}, *a{0}]\n", i - 1)).collect::<String>();
    let long = format!("a: {}", "b ".repeat(600_000));
    let list = format!("[{}]", "a #b,\n".repeat(100_000));
    let braces = format!("{{a: b{}}}", ", c".repeat(100_000));
    let brackets = format!("[{}]", "a, ".repeat(100_000));
    let lines = format!("a: {}", "b\n ".repeat(200_000));
    let seen_bomb = codes(&bomb);
    assert!(seen_bomb.len() <= MAX_FINDINGS + 1);
    assert_eq!(seen_bomb[0], (Code::YamlFeature, "1:5".to_string()));
    assert_eq!(codes(&long), one(Code::BadYaml, "1:1"));
    codes(&list);
    assert_eq!(codes(&braces), one(Code::CommaInBraces, "1:8"));
    assert_eq!(codes(&brackets), []);
    assert_eq!(codes(&lines), []);
}
