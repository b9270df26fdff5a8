//! The expression language: expressions and templates, compiled once and bounded when they run.

mod known;

use std::fmt;

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
};
use serde_json::Value as Json;

use super::{
    assembly, bounds, comparing,
    markdown::{self, Place},
    names,
    scope::{self, Scope},
    source::{Inside, Piece, pieces, quoted},
};

/// Work that one template may do: about so many instructions, or 64 times so many bytes.
const FUEL: u64 = 50_000;

/// How deep macros and loops may call one another; a macro's call counts as five. The engine's own
/// 500 needs more stack than a worker's thread has.
const DEPTH: usize = 80;

/// The longest text that a template may give, in bytes.
pub(super) const LONGEST_TEXT: usize = 64 * 1024;

/// The variable that a lone expression is caught in.
const CAUGHT: &str = "__value";

/// What the text of a template is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Plain text: values stand as they are.
    Plain,
    /// Markdown: values are escaped, so that an event's text stays text.
    Markdown,
}

/// Why an expression or a template does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct BadTemplate {
    /// What is wrong, with the template's own words.
    pub what: String,
    /// How to put it right.
    pub cure: String,
    /// The line in the template, from 1.
    pub line: usize,
}

/// Why a template gives nothing. Nothing of what it was rendered with is quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unrenderable(String);

impl Unrenderable {
    /// A value that is longer than any may be.
    pub(super) fn too_long() -> Self {
        Self(format!("gives more than {LONGEST_TEXT} bytes"))
    }
}

/// All compiled expressions and templates of a rule book.
pub struct Templates {
    environment: Environment<'static>,
    compiled: usize,
    scope: [&'static str; 3],
}

/// A template for a text, compiled.
#[derive(Debug, Clone)]
pub struct Text(Compiled);

/// A template for a JSON value, compiled: a lone expression keeps its type, all else is a text.
#[derive(Debug, Clone)]
pub struct Typed(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Constant(Json),
    Lone(String),
    Text(Compiled),
}

/// An expression that is true or false of an event, compiled.
#[derive(Debug, Clone)]
pub struct Condition(String);

#[derive(Debug, Clone)]
enum Compiled {
    Literal(String),
    /// The compiled template's name, and the texts in quotes that its code holds.
    Named(String, Vec<String>),
}

impl Default for Templates {
    fn default() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEPTH);
        environment.set_debug(false);
        environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
            Some((_, "md")) => AutoEscape::Custom("markdown".into()),
            _ => AutoEscape::None,
        });
        environment.set_formatter(write_value);
        environment.remove_global("debug");
        for (name, place) in [("__span", Place::CodeSpan), ("__block", Place::CodeBlock)] {
            environment.add_filter(name, move |state: &State<'_, '_>, value: &Value| {
                Value::from_safe_string(markdown::set(&scope::text(state, value), place))
            });
        }
        comparing::add_functions(&mut environment);
        Self { environment, compiled: 0, scope: names::OF_EVENTS }
    }
}

impl Templates {
    /// For bodies that are no events yet: see [`Scope::of_body`].
    pub fn of_bodies() -> Self {
        Self { scope: names::OF_BODIES, ..Self::default() }
    }

    /// Compiles a template for a text.
    pub fn text(&mut self, source: &str, form: Form) -> Result<Text, BadTemplate> {
        self.check(source)?;
        let Some(pieces) = pieces(source) else { return Err(unended()) };
        if let [] | [Piece::Text(_)] = pieces[..] {
            return Ok(Text(Compiled::Literal(source.to_owned())));
        }
        let places = match form {
            Form::Plain => Vec::new(),
            Form::Markdown => markdown::places(&assembly::texts_between_values(&pieces)),
        };
        let ending = if form == Form::Markdown { "md" } else { "txt" };
        self.add(assembly::assembled(&pieces, &places), ending)
            .map(|name| Text(Compiled::Named(name, quoted(&pieces))))
    }

    /// Compiles a template for a JSON value.
    pub fn typed(&mut self, source: &str) -> Result<Typed, BadTemplate> {
        let trimmed = source.trim();
        if let Some([Piece::Expression(inside)]) = pieces(trimmed).as_deref() {
            self.check(source)?;
            let caught = format!("{{% set {CAUGHT} = ({}) %}}", comparing::rewritten(*inside));
            let name = self.add(caught, "txt")?;
            return Ok(Typed(Kind::Lone(name)));
        }
        Ok(Typed(Kind::Text(self.text(source, Form::Plain)?.0)))
    }

