//! The house stands: each floor imports only from floors listed before it, no files import each other in a circle,
//! and no file grows into two.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Lowest first. The files of the ground know nothing of each other's floors above.
const FLOORS: [&str; 18] = [
    "span",
    "diagnostic",
    "suggest",
    "prose",
    "limits",
    "value",
    "source",
    "written",
    "book",
    "script",
    "decide",
    "study",
    "log",
    "rulebook",
    "disk",
    "report",
    "cli",
    "lib",
];

fn rust_files(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("src is readable") {
        let path = entry.expect("src is readable").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn floor(path: &Path) -> Option<usize> {
    let inside = path.strip_prefix("src").expect("only src is walked");
    let first =
        inside.components().next().expect("a path has a part").as_os_str().to_string_lossy().into_owned();
    FLOORS.iter().position(|floor| *floor == first.trim_end_matches(".rs"))
}

/// The parts of a file that are not its own tests.
fn product(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

#[test]
fn each_floor_imports_only_from_floors_before_it() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    assert!(files.len() > 40, "the walk found the house");
    let mut wrong = Vec::new();
    for path in &files {
        if [Path::new("src/main.rs"), Path::new("src/lib.rs")].contains(&path.as_path()) {
            continue;
        }
        let Some(own) = floor(path) else {
            wrong.push(format!("{} stands on no floor", path.display()));
            continue;
        };
        let text = fs::read_to_string(path).expect("src is readable");
        for used in product(&text).match_indices("crate::").map(|(at, _)| &text[at + 7..]) {
            let name: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            match FLOORS.iter().position(|floor| *floor == name) {
                Some(floor) if floor <= own => {}
                _ => wrong.push(format!("{} imports from `{name}`", path.display())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The module that a file is: `decide/engine/mod.rs` is `decide`, `engine`.
type Module = Vec<String>;
type Modules = BTreeMap<Module, PathBuf>;

fn modules() -> Modules {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    let named = files.into_iter().map(|path| {
        let inside = path.strip_prefix("src").expect("only src is walked").with_extension("");
        let mut names: Module =
            inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        names.pop_if(|last| last == "mod");
        (names, path)
    });
    named.collect()
}

/// Names, `::` and single characters, without comments.
fn tokens(text: &str) -> Vec<&str> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    for line in text.lines() {
        let mut rest = line.split("//").next().unwrap_or(line).trim_start();
        while let Some(first) = rest.chars().next() {
            let end = match first {
                _ if is_name(first) => rest.find(|c| !is_name(c)).unwrap_or(rest.len()),
                _ if rest.starts_with("::") => 2,
                _ => first.len_utf8(),
            };
            tokens.push(&rest[..end]);
            rest = rest[end..].trim_start();
        }
    }
    tokens
}

/// The paths that a tree such as `super::{memo::Memo, sets::{self, Token}}` names, from its first token on.
fn tree<'t>(tokens: &mut &[&'t str], before: &[&'t str], paths: &mut Vec<Vec<&'t str>>) {
    let mut path = before.to_vec();
    loop {
        match **tokens {
            ["{", ref inside @ ..] => {
                *tokens = inside;
                while let [next, ..] = **tokens
                    && next != "}"
                {
                    tree(tokens, &path, paths);
                    let end = tokens.iter().position(|token| [",", "}"].contains(token));
                    *tokens = &tokens[end.unwrap_or(tokens.len())..];
                    *tokens = tokens.strip_prefix(&[","]).unwrap_or(tokens);
                }
                *tokens = tokens.strip_prefix(&["}"]).unwrap_or(tokens);
                return;
            }
            [name, ref rest @ ..] if name.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                path.push(name);
                *tokens = rest;
            }
            _ => break,
        }
        match **tokens {
            ["::", ref rest @ ..] => *tokens = rest,
            _ => break,
        }
    }
    paths.push(path);
}

/// The modules that a file imports: all that its paths from `crate`, `super` and `self` lead to, in a `use` or not.
fn imports(own: &[String], text: &str, modules: &Modules) -> BTreeSet<Module> {
    let tokens = tokens(product(text));
    let mut paths = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let goes_on = at > 0 && tokens[at - 1] == "::";
        if ["crate", "super", "self"].contains(&pair[0]) && pair[1] == "::" && !goes_on {
            tree(&mut &tokens[at..], &[], &mut paths);
        }
    }
    let found = paths.into_iter().filter_map(|path| {
        let mut names = if path[0] == "crate" { Vec::new() } else { own.to_vec() };
        for name in path {
            match name {
                "crate" | "self" => {}
                "super" => drop(names.pop()),
                name => names.push(name.to_string()),
            }
        }
        (1..=names.len())
            .rev()
            .map(|end| &names[..end])
            .find(|names| modules.contains_key(*names))
            .map(<[_]>::to_vec)
    });
    found.filter(|module| module != own).collect()
}

/// All that a module imports, and that these import, and so on.
fn reached<'m>(from: &Module, imports: &'m BTreeMap<&Module, BTreeSet<Module>>) -> BTreeSet<&'m Module> {
    let mut seen: BTreeSet<&Module> = BTreeSet::new();
    let mut open: Vec<&Module> = imports[from].iter().collect();
    while let Some(module) = open.pop() {
        if seen.insert(module) {
            open.extend(&imports[module]);
        }
    }
    seen
}

#[test]
fn no_import_circle_leaves_a_folder_or_has_more_than_two_files() {
    let modules = modules();
    let read = |path: &PathBuf| fs::read_to_string(path).expect("src is readable");
    let imports: BTreeMap<&Module, BTreeSet<Module>> =
        modules.iter().map(|(own, path)| (own, imports(own, &read(path), &modules))).collect();
    assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 400, "the paths were read");
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        modules.keys().map(|module| (module, reached(module, &imports))).collect();
    let circles: BTreeSet<Vec<&PathBuf>> = modules
        .keys()
        .map(|own| {
            reached[own].iter().filter(|other| reached[**other].contains(own)).map(|m| &modules[*m]).collect()
        })
        .collect();
    let folders =
        |circle: &[&PathBuf]| circle.iter().map(|path| path.parent()).collect::<BTreeSet<_>>().len();
    let wrong: Vec<String> = circles
        .iter()
        .filter(|circle| circle.len() > 2 || folders(circle) > 1)
        .map(|circle| {
            let names: Vec<String> = circle.iter().map(|path| path.display().to_string()).collect();
            format!("{} import each other in a circle", names.join(", "))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_drawing_in_lib_rs_shows_the_floors_that_stand() {
    let text = fs::read_to_string("src/lib.rs").expect("lib.rs");
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("//! ").unwrap_or_default())
        .skip_while(|line| *line != "```text")
        .skip(1)
        .take_while(|line| *line != "```")
        .collect();
    let (ground, above) = lines.split_first().expect("a drawing");
    let (ground, _) = ground.split_once("  ").expect("the ground, and what it is");
    // A line that goes on with what the one before says stands further in.
    let names =
        above.iter().filter_map(|line| line.strip_prefix("   ")).filter(|line| !line.starts_with(' '));
    let names: Vec<&str> = names.filter_map(|line| line.split(' ').next()).collect();
    let stands = |floor: &&str| {
        Path::new("src").join(floor).is_dir() || Path::new(&format!("src/{floor}.rs")).exists()
    };
    let floors: Vec<&str> = FLOORS.into_iter().filter(|floor| *floor != "lib").filter(stands).collect();
    let (low, high) = floors.split_at(floors.iter().position(|floor| *floor == "source").expect("a floor"));
    assert_eq!(ground.split(' ').collect::<Vec<_>>(), low, "the ground");
    assert_eq!(names, high, "the floors above it");
}

#[test]
fn no_file_is_two_things() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    let long: Vec<String> = files
        .iter()
        .map(|path| (path, fs::read_to_string(path).expect("src is readable").lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(path, lines)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
    assert!(fs::read_to_string("src/main.rs").expect("main.rs").lines().count() <= 20);
}

#[test]
fn the_decide_floor_reads_no_file_clock_or_yaml() {
    let mut files = Vec::new();
    rust_files(Path::new("src/decide"), &mut files);
    for path in files {
        let text = fs::read_to_string(&path).expect("src is readable");
        for banned in [
            "std::fs",
            "std::env::",
            "std::time",
            "Zoned::now",
            "SystemTime",
            "source::yaml",
            "println!",
            "HashMap",
        ] {
            assert!(!product(&text).contains(banned), "{} uses {banned}", path.display());
        }
    }
}

/// What opens a path, starts a program, or asks the computer for its clock, its names or its chance.
const MACHINE: [&str; 21] = [
    "std::fs",
    "fs::",
    "File::",
    "OpenOptions",
    "process::Command",
    "Command::new",
    "std::env",
    "env::var",
    "env::args",
    "Instant::now",
    "SystemTime",
    "Zoned::now",
    "Timestamp::now",
    "stdin()",
    "getrandom",
    ".exists()",
    ".is_dir()",
    ".is_file()",
    ".metadata()",
    ".canonicalize()",
    ".read_dir()",
];

/// What of the machine a text uses. `proofs::` is not `fs::`.
fn of_the_machine(text: &str) -> Vec<&'static str> {
    let part_of_a_name = |c: char| c.is_alphanumeric() || c == '_';
    let used = |banned: &&str| {
        let own = |at: usize| banned.starts_with('.') || !text[..at].ends_with(part_of_a_name);
        text.match_indices(banned).any(|(at, _)| own(at))
    };
    MACHINE.into_iter().filter(used).collect()
}

/// Files that hold nothing but tests: their parent names them behind `#[cfg(test)]`.
fn tests_alone(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut alone = Vec::new();
    for path in files {
        let text = fs::read_to_string(path).expect("src is readable");
        let folder = match path.file_name().is_some_and(|name| name == "mod.rs" || name == "lib.rs") {
            true => path.parent().expect("a file lies in a folder").to_path_buf(),
            false => path.with_extension(""),
        };
        for rest in text.split("#[cfg(test)]\nmod ").skip(1) {
            let name = rest.split([';', ' ']).next().expect("a module has a name");
            alone.push(folder.join(format!("{name}.rs")));
        }
    }
    alone
}

#[test]
fn only_the_disk_floor_touches_the_machine() {
    assert_eq!(of_the_machine("let text = fs::read(path)?;"), ["fs::"]);
    assert_eq!(of_the_machine("if path.exists() {"), [".exists()"]);
    assert!(of_the_machine("use crate::study::proofs::Proofs;").is_empty());
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    let tests = tests_alone(&files);
    // The clock that ends a script which does not end by itself is part of the sandbox.
    let allowed =
        |path: &Path, used: &str| path == Path::new("src/script/engine.rs") && used == "Instant::now";
    let mut wrong = Vec::new();
    for path in files.iter().filter(|path| !path.starts_with("src/disk") && !tests.contains(path)) {
        let text = fs::read_to_string(path).expect("src is readable");
        let used = of_the_machine(product(&text)).into_iter().filter(|used| !allowed(path, used));
        wrong.extend(
            used.map(|used| format!("{} uses `{used}`, which belongs into src/disk", path.display())),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
