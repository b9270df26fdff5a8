//! The schema of the behaviour file, held to its reader: the same keys, the same types, the same words.

mod shapes;

use std::{fs, path::Path, sync::LazyLock};

use deskbell::{
    config::{Config, Place},
    contracts,
    event::SchemaBook,
};
use jsonschema::Validator;
use serde_json::Value;

use self::shapes::{SHAPES, Shape};
use super::write;

/// A key and a word that nothing has, and that resembles nothing.
const UNKNOWN: &str = "zzzzzzzz";

static TYPES: LazyLock<SchemaBook> = LazyLock::new(SchemaBook::builtin);
static SCHEMA: LazyLock<Value> = LazyLock::new(contracts::behaviour);
static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::validator_for(&SCHEMA).unwrap());

/// A file as an editor hands it to the schema.
fn as_json(text: &str) -> Option<Value> {
    fn json(value: toml::Value) -> Value {
        match value {
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(flag) => flag.into(),
            toml::Value::Datetime(time) => time.to_string().into(),
            toml::Value::Array(items) => items.into_iter().map(json).collect(),
            toml::Value::Table(members) => {
                members.into_iter().map(|(key, value)| (key, json(value))).collect()
            }
        }
    }
    toml::from_str::<toml::Table>(text).ok().map(|table| json(toml::Value::Table(table)))
}

/// What the schema finds wrong, with the places.
fn errors(text: &str) -> Vec<(String, String)> {
    let value = as_json(text).unwrap();
    let errors = VALIDATOR.iter_errors(&value);
    errors.map(|error| (error.instance_path().to_string(), error.to_string())).collect()
}

/// The line of each fault that a start finds, what it is, and its cure.
fn faults(text: &str) -> Vec<(usize, String, String)> {
    let (_folder, path) = write(text);
    let variables = [("DESKBELL_CONFIG".into(), path.into())].into_iter();
    let Err(error) = Config::load(variables, &TYPES) else { return Vec::new() };
    let placed = error.faults.into_iter().map(|fault| match fault.place {
        Place::File { line, .. } => (line, fault.what, fault.cure),
        place @ Place::Variable(_) => panic!("{place}: {}", fault.what),
    });
    placed.collect()
}

/// The keys that the program says it knows in a table of the shape.
fn keys_of_the_program(shape: &Shape) -> Vec<String> {
    let told = faults(&shape.with(&format!("{UNKNOWN} = 1")));
    let what = format!("unknown key `{UNKNOWN}`");
    let (_, _, cure) = told.iter().find(|(_, told, _)| told.starts_with(&what)).unwrap();
    let mut keys: Vec<String> =
        cure.strip_prefix("known here: ").unwrap().split(", ").map(str::to_owned).collect();
    keys.sort();
    keys
}

/// The keys that the schema allows in a table of the shape.
fn keys_of_the_schema(shape: &Shape) -> Vec<String> {
    let table = SCHEMA.pointer(shape.schema).unwrap();
    let properties = table["properties"].as_object().unwrap();
    let allowed = |key: &&String| {
        let error = format!("\"{key}\" is not one of");
        !errors(&shape.with(&format!("{key} = 1"))).iter().any(|(_, told)| told.starts_with(&error))
    };
    let mut keys: Vec<String> = properties.keys().filter(allowed).cloned().collect();
    keys.sort();
    keys
}

#[test]
fn the_schema_is_one_of_the_draft_that_it_names() {
    assert_eq!(SCHEMA["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::meta::validate(&SCHEMA).unwrap();
}

#[test]
fn the_kept_schema_is_what_the_program_prints() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("deskbell.schema.json");
    let printed = serde_json::to_string_pretty(&*SCHEMA).unwrap() + "\n";
    assert!(
        fs::read_to_string(kept).unwrap() == printed,
        "`cargo run -- contract behaviour > deskbell.schema.json` brings it up to date"
    );
    let example = fs::read_to_string(super::EXAMPLE).unwrap();
    assert!(example.starts_with("#:schema ./deskbell.schema.json\n"));
}

#[test]
fn the_schema_has_every_key_that_the_reader_asks_for_and_no_other() {
    for shape in SHAPES {
        assert_eq!(keys_of_the_schema(shape), keys_of_the_program(shape), "{}", shape.around);
    }
}

#[test]
fn every_table_of_the_schema_is_held_to_the_reader() {
    fn tables(schema: &Value, pointer: &str, found: &mut Vec<String>) {
        if schema["additionalProperties"] == false {
            found.push(pointer.to_owned());
        }
        for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
            tables(schema, &format!("{pointer}/properties/{key}"), found);
        }
        for member in ["items", "additionalProperties"] {
            if schema[member].is_object() {
                tables(&schema[member], &format!("{pointer}/{member}"), found);
            }
        }
    }
    let mut found = Vec::new();
    tables(&SCHEMA, "", &mut found);
    for table in found {
        assert!(SHAPES.iter().any(|shape| shape.schema == table), "{table}");
        let keys = SCHEMA.pointer(&format!("{table}/properties")).unwrap();
        for (key, schema) in keys.as_object().unwrap() {
            let words = schema["description"].as_str().unwrap_or_default();
            assert!(words.ends_with('.') || words.ends_with('…'), "{table}: {key}: {words}");
        }
    }
}

