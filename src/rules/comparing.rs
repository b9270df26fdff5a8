//! Comparisons that know missing values: `<`, `<=`, `>` and `>=` become calls of functions.
//!
//! The template engine orders values of all kinds, the missing ones below everything, so that
//! `data.amount < 10` would be true of an event without an amount, and `"5" > 10` true as well.
//! Here the first is false and the second an error. Source code is rewritten because the engine
//! offers no other way in.

use std::{cmp::Ordering, fmt::Write};

use minijinja::{Environment, Error, ErrorKind, Value, value::ValueKind};

use super::{
    numbers::Huge,
    source::{Inside, tokens},
};

/// The operators that are rewritten, and the functions that stand for them.
const ORDERS: [(&str, &str); 4] =
    [("<=", "__at_most"), (">=", "__at_least"), ("<", "__below"), (">", "__above")];

/// Words and signs at which an operand of a comparison ends.
const BOUNDARIES: [&str; 9] = ["and", "or", "not", "if", "else", "elif", ",", ":", "="];

/// Adds the functions that rewritten code calls.
pub(super) fn add_functions(environment: &mut Environment<'_>) {
    environment.add_function("__below", |a: &Value, b: &Value| holds(a, b, Ordering::is_lt));
    environment.add_function("__at_most", |a: &Value, b: &Value| holds(a, b, Ordering::is_le));
    environment.add_function("__above", |a: &Value, b: &Value| holds(a, b, Ordering::is_gt));
    environment.add_function("__at_least", |a: &Value, b: &Value| holds(a, b, Ordering::is_ge));
}

fn holds(a: &Value, b: &Value, wanted: fn(Ordering) -> bool) -> Result<bool, Error> {
    if is_missing(a) || is_missing(b) {
        return Ok(false);
    }
    let ordering = match (a.downcast_object_ref::<Huge>(), b.downcast_object_ref::<Huge>()) {
        (None, None) if class(a) == class(b) => Some(a.cmp(b)),
        (None, None) => None,
        (a_huge, b_huge) => {
            let left = a_huge
                .map_or_else(|| f64::try_from(a.clone()).ok(), |huge| Some(huge.approximate()));
            let right = b_huge
                .map_or_else(|| f64::try_from(b.clone()).ok(), |huge| Some(huge.approximate()));
            left.zip(right).and_then(|(left, right)| left.partial_cmp(&right))
        }
    };
    let words = "values of two kinds have no order";
    ordering.map(wanted).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, words))
}

fn is_missing(value: &Value) -> bool {
    value.is_undefined() || value.is_none()
}

fn class(value: &Value) -> ValueKind {
    match value.kind() {
        ValueKind::Bool => ValueKind::Number,
        kind => kind,
    }
}

/// The code of an expression or a tag with its comparisons rewritten.
pub(super) fn rewritten(inside: Inside<'_>) -> String {
    let code = inside.code;
    let mut tokens = Vec::new();
    let mut end = 0;
    for token in self::tokens(code) {
        tokens.push((&code[end..token.start], &code[token.clone()]));
        end = token.end;
    }
    let mut rewriting = Rewriting { tokens: &tokens, at: 0 };
    let mut written = rewriting.sequence();
    written.push_str(&code[end..]);
    written
}

/// Walks tokens, each with the white space before it.
struct Rewriting<'t, 's> {
    tokens: &'t [(&'s str, &'s str)],
    at: usize,
}

