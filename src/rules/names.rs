//! Names in expressions that nobody knows: the engine would find them only when it runs.

use std::collections::HashSet;

use minijinja::{Environment, ErrorKind};

use super::{source::tokens, templates::BadTemplate};

/// What is in scope of an expression about an event.
pub(super) const OF_EVENTS: [&str; 3] = ["data", "event", "source"];

/// What is in scope of an expression about a body that is no event yet.
pub(super) const OF_BODIES: [&str; 3] = ["body", "headers", "source"];

/// Refuses variables, functions, filters and tests that do not exist. `undeclared` is what the
/// engine found neither set nor bound; `code` is all code of the template.
pub(super) fn check<'c>(
    environment: &Environment<'_>,
    scope: [&str; 3],
    undeclared: &HashSet<String>,
    code: impl IntoIterator<Item = &'c str>,
) -> Result<(), BadTemplate> {
    let known: HashSet<&str> = environment.globals().map(|(name, _)| name).chain(scope).collect();
    let mut unknown: Vec<&String> =
        undeclared.iter().filter(|name| !known.contains(name.as_str())).collect();
    unknown.sort();
    if let Some(name) = unknown.first() {
        let [first, second, third] = scope;
        return Err(BadTemplate {
            what: format!("nothing is called `{name}`"),
            cure: format!("use `{first}`, `{second}` or `{third}`, or quote a text: 'like this'"),
            line: 1,
        });
    }
    for code in code {
        check_filters_and_tests(environment, code)?;
    }
    Ok(())
}

fn check_filters_and_tests(environment: &Environment<'_>, code: &str) -> Result<(), BadTemplate> {
    let tokens: Vec<&str> = tokens(code).map(|token| &code[token]).collect();
    let mut state = environment.empty_state();
    for (at, token) in tokens.iter().enumerate() {
        let name = |after: usize| tokens.get(at + after).copied().unwrap_or_default();
        let is_attribute = at > 0 && tokens[at - 1] == ".";
        let unknown = match *token {
            "|" => {
                let error = state.apply_filter(name(1), &[]).err();
                let is_unknown = error.is_some_and(|e| e.kind() == ErrorKind::UnknownFilter);
                is_unknown.then(|| format!("there is no filter `{}`", name(1)))
            }
            "is" if !is_attribute => {
                let test = if name(1) == "not" { name(2) } else { name(1) };
                let error = state.perform_test(test, &[]).err();
                let is_unknown = error.is_some_and(|e| e.kind() == ErrorKind::UnknownTest);
                is_unknown.then(|| format!("there is no test `{test}`"))
            }
            _ => None,
        };
        if let Some(what) = unknown {
            let cure = "docs/rules.md lists the filters and tests".to_owned();
            return Err(BadTemplate { what, cure, line: 1 });
        }
    }
    Ok(())
}