/// What a value is not: a start and the schema have to agree on each.
const VALUES: [&str; 8] =
    ["true", "0", "1", "1.5", "[1]", "{ zzzzzzzz = [1] }", "\"\"", "\"zzzzzzzz\""];

/// What these may say is decided elsewhere: by other keys, by the types and desks that there are, by the
/// compiler of expressions.
const ELSEWHERE: [&str; 10] = [
    "category",
    "desk",
    "desks",
    "on",
    "secrets",
    "timestamp_separator",
    "tolerance",
    "type",
    "types",
    "when",
];

#[test]
fn the_schema_refuses_a_value_where_the_reader_does() {
    let mut wrong = Vec::new();
    for shape in SHAPES {
        for key in keys_of_the_schema(shape) {
            for value in VALUES {
                let text = shape.with(&format!("{key} = {value}"));
                let line = 1 + text
                    .lines()
                    .position(|line| line.starts_with(&format!("{key} = ")))
                    .unwrap();
                let faults: Vec<_> =
                    faults(&text).into_iter().filter(|(at, ..)| *at == line).collect();
                let path = format!("{}/{key}", shape.instance);
                let errors: Vec<_> =
                    errors(&text).into_iter().filter(|(at, _)| at.starts_with(&path)).collect();
                let is_elsewhere = ELSEWHERE.contains(&key.as_str()) && value.starts_with('"');
                if faults.is_empty() != errors.is_empty() && !is_elsewhere {
                    wrong.push(format!("{path} = {value}: {faults:?} {errors:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_schema_knows_the_words_that_the_reader_knows() {
    let mut compared = 0;
    for shape in SHAPES {
        for key in keys_of_the_program(shape) {
            let told = faults(&shape.with(&format!("{key} = \"{UNKNOWN}\"")));
            let what = format!("`{key}` cannot be `{UNKNOWN}`");
            let Some((.., cure)) = told.iter().find(|(_, told, _)| *told == what) else { continue };
            let words = cure.strip_prefix("known here: ").unwrap().split(", ");
            for word in words {
                let text = shape.with(&format!("{key} = \"{word}\""));
                let path = format!("{}/{key}", shape.instance);
                assert!(errors(&text).iter().all(|(at, _)| *at != path), "{path}: {word}");
                compared += 1;
            }
        }
    }
    assert!(compared > 30, "{compared}");
}

/// The files of the fuzz target's corpus that are TOML, by their names.
fn corpus() -> impl Iterator<Item = (String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/behaviour");
    fs::read_dir(folder).unwrap().filter_map(|entry| {
        let path = entry.unwrap().path();
        let text = String::from_utf8(fs::read(&path).unwrap()).ok()?;
        as_json(&text)?;
        Some((path.file_name().unwrap().to_str().unwrap().to_owned(), text))
    })
}

/// The TOML that a page shows; keys without a table are a source's.
fn shown_in(page: &str) -> Vec<String> {
    let blocks = page.split("```toml\n").skip(1);
    // Files that rules are tested with are another form.
    let blocks = blocks.filter(|block| !block.starts_with("[[test]]"));
    let whole = |block: &str| {
        let text = block.split("```").next().unwrap();
        let is_whole = text.starts_with(['[', '#']);
        if is_whole { text.to_owned() } else { format!("[sources.shown]\n{text}") }
    };
    blocks.map(whole).collect()
}

#[test]
fn the_schema_takes_the_example_and_whatever_the_reader_takes() {
    let mut files = vec![("deskbell.toml".to_owned(), fs::read_to_string(super::EXAMPLE).unwrap())];
    files.extend(corpus().filter(|(name, _)| name.starts_with("taken-")));
    assert!(files.len() > 10);
    for (name, text) in files {
        assert_eq!(errors(&text), [], "{name}");
    }
}

/// A page may leave out what it is not about.
#[test]
fn the_schema_takes_what_the_pages_show() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md")];
    pages.extend(fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    let mut shown = 0;
    for page in pages.iter().filter(|page| page.is_file()) {
        for text in shown_in(&fs::read_to_string(page).unwrap()) {
            let mut errors = errors(&text);
            errors.retain(|(_, error)| !error.ends_with("is a required property"));
            assert_eq!(errors, [], "{}: {text}", page.display());
            shown += 1;
        }
    }
    assert!(shown > 10, "{shown}");
}

/// What is wrong with these files shows in no table's shape.
const BEYOND_SHAPES: [&str; 7] = [
    "association-of-a-desk-without",
    "broken-templates",
    "kf5-elsewhere",
    "secret-",
    "template-with-endless-",
    "unknown-type",
    "variable-",
];

#[test]
fn the_schema_refuses_every_file_of_a_wrong_shape() {
    let taken: Vec<String> = corpus()
        .filter(|(name, text)| name.starts_with("refused-") && errors(text).is_empty())
        .map(|(name, _)| name.strip_prefix("refused-").unwrap().to_owned())
        .filter(|name| !BEYOND_SHAPES.iter().any(|beyond| name.starts_with(beyond)))
        .collect();
    assert_eq!(taken, [""; 0]);
}
