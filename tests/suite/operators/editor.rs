//! Dead letters edited in an editor, by somebody at a terminal.

use std::{fs, process::Output};

use serde_json::json;

use super::editing::{SECRET, with_a_dead_letter};
use crate::support::world::{World, eventually, key};

/// Edits the dead letter as somebody does whose `$EDITOR` is this.
fn edit(world: &mut World, editor: Option<&str>) -> (Option<i32>, String) {
    world.unset("EDITOR");
    if let Some(editor) = editor {
        world.set("EDITOR", editor);
    }
    let key = key("evt_1", "support");
    let Output { status, stdout, .. } =
        world.at_a_terminal(&["dead", "edit", &key, "--why", "a test id"]);
    (status.code(), String::from_utf8(stdout).unwrap())
}

/// How often the dead letter was edited.
fn edits(world: &World) -> usize {
    let shown = world.json(&["dead", "show", &key("evt_1", "support")]);
    shown["edits"].as_array().unwrap().len()
}

/// What the editor has been given and nobody has taken away.
fn left_behind(world: &World) -> Vec<String> {
    let files = fs::read_dir(world.path("deskbell-data")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("edit")).collect()
}

#[tokio::test]
async fn a_dead_letter_is_edited_in_the_operators_editor_which_sees_no_secret() {
    let mut world = with_a_dead_letter().await;
    let script = "stat -c %a \"$1\" > mode; cat \"$1\" > seen; sed -i s/nobody/user_42/ \"$1\"\n";
    fs::write(world.path("script"), script).unwrap();
    let (code, told) = edit(&mut world, Some("sh ./script"));
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains(r#"/data/customerExternalId: "nobody" -> "user_42""#), "{told}");
    let read = |name| fs::read_to_string(world.path(name)).unwrap();
    let (mode, seen) = (read("mode"), read("seen"));
    assert_eq!(mode, "600\n", "nobody else may read it");
    assert!(seen.contains("[redacted]") && !seen.contains(SECRET), "{seen}");
    let shown = world.json(&["dead", "show", &key("evt_1", "support")]);
    let expected = json!([{
        "pointer": "/data/customerExternalId", "kind": "changed",
        "before": "nobody", "after": "user_42",
    }]);
    assert_eq!(shown["edits"][0]["changes"], expected, "{shown}");
    assert_eq!(shown["edits"][0]["why"], "a test id");
    assert_eq!(left_behind(&world), [""; 0]);
}

#[tokio::test]
async fn the_editor_of_visual_goes_before_that_of_editor_and_an_empty_one_is_none() {
    let mut world = with_a_dead_letter().await;
    world.set("VISUAL", "sed -i s/nobody/user_42/");
    let (code, told) = edit(&mut world, Some("false"));
    assert_eq!((code, edits(&world)), (Some(0), 1), "{told}");
    world.set("VISUAL", "");
    let (code, told) = edit(&mut world, Some("sed -i s/user_42/user_43/"));
    assert_eq!((code, edits(&world)), (Some(0), 2), "{told}");
}

#[tokio::test]
async fn an_editor_that_fails_changes_nothing_or_writes_no_json_writes_nothing() {
    let mut world = with_a_dead_letter().await;
    for (editor, code, words) in [
        (
            Some("sed -i s/nobody/user_42/ \"$1\"; false"),
            1,
            "the editor has failed: nothing is written",
        ),
        (Some("./no-such-editor"), 1, "the editor has failed: nothing is written"),
        (Some("true"), 1, "nothing would be another"),
        (Some("sed -i s/}//"), 2, "what was edited"),
        (Some("sed -i s/1299.90/many/"), 2, "what was edited"),
        (Some("sed -i s/1299.90/true/"), 1, "/data/amount must be of type number"),
        (Some("rm"), 1, ""),
        (Some(""), 2, "$EDITOR"),
        (None, 2, "$EDITOR"),
    ] {
        let (ended, told) = edit(&mut world, editor);
        assert_eq!(ended, Some(code), "{editor:?}: {told}");
        assert!(told.contains(words), "{editor:?}: {told}");
        assert_eq!(edits(&world), 0, "{editor:?}");
        assert_eq!(left_behind(&world), [""; 0]);
    }
    // Without a terminal there is nobody who could edit.
    world.set("EDITOR", "sed -i s/nobody/user_42/");
    let refused = world.cli(&["dead", "edit", &key("evt_1", "support"), "--why", "a test id"]);
    assert_eq!((refused.status.code(), edits(&world)), (Some(2), 0), "{refused:?}");
}

#[tokio::test]
async fn an_editor_that_is_interrupted_leaves_no_payload_behind() {
    let mut world = with_a_dead_letter().await;
    for signal in ["INT", "HUP"] {
        // To all of the terminal, as the key does and as its end does.
        let told = edit(&mut world, Some(&format!("trap '' {signal}; kill -{signal} 0; false")));
        eventually("nothing is left behind", || std::future::ready(left_behind(&world).is_empty()))
            .await;
        assert_eq!(edits(&world), 0, "{told:?}");
    }
}
