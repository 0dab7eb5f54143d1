//! The comments of a YAML text. Reading rules passes over them; whoever rewrites a file must not.

use granit_parser::{Event, Parser};

use super::view::View;
use crate::limits::NESTING;
use crate::span::{Span, TextId, Texts};

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// From its number sign to the end of its line.
    pub span: Span,
    /// Whether nothing but spaces stands before it on its line.
    pub alone: bool,
}

/// The comments of a text in their order. `None` if it cannot be read to its end, which [`super::read`] reports.
pub fn comments(texts: &Texts, id: TextId) -> Option<Vec<Comment>> {
    let view = View::new(texts, id, &mut Vec::new())?;
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_comments: true,
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: NESTING + 1,
        block_nesting_limit: NESTING + 1,
    };
    let mut comments = Vec::new();
    for event in Parser::new_from_str_with_options(&view.text, options) {
        let (event, span) = event.ok()?;
        if let Event::Comment(..) = event {
            let place = span.byte_range()?;
            let before = &view.text[view.line(place.start).start..place.start];
            comments
                .push(Comment { alone: before.trim_matches([' ', '\t']).is_empty(), span: view.span(place) });
        }
    }
    // The parser hands some of them over after the value they precede.
    comments.sort_by_key(|comment| comment.span);
    Some(comments)
}
