//! Puts a template together again from its pieces, as the engine gets it.

use std::fmt::Write;

use super::{
    comparing,
    markdown::Place,
    source::{Inside, Piece},
};

/// The text before, between and after a template's values.
pub(super) fn texts_between_values(pieces: &[Piece<'_>]) -> Vec<String> {
    pieces
        .split(|piece| matches!(piece, Piece::Expression(_)))
        .map(|between| {
            let texts = between.iter().filter_map(|piece| match piece {
                Piece::Text(text) => Some(*text),
                Piece::Expression(_) | Piece::Tag(_) | Piece::Other(_) => None,
            });
            texts.collect()
        })
        .collect()
}

/// The template that is compiled: comparisons rewritten, values in code marked as such.
pub(super) fn assembled(pieces: &[Piece<'_>], places: &[Place]) -> String {
    let mut places = places.iter();
    let mut template = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) | Piece::Other(text) => template.push_str(text),
            Piece::Tag(inside) => {
                let code = comparing::rewritten(*inside);
                let _ = write!(template, "{{%{}{code}{}%}}", inside.before, inside.after);
            }
            Piece::Expression(inside) => {
                let code = comparing::rewritten(*inside);
                let filter = match places.next() {
                    Some(Place::CodeSpan) => "| __span ",
                    Some(Place::CodeBlock) => "| __block ",
                    Some(Place::Prose) | None => "",
                };
                let Inside { before, after, .. } = inside;
                let _ = write!(template, "{{{{{before} ({code}) {filter}{after}}}}}");
            }
        }
    }
    template
}