impl Rewriting<'_, '_> {
    /// Rewrites up to the bracket that closes this sequence, or to the end.
    fn sequence(&mut self) -> String {
        let mut written = String::new();
        let mut chain = Chain::default();
        while let Some(&(space, token)) = self.tokens.get(self.at) {
            if matches!(token, ")" | "]" | "}") {
                break;
            }
            let part_of_operand = self.follows(".") || self.follows("is") || self.follows_is_not();
            let not_in =
                token == "not" && self.tokens.get(self.at + 1).is_some_and(|next| next.1 == "in");
            self.at += 1;
            chain.operand.push_str(space);
            if part_of_operand {
                chain.operand.push_str(token);
            } else if matches!(token, "(" | "[" | "{") {
                chain.operand.push_str(token);
                let inner = self.sequence();
                chain.operand.push_str(&inner);
                if let Some(&(space, close)) = self.tokens.get(self.at) {
                    chain.operand.push_str(space);
                    chain.operand.push_str(close);
                    self.at += 1;
                }
            } else if not_in {
                self.at += 1;
                chain.compare("not in");
            } else if is_comparison(token) {
                chain.compare(token);
            } else if BOUNDARIES.contains(&token) {
                chain.flush(&mut written);
                written.push_str(token);
            } else {
                chain.operand.push_str(token);
            }
        }
        chain.flush(&mut written);
        written
    }

    fn follows(&self, wanted: &str) -> bool {
        self.at.checked_sub(1).is_some_and(|before| self.tokens[before].1 == wanted)
    }

    fn follows_is_not(&self) -> bool {
        self.follows("not") && self.at.checked_sub(2).is_some_and(|at| self.tokens[at].1 == "is")
    }
}

fn is_comparison(token: &str) -> bool {
    matches!(token, "==" | "!=" | "in") || order(token).is_some()
}

fn order(token: &str) -> Option<&'static str> {
    ORDERS.iter().find(|(sign, _)| *sign == token).map(|(_, function)| *function)
}

/// Operands with the comparisons between them, as `1 < a < 5`.
#[derive(Default)]
struct Chain {
    before: Vec<(String, String)>,
    operand: String,
}

impl Chain {
    fn compare(&mut self, sign: &str) {
        self.before.push((std::mem::take(&mut self.operand), sign.to_owned()));
    }

    fn flush(&mut self, written: &mut String) {
        let pairs = std::mem::take(&mut self.before);
        let last = std::mem::take(&mut self.operand);
        if !pairs.iter().any(|(_, sign)| order(sign).is_some()) {
            for (operand, sign) in pairs {
                let _ = write!(written, "{operand}{sign}");
            }
            written.push_str(&last);
            return;
        }
        let rights = pairs.iter().skip(1).map(|(operand, _)| operand).chain([&last]);
        let calls: Vec<String> = pairs
            .iter()
            .zip(rights)
            .map(|((left, sign), right)| match order(sign) {
                Some(function) => format!("{function}({left},{right})"),
                None => format!("({left} {sign} {right})"),
            })
            .collect();
        let _ = write!(written, " ({}) ", calls.join(" and "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: &str) -> String {
        rewritten(Inside { before: "", code, after: "" }).split_whitespace().collect::<String>()
    }

    #[test]
    fn only_orders_are_rewritten_and_only_their_operands() {
        for (code, expected) in [
            ("a == b and c != d", "a==bandc!=d"),
            ("a.b + 1 <= c|int", "(__at_most(a.b+1,c|int))"),
            ("not a < b or c", "not(__below(a,b))orc"),
            ("1 < a < 5", "(__below(1,a)and__below(a,5))"),
            ("f(a > b, c=d >= e)[0]", "f((__above(a,b)),c=(__at_least(d,e)))[0]"),
            ("'a < b' ~ x", "'a<b'~x"),
            ("'A' if a < 1 else 'B'", "'A'if(__below(a,1))else'B'"),
            ("x is not defined and a.in > 1", "xisnotdefinedand(__above(a.in,1))"),
            ("a not in b and {'k': c < d}", "anotinband{'k':(__below(c,d))}"),
            ("for x in xs if x < 3", "forxinxsif(__below(x,3))"),
            ("set x = a < b", "setx=(__below(a,b))"),
        ] {
            assert_eq!(of(code), expected, "{code}");
        }
    }
}
