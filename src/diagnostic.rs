//! What is wrong, why it matters and what to do: findings as data. Rendering lives in `report`.

use crate::span::Span;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rules or the record cannot be used as they are.
    Error,
    /// Worth a look; nothing is refused.
    Warning,
}

impl Severity {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A place that a finding points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words beside the place; may be empty.
    pub text: String,
}

/// One finding. Texts are lower case, without a final stop, with the user's words in backticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of finding, which `clearance explain` knows.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where: the first label is the place itself, further ones are what it collides with.
    pub labels: Vec<Label>,
    /// Why it matters, one line each.
    pub notes: Vec<String>,
    /// What to do, one line each.
    pub helps: Vec<String>,
}

impl Diagnostic {
    /// An error without places; add them with [`Diagnostic::at`].
    pub fn error(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
        }
    }

    /// A warning without places.
    pub fn warning(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, message) }
    }

    /// Adds a place with a few words.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds why it matters.
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// Adds what to do.
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.helps.push(text.into());
        self
    }

    /// Whether it is an error and no warning.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The first place, if the finding has one.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Sorts findings by file and place, so that the same rules give the same list.
pub fn sort(findings: &mut Vec<Diagnostic>) {
    findings.sort_by(|a, b| (a.span(), a.code, &a.message).cmp(&(b.span(), b.code, &b.message)));
    findings.dedup();
}

/// The table of findings becomes an enum and its names in one place.
macro_rules! codes {
    ($($variant:ident $name:literal $summary:literal)*) => {
        /// The kinds of finding. The name is a contract; `clearance explain NAME` prints its page.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $summary] $variant,)*
        }

        impl Code {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The name in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// What the kind is, in one sentence.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$variant => $summary,)* }
            }
        }
    };
}

