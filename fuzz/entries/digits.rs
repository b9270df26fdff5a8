//! The numbers of a JSON text, found without a JSON reader.

/// The numbers outside strings, in their order; an exponent is written as `e+5` or `e-5`.
///
/// The text must be valid JSON.
pub(crate) fn numbers(json: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut number = String::new();
    let mut in_string = false;
    let mut is_escaped = false;
    for character in json.chars().chain(std::iter::once(' ')) {
        if in_string {
            in_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        let goes_on = character.is_ascii_digit()
            || character == '-'
            || (!number.is_empty() && matches!(character, '.' | 'e' | 'E' | '+'));
        if goes_on {
            number.push(character);
        } else if !number.is_empty() {
            numbers.push(as_written_by_deskbell(&std::mem::take(&mut number)));
        }
        in_string = character == '"';
    }
    numbers
}

fn as_written_by_deskbell(number: &str) -> String {
    let Some((digits, exponent)) = number.split_once(['e', 'E']) else { return number.to_owned() };
    let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
    format!("{digits}e{sign}{exponent}")
}
