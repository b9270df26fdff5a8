//! A TOML file walked by hand, so that every fault has its place and all are found at once.
//!
//! A table remembers which keys it was asked for: the others are unknown, and those asked for are
//! what a misspelt one is compared with.

use std::{cell::RefCell, fmt::Display, ops::Range};

use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

use super::{
    fault::{Fault, Place, did_you_mean},
    variables::Variables,
};

/// The file and what was found wrong with it.
pub(super) struct Document<'d> {
    file: &'d str,
    text: &'d str,
    pub(super) variables: &'d mut Variables,
    pub(super) faults: Vec<Fault>,
    /// What is odd and no fault.
    pub(super) warnings: Vec<String>,
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Said<T> {
    /// The value.
    pub(super) value: T,
    /// Its place in the file.
    pub(super) at: Range<usize>,
}

/// A table of the file.
pub(super) struct Table<'d> {
    /// What the user calls it: `[desks.crm]`, `rule 2`.
    pub(super) title: String,
    pub(super) at: Range<usize>,
    members: &'d DeTable<'d>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'d> Document<'d> {
    pub(super) fn new(file: &'d str, text: &'d str, variables: &'d mut Variables) -> Self {
        Self { file, text, variables, faults: Vec::new(), warnings: Vec::new() }
    }

    /// Notes a fault at the byte `at`.
    pub(super) fn fault(&mut self, at: usize, what: impl Display, cure: impl Display) {
        let place = Place::at(self.file, self.text, at);
        self.faults.push(Fault { place, what: what.to_string(), cure: cure.to_string() });
    }

    /// Notes a fault in the line number `line` (from 1) of the text that stands at `at`.
    pub(super) fn fault_in_text(
        &mut self,
        at: &Range<usize>,
        line: usize,
        what: impl Display,
        cure: impl Display,
    ) {
        let source = &self.text[at.clone()];
        let is_long = source.starts_with("\"\"\"") || source.starts_with("'''");
        // The line break after the opening quotes is no part of the text.
        let body = if is_long { 3 } else { 0 };
        let skipped = usize::from(source[body..].starts_with(['\n', '\r']));
        let mut breaks = source.match_indices('\n').map(|(newline, _)| newline + 1);
        let start = match line - 1 + skipped {
            breaks_before if is_long && breaks_before > 0 => breaks.nth(breaks_before - 1),
            _ => None,
        };
        self.fault(at.start + start.unwrap_or_default(), what, cure);
    }

    /// Notes that `key` is missing in `table`.
    pub(super) fn missing(&mut self, table: &Table<'_>, key: &str, cure: impl Display) {
        self.fault(table.at.start, format!("{} has no `{key}`", table.title), cure);
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, key: &str, wanted: &str) {
        let found = value.get_ref().type_str();
        self.fault(value.span().start, format!("`{key}` is {found}"), format!("make it {wanted}"));
    }

    /// Notes every key of `table` that was never asked for.
    pub(super) fn finish(&mut self, table: &Table<'_>) {
        let asked = table.asked.borrow();
        for (key, _) in sorted(table.members) {
            let name = key.get_ref().as_ref();
            if !asked.contains(&name) {
                let what = format!("unknown key `{name}` in {}", table.title);
                self.fault(key.span().start, what, did_you_mean(name, &asked));
            }
        }
    }

    /// The text of `key`, with what it takes from the environment.
    pub(super) fn text(&mut self, table: &Table<'d>, key: &'static str) -> Option<Said<String>> {
        let value = table.get(key)?;
        self.text_of(value, key)
    }

    /// The text of `key`, which must be there and say something.
    pub(super) fn required_text(
        &mut self,
        table: &Table<'d>,
        key: &'static str,
        cure: &str,
    ) -> Option<Said<String>> {
        if table.get(key).is_none() {
            self.missing(table, key, cure);
            return None;
        }
        let text = self.text(table, key)?;
        if text.value.trim().is_empty() {
            self.fault(text.at.start, format!("`{key}` is empty"), cure);
            return None;
        }
        Some(text)
    }

    /// The text that `value` is.
    pub(super) fn text_of(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
    ) -> Option<Said<String>> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(value, key, "a text in quotes");
            return None;
        };
        let value_at = value.span();
        let value = self.expanded(text, &value_at)?;
        Some(Said { value, at: value_at })
    }

    /// The texts of `key`, which is a list of texts or one text.
    pub(super) fn texts(
        &mut self,
        table: &Table<'d>,
        key: &'static str,
    ) -> Option<Vec<Said<String>>> {
        let value = table.get(key)?;
        if value.get_ref().is_str() {
            return self.text_of(value, key).map(|text| vec![text]);
        }
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(value, key, "a list of texts");
            return None;
        };
        Some(items.iter().filter_map(|item| self.text_of(item, key)).collect())
    }

    /// The whole number of `key`, from 1.
    pub(super) fn count(&mut self, table: &Table<'d>, key: &'static str) -> Option<Said<u32>> {
        let value = table.get(key)?;
        let digits = value.get_ref().as_integer();
        let count =
            digits.and_then(|digits| u32::from_str_radix(digits.as_str(), digits.radix()).ok());
        match count {
            Some(count) if count > 0 => Some(Said { value: count, at: value.span() }),
            _ => {
                let what = format!("`{key}` is no whole number from 1");
                self.fault(value.span().start, what, "write it as 13");
                None
            }
        }
    }

    /// Whether `key` is `true`.
    pub(super) fn flag(&mut self, table: &Table<'d>, key: &'static str) -> Option<bool> {
        let value = table.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, key, "true or false");
        }
        flag
    }

    /// What the word of `key` stands for.
    pub(super) fn choice<T: Copy>(
        &mut self,
        table: &Table<'d>,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(table, key)?;
        let chosen =
            choices.iter().find(|(word, _)| *word == text.value).map(|(_, meaning)| *meaning);
        if chosen.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            let what = match self.quotable(&text) {
                Some(word) => format!("`{key}` cannot be `{word}`"),
                None => format!("`{key}` cannot be that"),
            };
            self.fault(text.at.start, what, did_you_mean(&text.value, &words));
        }
        chosen
    }

    /// The text as it stands in the file; `None` where it comes from the environment.
    pub(super) fn quotable<'t>(&self, text: &'t Said<String>) -> Option<&'t str> {
        (!self.text[text.at.clone()].contains("${")).then_some(text.value.as_str())
    }

    /// The text for a fault: its value, or what stands in the file where the environment has a part
    /// in it.
    pub(super) fn as_written(&self, text: &Said<String>) -> String {
        let in_file = self.text[text.at.clone()].trim_matches(['"', '\'']);
        self.quotable(text).unwrap_or(in_file).to_owned()
    }

    /// The table of `key`.
    pub(super) fn table(
        &mut self,
        table: &Table<'d>,
        key: &'static str,
        title: impl Into<String>,
    ) -> Option<Table<'d>> {
        let value = table.get(key)?;
        self.table_of(value, key, title)
    }

    /// The table that `value` is.
    pub(super) fn table_of(
        &mut self,
        value: &'d Spanned<DeValue<'d>>,
        key: &str,
        title: impl Into<String>,
    ) -> Option<Table<'d>> {
        let Some(members) = value.get_ref().as_table() else {
            self.wrong_type(value, key, "a table");
            return None;
        };
        Some(Table::new(members, value.span(), title))
    }

    /// The list of `key`.
    pub(super) fn list(&mut self, table: &Table<'d>, key: &'static str) -> Option<&'d DeArray<'d>> {
        let value = table.get(key)?;
        let list = value.get_ref().as_array();
        if list.is_none() {
            self.wrong_type(value, key, "a list of tables");
        }
        list
    }
}

impl<'d> Table<'d> {
    pub(super) fn new(
        members: &'d DeTable<'d>,
        at: Range<usize>,
        title: impl Into<String>,
    ) -> Self {
        Self { title: title.into(), at, members, asked: RefCell::default() }
    }

    /// The value of `key`, which from now on is known.
    pub(super) fn get(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.members.get(key)
    }

    /// All members, in the file's order, whatever they are called.
    pub(super) fn members(
        &self,
    ) -> Vec<(&'d Spanned<toml::de::DeString<'d>>, &'d Spanned<DeValue<'d>>)> {
        sorted(self.members)
    }
}

fn sorted<'d>(
    table: &'d DeTable<'d>,
) -> Vec<(&'d Spanned<toml::de::DeString<'d>>, &'d Spanned<DeValue<'d>>)> {
    let mut members: Vec<_> = table.iter().collect();
    members.sort_by_key(|(key, _)| key.span().start);
    members
}
