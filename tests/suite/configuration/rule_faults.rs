//! Every fault of a rule, with its exact place and cure.

use super::faults::faults;

/// A file that has no fault, before which others are put.
const DESKS: &str = r#"
[desks.crm]
kind = "hubspot"
token = "t"
pipeline = "0"
stage = "1"
[desks.support]
kind = "supportdesk"
api_key = "k"
"#;

/// The faults of a rule with `lines`, after the desks: its `[[rules]]` stands in line 1.
fn rule_faults(lines: &str) -> Vec<String> {
    faults(&format!("[[rules]]\nname = \"r\"\n{lines}\n{DESKS}"))
}

const WHOLE: &str =
    "on = \"order.stuck\"\ndesks = [\"crm\"]\nsubject = \"s\"\ndescription = \"d\"\n";

#[test]
fn a_whole_rule_has_no_fault() {
    assert_eq!(rule_faults(WHOLE), Vec::<String>::new());
}

#[test]
fn every_fault_of_a_rule_has_its_place_and_cure() {
    for (lines, expected) in [
        (
            format!("{WHOLE}subjet = \"s\""),
            "7:1: unknown key `subjet` in rule `r`: did you mean `subject`?",
        ),
        (
            WHOLE.replace("order.stuck", "order.stack"),
            "3:6: no schema knows the event type `order.stack`: add order.stack.json to the folder that DESKBELL_SCHEMAS names",
        ),
        (WHOLE.replace("\"crm\"", "\"crn\""), "4:10: no desk is called `crn`: did you mean `crm`?"),
        (
            WHOLE.replace("\"crm\"", "\"crm\", \"crm\""),
            "4:17: `crm` is named twice: an event gives a desk one ticket",
        ),
        (
            WHOLE.replace("[\"crm\"]", "[]"),
            "4:9: `desks` is empty: name the desks that get a ticket",
        ),
        (
            WHOLE.replace("subject = \"s\"\n", ""),
            "1:1: rule `r` has no `subject`: say in one line what happened",
        ),
        (
            format!("{WHOLE}priority = \"URGNT\""),
            "7:12: `priority` is not a priority: LOW, MEDIUM, HIGH, URGENT or CRITICAL: did you mean `URGENT`?",
        ),
        (
            format!("{WHOLE}action = \"resolve\""),
            "1:1: rule `r` has no `incident`: say which incident's ticket it is about",
        ),
        (
            format!("{WHOLE}when = \"data.amount >=\""),
            "7:8: `when` does not compile: unexpected end of input, expected expression: docs/rules.md shows expressions and templates",
        ),
        (
            format!("{WHOLE}when = \"dat.amount >= 1\""),
            "7:8: `when` does not compile: nothing is called `dat`: use `data`, `event` or `source`, or quote a text: 'like this'",
        ),
        (
            WHOLE.replace("\"d\"", "\"\"\"\nfine\n  {{ data. }}\n\"\"\""),
            "8:1: `description` does not compile: unexpected end of variable block, expected identifier or integer: docs/rules.md shows expressions and templates",
        ),
        (
            format!("{WHOLE}metadata = {{ a = \"{{{{ data.a | uper }}}}\" }}"),
            "7:18: `a` does not compile: there is no filter `uper`: docs/rules.md lists the filters and tests",
        ),
        (
            format!("{WHOLE}customer = {{ mail = \"x\" }}"),
            "7:14: unknown key `mail` in `customer` of rule `r`: did you mean `email`?",
        ),
        (format!("{WHOLE}tags = 3"), "7:8: `tags` is integer: make it a list of texts"),
    ] {
        assert_eq!(rule_faults(&lines), [expected], "{lines}");
    }
}

#[test]
fn every_fault_of_an_association_has_its_place_and_cure() {
    let cure = "set one of `id` and `match`, as match = { email = \"{{ data.customer.email }}\" }";
    for (lines, expected) in [
        (
            "desk = \"crm\"\nobject = \"contact\"",
            format!("7:1: an association of rule `r` does not say which record: {cure}"),
        ),
        (
            "desk = \"crm\"\nobject = \"contact\"\nid = \"1\"\nmatch = { email = \"e\" }",
            format!("7:1: an association of rule `r` has both `id` and `match`: {cure}"),
        ),
        (
            "desk = \"crm\"\nobject = \"contact\"\nmatch = { email = \"e\", phone = \"p\" }",
            format!("10:9: `match` does not name one property: {cure}"),
        ),
        (
            "desk = \"support\"\nobject = \"contact\"\nid = \"1\"",
            "8:8: the rule does not send to `support`: add it to the rule's `desks`".to_owned(),
        ),
        (
            "desk = \"crm\"\nobject = \"contact\"\nid = \"1\"\nmissing = \"skp\"",
            "11:11: `missing` cannot be `skp`: did you mean `skip`?".to_owned(),
        ),
        (
            "desk = \"crm\"\nobject = \"contact\"\nid = \"1\"\ncategory = \"C\"",
            "11:12: `category` has no `type`: set `type` to the number of the type, or remove it"
                .to_owned(),
        ),
        (
            "desk = \"crm\"\nobject = \"contact\"\nid = \"1\"\ntype = 16\nlabel = \"l\"",
            "12:9: `label` stands beside `type` or `category`: keep one of the two ways".to_owned(),
        ),
        (
            "desk = \"crm\"\nid = \"1\"",
            "7:1: an association of rule `r` has no `object`: name the record's kind, as contact, company or deal"
                .to_owned(),
        ),
    ] {
        let rule = format!("{WHOLE}[[rules.associations]]\n{lines}");
        assert_eq!(rule_faults(&rule), [expected], "{lines}");
    }
    let both = WHOLE.replace("\"crm\"", "\"support\"");
    let rule =
        format!("{both}[[rules.associations]]\ndesk = \"support\"\nobject = \"c\"\nid = \"1\"");
    assert_eq!(
        rule_faults(&rule),
        [
            "8:8: `support` is a supportdesk, which has no associations: remove it; `customer` says whom a ticket is about"
        ]
    );
}

#[test]
fn two_rules_cannot_have_one_name() {
    let text = format!("[[rules]]\nname = \"r\"\n{WHOLE}[[rules]]\nname = \"r\"\n{WHOLE}{DESKS}");
    assert_eq!(
        faults(&text),
        ["8:8: another rule is called `r`: give it a name of its own: deliveries remember it"]
    );
    let nameless = format!("[[rules]]\n{WHOLE}{DESKS}");
    assert_eq!(
        faults(&nameless),
        ["1:1: rule 1 has no `name`: give it a name of its own: deliveries remember it"]
    );
}