    /// Compiles an expression.
    pub fn condition(&mut self, source: &str) -> Result<Condition, BadTemplate> {
        bounds::check(&[source])?;
        let compiled = self.environment.compile_expression(source);
        let unknown = compiled.map_err(|error| bad(&error))?.undeclared_variables(false);
        names::check(&self.environment, self.scope, &unknown, [source])?;
        let inside = Inside { before: "", code: source, after: "" };
        let template = format!("{{% if {} %}}true{{% endif %}}", comparing::rewritten(inside));
        self.add(template, "txt").map(Condition)
    }

    fn check(&self, source: &str) -> Result<(), BadTemplate> {
        let pieces = pieces(source);
        let code = match &pieces {
            Some(pieces) => pieces.iter().filter_map(Piece::code).collect(),
            None => vec![source],
        };
        bounds::check(&code)?;
        let template = self.environment.template_from_named_str("", source);
        let unknown = template.map_err(|error| bad(&error))?.undeclared_variables(false);
        if pieces.is_none() {
            return Err(unended());
        }
        names::check(&self.environment, self.scope, &unknown, code)
    }

    fn add(&mut self, template: String, ending: &str) -> Result<String, BadTemplate> {
        self.compiled += 1;
        let name = format!("{}.{ending}", self.compiled);
        self.environment
            .add_template_owned(name.clone(), template)
            .map(|()| name)
            .map_err(|error| bad(&error))
    }

    /// Whether `condition` is true in `scope`.
    pub fn holds(&self, condition: &Condition, scope: &Scope) -> Result<bool, Unrenderable> {
        let rendered = self.environment.get_template(&condition.0);
        let rendered = rendered.and_then(|template| template.render(scope.root()));
        rendered.map(|text| !text.is_empty()).map_err(|error| unrenderable(&error))
    }

    /// The text that `text` gives in `scope`.
    pub fn render(&self, text: &Text, scope: &Scope) -> Result<String, Unrenderable> {
        self.render_compiled(&text.0, scope)
    }

    /// The JSON value that `typed` gives in `scope`; `None` where that is missing or null.
    pub fn evaluate(&self, typed: &Typed, scope: &Scope) -> Result<Option<Json>, Unrenderable> {
        let name = match &typed.0 {
            Kind::Lone(name) => name,
            Kind::Constant(constant) => return Ok(Some(constant.clone())),
            Kind::Text(template) => {
                return Ok(Some(Json::from(self.render_compiled(template, scope)?)));
            }
        };
        let template = self.environment.get_template(name);
        let captured = template.and_then(|template| template.render_captured(scope.root()));
        let captured = captured.map_err(|error| unrenderable(&error))?;
        let value = captured.state().lookup(CAUGHT).and_then(|value| scope.json(&value));
        match value {
            Some(value) if value.to_string().len() > LONGEST_TEXT => Err(Unrenderable::too_long()),
            value => Ok(value),
        }
    }

    fn render_compiled(&self, compiled: &Compiled, scope: &Scope) -> Result<String, Unrenderable> {
        match compiled {
            Compiled::Literal(text) => Ok(text.clone()),
            Compiled::Named(name, _) => {
                let template = self.environment.get_template(name);
                let rendered = template.and_then(|template| template.render(scope.root()));
                rendered.map_err(|error| unrenderable(&error))
            }
        }
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Templates")
            .field("compiled", &self.compiled)
            .finish_non_exhaustive()
    }
}

fn write_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    let text = scope::text(state, value);
    let is_markdown = matches!(state.auto_escape(), AutoEscape::Custom(_));
    let is_text = !value.is_number() && !value.is_safe();
    let written = if is_markdown && is_text { markdown::escaped(&text) } else { text };
    out.write_str(&written).map_err(Error::from)
}

fn bad(error: &Error) -> BadTemplate {
    BadTemplate {
        what: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
        cure: "docs/rules.md shows expressions and templates".to_owned(),
        line: error.line().unwrap_or(1),
    }
}

fn unended() -> BadTemplate {
    BadTemplate {
        what: "`{{`, `{%` or `{#` has no end".to_owned(),
        cure: "end it with `}}`, `%}` or `#}`".to_owned(),
        line: 1,
    }
}

/// The error's kind and line alone, for its details quote values.
fn unrenderable(error: &Error) -> Unrenderable {
    let what = match error.kind() {
        ErrorKind::OutOfFuel => "takes more work than a template may",
        ErrorKind::InvalidOperation => "cannot do that with what the event says",
        kind => return Unrenderable(format!("fails with: {kind}")),
    };
    Unrenderable(match error.line() {
        Some(line) if line > 1 => format!("{what} (line {line})"),
        _ => what.to_owned(),
    })
}
