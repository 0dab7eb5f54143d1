//! The page behind each kind of finding: what it means, why it matters, a wrong example and a right one.

use crate::diagnostic::Code;
use crate::prose;
use crate::suggest;

/// The page of a code.
pub fn page(code: Code) -> &'static str {
    match code {
        Code::UnreadableFile => include_str!("pages/unreadable-file.md"),
        Code::PathLeavesRules => include_str!("pages/path-leaves-rules.md"),
        Code::BadYaml => include_str!("pages/bad-yaml.md"),
        Code::YamlFeature => include_str!("pages/yaml-feature.md"),
        Code::TooDeep => include_str!("pages/too-deep.md"),
        Code::DuplicateKey => include_str!("pages/duplicate-key.md"),
        Code::ColonInText => include_str!("pages/colon-in-text.md"),
        Code::CommaInBraces => include_str!("pages/comma-in-braces.md"),
        Code::TextCutByComment => include_str!("pages/text-cut-by-comment.md"),
        Code::NotInYaml => include_str!("pages/not-in-yaml.md"),
        Code::WrongShape => include_str!("pages/wrong-shape.md"),
        Code::UnknownKey => include_str!("pages/unknown-key.md"),
        Code::MissingKey => include_str!("pages/missing-key.md"),
        Code::EmptyValue => include_str!("pages/empty-value.md"),
        Code::BadName => include_str!("pages/bad-name.md"),
        Code::RuleNamedLikeKey => include_str!("pages/rule-named-like-key.md"),
        Code::BadKind => include_str!("pages/bad-kind.md"),
        Code::BadValue => include_str!("pages/bad-value.md"),
        Code::OutOfRange => include_str!("pages/out-of-range.md"),
        Code::TwoRulesInForce => include_str!("pages/two-rules-in-force.md"),
        Code::NeverCounts => include_str!("pages/never-counts.md"),
        Code::HoleInDates => include_str!("pages/hole-in-dates.md"),
        Code::BadBands => include_str!("pages/bad-bands.md"),
        Code::BadWindow => include_str!("pages/bad-window.md"),
        Code::ReviewDue => include_str!("pages/review-due.md"),
        Code::ReviewOverdue => include_str!("pages/review-overdue.md"),
        Code::NoReason => include_str!("pages/no-reason.md"),
        Code::StricterThanSource => include_str!("pages/stricter-than-source.md"),
        Code::UnknownStatement => include_str!("pages/unknown-statement.md"),
        Code::UncitedStatement => include_str!("pages/uncited-statement.md"),
        Code::NeedlessNoRule => include_str!("pages/needless-no-rule.md"),
        Code::OpenQuery => include_str!("pages/open-query.md"),
        Code::UnreadOption => include_str!("pages/unread-option.md"),
        Code::CountsForEver => include_str!("pages/counts-for-ever.md"),
        Code::NeedlessNotUsed => include_str!("pages/needless-not-used.md"),
        Code::UnusedParameter => include_str!("pages/unused-parameter.md"),
        Code::UnknownReference => include_str!("pages/unknown-reference.md"),
        Code::BadExpression => include_str!("pages/bad-expression.md"),
        Code::ExpressionTooLarge => include_str!("pages/expression-too-large.md"),
        Code::UnknownName => include_str!("pages/unknown-name.md"),
        Code::MixedKinds => include_str!("pages/mixed-kinds.md"),
        Code::NeverComesOutYes => include_str!("pages/never-comes-out-yes.md"),
        Code::WhileOngoingMissing => include_str!("pages/while-ongoing-missing.md"),
        Code::ComparesFacts => include_str!("pages/compares-facts.md"),
        Code::Cycle => include_str!("pages/cycle.md"),
        Code::BadScript => include_str!("pages/bad-script.md"),
        Code::ScriptSignature => include_str!("pages/script-signature.md"),
        Code::ScriptFailed => include_str!("pages/script-failed.md"),
        Code::UnusedFile => include_str!("pages/unused-file.md"),
        Code::NoTreatment => include_str!("pages/no-treatment.md"),
        Code::SameTitle => include_str!("pages/same-title.md"),
        Code::NeverFires => include_str!("pages/never-fires.md"),
        Code::AlwaysHolds => include_str!("pages/always-holds.md"),
        Code::NobodyEligible => include_str!("pages/nobody-eligible.md"),
        Code::HiddenRule => include_str!("pages/hidden-rule.md"),
        Code::NeedlessKeep => include_str!("pages/needless-keep.md"),
        Code::SameCondition => include_str!("pages/same-condition.md"),
        Code::DeadCondition => include_str!("pages/dead-condition.md"),
        Code::BrokenGuarantee => include_str!("pages/broken-guarantee.md"),
        Code::NotAnalysed => include_str!("pages/not-analysed.md"),
        Code::UnknownFact => include_str!("pages/unknown-fact.md"),
        Code::BadAnswer => include_str!("pages/bad-answer.md"),
        Code::FutureAnswer => include_str!("pages/future-answer.md"),
        Code::BadRecord => include_str!("pages/bad-record.md"),
        Code::RepeatedClient => include_str!("pages/repeated-client.md"),
        Code::EmptyList => include_str!("pages/empty-list.md"),
        Code::NotInForce => include_str!("pages/not-in-force.md"),
        Code::ReviewNotUsable => include_str!("pages/review-not-usable.md"),
        Code::BrokenChain => include_str!("pages/broken-chain.md"),
        Code::CutOffLog => include_str!("pages/cut-off-log.md"),
        Code::TornLine => include_str!("pages/torn-line.md"),
        Code::ChangedBody => include_str!("pages/changed-body.md"),
        Code::MissingBody => include_str!("pages/missing-body.md"),
        Code::StrayBody => include_str!("pages/stray-body.md"),
        Code::BadCase => include_str!("pages/bad-case.md"),
        Code::UnansweredCase => include_str!("pages/unanswered-case.md"),
        Code::NoCases => include_str!("pages/no-cases.md"),
        Code::CaseFails => include_str!("pages/case-fails.md"),
        Code::AnswerChanged => include_str!("pages/answer-changed.md"),
        Code::AnswerNotApproved => include_str!("pages/answer-not-approved.md"),
        Code::NeedlessApproval => include_str!("pages/needless-approval.md"),
        Code::NotCovered => include_str!("pages/not-covered.md"),
        Code::RuleLoosens => include_str!("pages/rule-loosens.md"),
        Code::RuleChanges => include_str!("pages/rule-changes.md"),
        Code::UnnoticedChange => include_str!("pages/unnoticed-change.md"),
        Code::BadSigner => include_str!("pages/bad-signer.md"),
        Code::BadSignature => include_str!("pages/bad-signature.md"),
        Code::UnknownSigner => include_str!("pages/unknown-signer.md"),
        Code::ChangedSinceSigned => include_str!("pages/changed-since-signed.md"),
        Code::RevisionTooLow => include_str!("pages/revision-too-low.md"),
        Code::NotSigned => include_str!("pages/not-signed.md"),
    }
}

