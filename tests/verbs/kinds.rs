//! Small folders in which the program once said something wrong, each with the commands that showed it, and what they
//! print now.

use std::fs;

use crate::year::run;

#[test]
fn what_was_wrong_is_right() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::glob!("../kinds", "*/commands", |path| {
            let folder = path.parent().expect("a folder");
            let commands = fs::read_to_string(path).expect("commands");
            let each = commands.lines().map(|line| {
                let command = line.strip_prefix("$ clearance ").expect("a command");
                format!("$ clearance {command}\n{}\n", run(command, folder))
            });
            let told: String = each.collect();
            let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
            insta::with_settings!({ snapshot_suffix => "" }, {
                insta::assert_snapshot!(format!("kinds@{name}"), told.trim_end());
            });
        });
    });
}
