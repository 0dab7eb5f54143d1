//! Who runs the program, and how it was called.

use std::env;

/// The login name, if the computer names one that is `fit`.
pub fn login(fit: impl Fn(&str) -> bool) -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|key| env::var(key).ok().filter(|name| fit(name)))
}

/// Whether a CI system runs the program: most say so in this variable.
pub fn under_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !["", "0", "false"].contains(&value.to_string_lossy().as_ref()))
}

/// The first word behind the program's name that is not UTF-8, as well as it can be shown.
pub fn not_utf8() -> Option<String> {
    env::args_os().skip(1).find(|arg| arg.to_str().is_none()).map(|arg| arg.to_string_lossy().into_owned())
}

/// The words behind the program's name on the command line, as they were typed.
pub fn typed() -> Vec<String> {
    env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect()
}