/// Every code with its summary, one on each line.
pub fn list() -> String {
    let width = Code::ALL.iter().map(|code| code.name().len()).max().unwrap_or_default();
    Code::ALL.iter().map(|code| format!("{:<width$}  {}\n", code.name(), code.summary())).collect()
}

/// What to answer when nothing is called `name`.
pub fn unknown(name: &str) -> String {
    let near = suggest::nearest(&name.replace('_', "-"), Code::ALL.iter().map(|code| code.name()));
    match near {
        Some(near) => format!("there is no code `{}`: did you mean `{near}`?", prose::visible(name)),
        None => format!("there is no code `{}`", prose::visible(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_page() {
        for code in Code::ALL {
            let text = page(*code);
            let lines = text.lines().count();
            assert_eq!(text.lines().next(), Some(format!("# {}", code.name()).as_str()));
            assert!((10..=32).contains(&lines), "{} has {lines} lines", code.name());
            assert!(text.contains("Wrong") && text.contains("Right"), "{}", code.name());
            let fits = |line: &str| line.starts_with("    ") || line.chars().count() <= 80;
            assert!(text.lines().all(fits), "{}", code.name());
        }
    }

    #[test]
    fn a_slip_in_a_code_is_answered() {
        assert_eq!(
            unknown("duplicate_keys"),
            "there is no code `duplicate_keys`: did you mean `duplicate-key`?"
        );
        assert_eq!(list().lines().count(), Code::ALL.len());
    }
}
