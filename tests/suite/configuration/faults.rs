//! Every fault of a configuration, with its exact place and cure.

use super::{example, load, write};

/// The faults of a file, as `line:column: what: cure`.
pub(super) fn faults(text: &str) -> Vec<String> {
    let (_folder, path) = write(text);
    let Err(error) = load(&[("DESKBELL_CONFIG", &path), ("EMPTY", ""), ("SECRET", "hunter2")])
    else {
        return Vec::new();
    };
    let prefix = format!("{path}:");
    error.faults.iter().map(|fault| fault.to_string().replace(&prefix, "")).collect()
}

#[test]
fn every_fault_of_a_thulium_has_its_place_and_cure() {
    let whole = "kind = \"thulium\"\nuser = \"u\"\npassword = \"p\"\nmailbox = \"m@n.o\"";
    let address = "base_url = \"https://a.thulium.com/api\"";
    for (lines, expected) in [
        (
            whole.to_owned(),
            "1:1: [desks.a] has no `base_url`: set it to \"https://<system>.thulium.com/api\"",
        ),
        (
            format!("{}\n{address}", whole.replace("\"u\"", "\"u:p\"")),
            "3:8: `user` holds a colon: give the password in `password`",
        ),
        (
            format!("{whole}\n{address}\nresolved_status = \"4\""),
            "1:1: [desks.a] has no `status`: set it to the id of new tickets' status, which a reopened ticket goes back to",
        ),
        (
            format!("{whole}\n{address}\npriority_tags = {{ hihg = \"x\" }}"),
            "7:19: unknown key `hihg` in `priority_tags` of [desks.a]: did you mean `high`?",
        ),
    ] {
        assert_eq!(faults(&format!("[desks.a]\n{lines}\n")), [expected], "{lines}");
    }
}

#[test]
fn every_fault_of_a_kf5_desk_has_its_place_and_cure() {
    let whole = "kind = \"kf5\"\nbase_url = \"https://acme.kf5.com/apiv2\"\nemail = \"a@b.c\"\n\
        token = \"t\"\n";
    assert_eq!(faults(&format!("[desks.a]\n{whole}key_field = \"\"\n")), [""; 0]);
    assert_eq!(
        faults("[desks.a]\nkind = \"kf5\"\n"),
        [
            "1:1: [desks.a] has no `base_url`: set it to \"https://<subdomain>.kf5.com/apiv2\"",
            "1:1: [desks.a] has no `email`: set it to the e-mail address of the agent in whose name Deskbell asks",
            "1:1: [desks.a] has no `key_field`: set it to the custom field for the delivery's key, as field_123, or to \"\"",
            "1:1: [desks.a] has no `token`: set it to \"${KF5_TOKEN}\"",
        ]
    );
    let field = "write it as field_123; `GET /ticket_fields.json` lists them";
    for (lines, expected) in [
        ("key_field = \"key\"", format!("6:13: `key_field` is no custom field: {field}")),
        (
            "key_field = \"field_1\"\nfields = { orderId = \"order\" }",
            format!("7:22: `orderId` names no custom field: {field}"),
        ),
        (
            "key_field = \"field_1\"\ntype = \"bug\"",
            "7:8: `type` cannot be `bug`: known here: problem, incident, question, task".to_owned(),
        ),
        (
            "key_field = \"field_1\"\ngroup = \"sales team\"",
            "7:9: `group` is no id: write it as \"165\"".to_owned(),
        ),
    ] {
        assert_eq!(faults(&format!("[desks.a]\n{whole}{lines}\n")), [expected], "{lines}");
    }
    for (was, is, expected) in [
        (
            "/apiv2",
            "",
            "3:12: `base_url` does not end with /apiv2: set it to \"https://<subdomain>.kf5.com/apiv2\"",
        ),
        ("a@b.c", "a:b", "4:9: `email` holds a colon: write it as agent@example.org"),
    ] {
        let odd = whole.replace(was, is);
        assert_eq!(faults(&format!("[desks.a]\n{odd}key_field = \"field_1\"\n")), [expected]);
    }
}

#[test]
fn every_fault_of_a_desk_has_its_place_and_cure() {
    let whole = "kind = \"supportdesk\"\napi_key = \"k\"\n";
    for (lines, expected) in [
        (
            "",
            "1:1: [desks.a] has no `kind`: set it to \"hubspot\", \"supportdesk\", \"thulium\" or \"kf5\"",
        ),
        ("kind = \"hubspt\"", "2:8: `kind` cannot be `hubspt`: did you mean `hubspot`?"),
        (
            "kind = \"supportdesk\"",
            "1:1: [desks.a] has no `api_key`: set it to \"${SUPPORTDESK_API_KEY}\"",
        ),
        (
            "kind = \"hubspot\"\ntoken = \"${EMPTY}\"\npipeline = \"0\"\nstage = \"1\"",
            "3:9: `token` is empty: set it to \"${HUBSPOT_TOKEN}\"",
        ),
        (
            &format!("{whole}base_url = \"http://example.org\""),
            "4:12: `base_url` is not https: use https; http is for this machine alone",
        ),
        (
            &format!("{whole}base_url = \"https://u:hunter2@example.org\""),
            "4:12: `base_url` holds a user or a password: leave them out; keys have their own keys",
        ),
        (
            &format!("{whole}base_url = \"example\""),
            "4:12: `base_url` is not an address: write it as https://host/path",
        ),
        (
            &format!(
                "{whole}pacing = [{{ requests = 3, per = \"1s\" }}, {{ requests = 0, per = \"1s\" }}]"
            ),
            "4:54: `requests` is no whole number from 1: write it as 13",
        ),
        (
            &format!("{whole}pacing = [{{ requests = 3 }}]"),
            "4:11: a window of `pacing` has no `per`: write it as { requests = 3, per = \"1s\" }",
        ),
        (
            &format!("{whole}pacing = []"),
            "4:10: `pacing` has no window: name one, or remove it for the vendor's",
        ),
        (
            &format!("{whole}on_uncertain = \"pray\""),
            "4:16: `on_uncertain` cannot be `pray`: known here: park, retry",
        ),
        (
            &format!("{whole}token = \"x\""),
            "4:1: unknown key `token` in [desks.a]: known here: kind, api_key, base_url, timeout, pacing, max_attempts, max_age, on_uncertain",
        ),
    ] {
        assert_eq!(faults(&format!("[desks.a]\n{lines}\n")), [expected], "{lines}");
    }
}