codes! {
    UnreadableFile "unreadable-file" "A file cannot be read, is not UTF-8 or is too large."
    PathLeavesRules "path-leaves-rules" "A path points outside the rules folder."
    BadYaml "bad-yaml" "The text is not YAML as these files use it."
    YamlFeature "yaml-feature" "A tag, anchor, alias, merge key or second document."
    TooDeep "too-deep" "Maps and lists are nested deeper than any rule needs."
    DuplicateKey "duplicate-key" "The same key stands twice in one map."
    ColonInText "colon-in-text" "A colon and a space inside a plain text."
    CommaInBraces "comma-in-braces" "A comma inside braces cuts a text or a call."
    TextCutByComment "text-cut-by-comment" "A number sign after a space cuts a text short."
    NotInYaml "not-in-yaml" "A condition that starts with an exclamation mark loses its negation."
    WrongShape "wrong-shape" "A text, a list or a map stands where another shape belongs."
    UnknownKey "unknown-key" "A key that has no meaning here."
    MissingKey "missing-key" "A key that must be there is absent."
    EmptyValue "empty-value" "A key has nothing behind it."
    BadName "bad-name" "A name that is no identifier, or a reserved word."
    RuleNamedLikeKey "rule-named-like-key" "A rule is named like one of the keys of a rule."
    BadKind "bad-kind" "A fact declares a kind that does not exist or does not fit."
    BadValue "bad-value" "A number, date, duration or other value that cannot be read."
    OutOfRange "out-of-range" "A value outside the range the clinic set for it."
    TwoRulesInForce "two-rules-in-force" "Two rules of one name are in force on the same day."
    HoleInDates "hole-in-dates" "A dated value leaves days without a value."
    NeverCounts "never-counts" "A dated value that is overtaken before it can count."
    BadBands "bad-bands" "Price bands that are unsorted, repeated or closed at the end."
    BadWindow "bad-window" "An aftercare window that is empty or says two things."
    ReviewDue "review-due" "A number must soon be looked at again."
    ReviewOverdue "review-overdue" "A number should have been looked at again by now."
    NoReason "no-reason" "A rule or item with neither source nor basis."
    StricterThanSource "stricter-than-source" "A rule is stricter than its source supports and has no basis."
    UnknownStatement "unknown-statement" "A cited statement does not exist."
    UncitedStatement "uncited-statement" "A statement nobody cites and that does not say why."
    NeedlessNoRule "needless-no-rule" "A statement says it needs no rule, and a rule cites it."
    OpenQuery "open-query" "A question to the author of the source is still open."
    UnreadOption "unread-option" "A fact or option that no rule reads."
    CountsForEver "counts-for-ever" "A fact that a rule reads, of which nobody says how long an answer counts."
    NeedlessNotUsed "needless-not-used" "An entry of `not_used` that something does read."
    UnusedParameter "unused-parameter" "A parameter that nothing uses."
    UnknownReference "unknown-reference" "A rule, hazard, fact or other thing that is named does not exist."
    BadExpression "bad-expression" "A condition or date that cannot be read."
    ExpressionTooLarge "expression-too-large" "A condition with too many parts or too much nesting."
    UnknownName "unknown-name" "A condition names a fact, option, parameter or function that does not exist."
    MixedKinds "mixed-kinds" "A condition mixes kinds that cannot be compared or combined."
    NeverComesOutYes "never-comes-out-yes" "A comparison clears or fires on `never` without saying so."
    WhileOngoingMissing "while-ongoing-missing" "A wait that may be open-ended does not say what ends it."
    ComparesFacts "compares-facts" "Two facts are compared, which is exact only when both are known."
    Cycle "cycle" "Derived facts that are defined by each other."
    BadScript "bad-script" "A script that cannot be read, or holds what no script may hold."
    ScriptSignature "script-signature" "A function in a script is not as the page declares it."
    ScriptFailed "script-failed" "A script fails for values it can be given."
    UnusedFile "unused-file" "A file in a folder below the rules that no page cites."
    NoTreatment "no-treatment" "The rules folder holds no treatment."
    SameTitle "same-title" "Two pages are called the same."
    NeverFires "never-fires" "A condition that no client meets on any visit."
    AlwaysHolds "always-holds" "A condition that every client meets on every visit."
    NobodyEligible "nobody-eligible" "A page on which nobody is ever eligible."
    HiddenRule "hidden-rule" "A rule that changes nothing, because a stricter one always holds too."
    NeedlessKeep "needless-keep" "A rule says why it is kept, and nothing hides it."
    SameCondition "same-condition" "Two rules with different outcomes hold for the same clients."
    DeadCondition "dead-condition" "A part of a condition that could be left out."
    BrokenGuarantee "broken-guarantee" "A client gets what a guarantee rules out."
    NotAnalysed "not-analysed" "Something that is neither proved nor refuted."
    UnknownFact "unknown-fact" "A record answers a fact that does not exist."
    BadAnswer "bad-answer" "An answer that does not fit its fact."
    FutureAnswer "future-answer" "An answer or event that lies after the visit."
    BadRecord "bad-record" "A client record that cannot be read."
    RepeatedClient "repeated-client" "The same client id stands twice."
    EmptyList "empty-list" "An empty list is no answer."
    NotInForce "not-in-force" "The visit lies outside the days the page is in force."
    ReviewNotUsable "review-not-usable" "A review that cannot count."
    BrokenChain "broken-chain" "A line of a decision log was changed, removed, added or moved."
    CutOffLog "cut-off-log" "A decision log does not hold a head that was kept elsewhere."
    TornLine "torn-line" "The last line of a decision log is not whole."
    ChangedBody "changed-body" "What lies beside a decision log is not what its line commits to."
    MissingBody "missing-body" "What a line of a decision log commits to is gone, and was not erased."
    StrayBody "stray-body" "Something beside a decision log belongs to none of its lines."
    BadCase "bad-case" "A case that cannot be run as it is written."
    UnansweredCase "unanswered-case" "A case that does not say what it expects."
    NoCases "no-cases" "A treatment has no cases."
    CaseFails "case-fails" "A case gets another answer than it expects."
    AnswerChanged "answer-changed" "The full answer of a case is not the approved one."
    AnswerNotApproved "answer-not-approved" "The full answer of a case was never approved."
    NeedlessApproval "needless-approval" "An approved answer that belongs to no case."
    NotCovered "not-covered" "A part of the rules that no case reaches."
    RuleLoosens "rule-loosens" "A change of the rules that tells somebody something less strict, or may."
    RuleChanges "rule-changes" "A change of the rules that tells nobody anything less strict."
    UnnoticedChange "unnoticed-change" "A change of the rules that no case would notice."
    BadSigner "bad-signer" "An entry of `signers` that cannot be used."
    BadSignature "bad-signature" "A sign-off that is not as it was signed, or not by those who may."
    UnknownSigner "unknown-signer" "A signature of somebody whom clinic.yaml does not name, or not so."
    ChangedSinceSigned "changed-since-signed" "The rules changed, and the revision that was signed did not."
    RevisionTooLow "revision-too-low" "A revision below one that was signed."
    NotSigned "not-signed" "A page that lacks signatures."
}

impl Code {
    /// The kind called `name`, if there is one.
    pub fn named(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.name() == name)
    }
}
