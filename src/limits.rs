//! How much of anything is read. Whatever is handed in ends at one of these; the README lists them.
//!
//! They lie far beyond what people write by hand, and keep what a mistake or an attack can cost in time and
//! memory small. What the engine itself may use, such as splits of a search, stands beside the code that counts it.

/// Bytes of one rule file, script, case file or signature file.
pub const RULE_FILE: usize = 2 << 20;
/// Files of a rules folder.
pub const RULE_FILES: usize = 2_000;
/// Folders within folders of a rules folder.
pub const FOLDERS: usize = 8;
/// Bytes of one line of a rule file, or of YAML records.
pub const LINE: usize = 1 << 20;
/// Maps and lists within each other, in YAML and JSON.
pub const NESTING: usize = 32;
/// Values of one YAML or JSON text; in YAML keys count too.
pub const VALUES: usize = 1_000_000;
/// Rules of one page, which have to fit into 15 bits.
pub const RULES: usize = 20_000;
/// Options of one fact.
pub const OPTIONS_OF_ONE: usize = 64;
/// Answers and options of all facts together.
pub const OPTIONS: usize = 4_000;

/// Bytes of one condition or date.
pub const EXPRESSION: usize = 16 << 10;
/// Names, numbers and operators of one condition or date.
pub const EXPRESSION_NODES: usize = 2_000;
/// Parentheses and operators within each other.
pub const EXPRESSION_NESTING: usize = 32;
/// Digits of one number.
pub const DIGITS: usize = 18;

/// Bytes of one script: compiling takes memory and time that grow with their square.
pub const SCRIPT: usize = 64 << 10;
/// Operations in one call of a script.
pub const SCRIPT_OPERATIONS: u32 = 20_000;
/// Functions within functions within functions of a script.
pub const SCRIPT_CALLS: usize = 12;
/// Nesting of expressions in a script: the compiler uses the stack as it goes down.
pub const SCRIPT_NESTING: usize = 40;
/// Letters of a text in a script.
pub const SCRIPT_LETTERS: usize = 1_024;
/// Items of a list in a script, those of lists inside it included.
pub const SCRIPT_ITEMS: usize = 256;
/// Entries of a map in a script.
pub const SCRIPT_ENTRIES: usize = 128;
/// Variables of a function in a script.
pub const SCRIPT_VARIABLES: usize = 128;
/// Functions of a script.
pub const SCRIPT_FUNCTIONS: usize = 64;

/// Bytes of one file of records as NDJSON or CSV.
pub const RECORD_LINES: u64 = 1 << 30;
/// Bytes of one file of records as YAML or JSON, whose structure is held as a whole.
pub const RECORD_TREE: usize = 64 << 20;
/// Bytes of one line of NDJSON or CSV.
pub const RECORD_LINE: usize = 1 << 20;
/// Columns of a table: each unknown one is a finding that shows the header.
pub const COLUMNS: usize = 10_000;
/// Bytes of one line that somebody types as an answer.
pub const ANSWER: usize = 16 << 10;
/// Letters of a client id.
pub const CLIENT: usize = 200;

/// Bytes of one line of a decision log or of its bodies.
pub const LOG_LINE: u64 = 64 << 20;
/// Lines of a decision log: programs in other languages read larger numbers inexactly.
pub const LOG_LINES: u64 = 1 << 53;
/// Letters of the words of an override.
pub const OVERRIDE: usize = 2_000;
/// Bytes of one signature; those of `ssh-keygen` have about 300.
pub const SIGNATURE: usize = 4_096;
/// Bytes of a file that is none of the above: kept heads, a signature made elsewhere, an approved answer.
pub const SMALL_FILE: u64 = 1 << 20;