#[test]
fn a_file_that_is_not_toml_says_where() {
    let found = faults("[sources.a]\nverify = none\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("2:10: the file is not TOML: "), "{found:?}");
    let double = faults("[sources.a]\nverify = \"none\"\nverify = \"none\"\n");
    assert!(double[0].starts_with("3:1: the file is not TOML: duplicate key"), "{double:?}");
    assert_eq!(
        faults("[source.a]\n"),
        ["1:2: unknown key `source` in the file: did you mean `sources`?"]
    );
}

#[test]
fn all_faults_are_found_at_once_in_both_places() {
    let (_folder, path) = write("[sources.a]\n[desks.b]\n[[rules]]\n");
    let variables = [
        ("DESKBELL_CONFIG", path.as_str()),
        ("DESKBELL_LISTEN", "here"),
        ("DESKBELL_AMQP_URL", "http://user:hunter2@host"),
        ("DESKBELL_STORE_URL", "postgres://user:hunter2@host"),
        ("DESKBELL_LOG_FORMAT", "xml"),
    ];
    let words = load(&variables).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(!words.contains("hunter2"), "{words}");
    let lines: Vec<String> =
        words.lines().map(|line| line.trim().replace(&path, "deskbell.toml")).collect();
    assert_eq!(
        lines,
        [
            "the configuration has 11 faults",
            "DESKBELL_AMQP_URL: is not a RabbitMQ address: begin it with amqp:// or amqps://",
            "DESKBELL_LISTEN: is not an address with a port: write it as 127.0.0.1:8080",
            "DESKBELL_LOG_FORMAT: is not a log format: set it to pretty or json",
            "DESKBELL_STORE_URL: names PostgreSQL, which this version does not serve: write it as sqlite:/path/to/a/file, or unset it",
            "deskbell.toml:1:1: [sources.a] has no `verify`: set it to \"standard-webhooks\", \"hmac\", a vendor's name or \"none\"",
            "deskbell.toml:2:1: [desks.b] has no `kind`: set it to \"hubspot\", \"supportdesk\", \"thulium\" or \"kf5\"",
            "deskbell.toml:3:1: rule 1 has no `description`: say what happened, in Markdown",
            "deskbell.toml:3:1: rule 1 has no `desks`: name the desks that get a ticket",
            "deskbell.toml:3:1: rule 1 has no `name`: give it a name of its own: deliveries remember it",
            "deskbell.toml:3:1: rule 1 has no `on`: name the event types, as on = \"payment.failed\"",
            "deskbell.toml:3:1: rule 1 has no `subject`: say in one line what happened",
        ]
    );
}

#[test]
fn a_variable_and_its_file_exclude_each_other() {
    let more = [("HUBSPOT_TOKEN_FILE", "/nowhere"), ("SHOP_SECRET_OLD_FILE", "/nowhere/at/all")];
    let error = example(&more).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(
        error.contains("`HUBSPOT_TOKEN` and `HUBSPOT_TOKEN_FILE` are both set: unset one of them")
    );
    assert!(
        error.contains(
            "the file that `SHOP_SECRET_OLD_FILE` names cannot be read (entity not found)"
        ),
        "{error}"
    );
}

#[test]
fn no_fault_quotes_what_comes_from_the_environment() {
    let text = "[sources.a]\nverify = \"${SECRET}\"\n[desks.b]\nkind = \"${SECRET}\"\n[[rules]]\nname = \"${SECRET} x\"\n";
    let found = faults(text).join("\n");
    assert!(found.contains("`verify` cannot be that"), "{found}");
    assert!(!found.contains("hunter2"), "{found}");
}

#[test]
fn a_missing_behaviour_file_says_how_to_name_one() {
    let error = load(&[("DESKBELL_CONFIG", "/nowhere/deskbell.toml")]).err();
    assert_eq!(
        error.map(|error| error.faults[0].to_string()).unwrap_or_default(),
        "DESKBELL_CONFIG: the behaviour file `/nowhere/deskbell.toml` cannot be read (entity not found): write one, or set DESKBELL_CONFIG to its path"
    );
}

#[test]
fn every_fault_of_the_preflight_has_its_place_and_cure() {
    for sound in
        ["", "[preflight]\n", "[preflight]\nevery = \"off\"\n", "[preflight]\nevery = \"10m\"\n"]
    {
        assert_eq!(faults(sound), [""; 0], "{sound}");
    }
    let [fault] = &faults("[preflight]\nevery = \"never\"\n")[..] else { panic!("one fault") };
    assert!(fault.starts_with("2:9: `every` "), "{fault}");
    let [fault] = &faults("[preflight]\nevry = \"1h\"\n")[..] else { panic!("one fault") };
    assert!(fault.contains("unknown key `evry` in [preflight]: did you mean `every`?"), "{fault}");
}
