//! Judges pipelines and stages.

use crate::{
    desks::{
        hubspot::{
            Settings,
            api::{Pipeline, Stage},
        },
        inspecting::Told,
    },
    inspection::{Finding, Needs},
};

/// The state of a stage in which tickets are done with ("Pipelines", `ticketState`).
const CLOSED: &str = "CLOSED";

/// The pipeline, and the stages of it that tickets are put into.
pub(super) fn pipeline(
    settings: &Settings,
    needs: &Needs,
    pipelines: &Told<Vec<Pipeline>>,
) -> Vec<Finding> {
    let id = &settings.pipeline;
    let subject = format!("pipeline `{id}`");
    let pipelines = match pipelines {
        Told::Answer(pipelines) => pipelines,
        Told::Absent => return vec![untold(subject, "HubSpot lists no pipelines")],
        Told::Barred(words) | Told::Refused(words) => return vec![untold(subject, words)],
    };
    let live = pipelines.iter().filter(|pipeline| !pipeline.archived);
    let Some(pipeline) = live.clone().find(|pipeline| pipeline.id == *id) else {
        let known = named(live.map(|pipeline| (&pipeline.id, &pipeline.label)));
        let words = format!("HubSpot has no pipeline `{id}`: it has {known}");
        let finding = Finding::fault(subject, words).of_key("pipeline");
        return vec![finding.cured_by("set `pipeline` to the id of one of them")];
    };
    let mut findings = vec![Finding::sound(subject, pipeline.label.clone()).of_key("pipeline")];
    findings.push(stage(pipeline, "stage", &settings.stage));
    if let Some(id) = &settings.resolved_stage {
        findings.push(resolved(stage(pipeline, "resolved_stage", id), pipeline, id, needs));
    }
    findings
}

fn untold(subject: String, words: &str) -> Finding {
    let cure = "give the token the scope to read tickets";
    Finding::unknown(subject, words).of_key("pipeline").of_key("stage").cured_by(cure)
}

fn stage(pipeline: &Pipeline, key: &str, id: &str) -> Finding {
    let subject = format!("{} `{id}`", key.replace('_', " "));
    if let Some(stage) = find(pipeline, id) {
        return Finding::sound(subject, stage.label.clone()).of_key(key);
    }
    let live = pipeline.stages.iter().filter(|stage| !stage.archived);
    let known = named(live.map(|stage| (&stage.id, &stage.label)));
    let pipeline = &pipeline.id;
    let words = format!("HubSpot has no stage `{id}` in pipeline `{pipeline}`: it has {known}");
    let cure = format!("set `{key}` to the id of one of them");
    Finding::fault(subject, words).of_key(key).cured_by(cure)
}

/// Tickets that are put into an open stage are not resolved as HubSpot counts it.
fn resolved(finding: Finding, pipeline: &Pipeline, id: &str, needs: &Needs) -> Finding {
    let finding = finding.of_rules(needs.resolving());
    let state = find(pipeline, id).and_then(|stage| stage.metadata.get("ticketState"));
    match state {
        Some(state) if state != CLOSED => {
            let words = format!("{}, whose tickets HubSpot counts as open", finding.words);
            let cure = "set `resolved_stage` to a closed stage, if that is not meant so";
            Finding { words, verdict: crate::inspection::Soundness::Unknown, ..finding }
                .cured_by(cure)
        }
        _ => finding,
    }
}

fn find<'p>(pipeline: &'p Pipeline, id: &str) -> Option<&'p Stage> {
    pipeline.stages.iter().find(|stage| stage.id == id && !stage.archived)
}

fn named<'n>(known: impl Iterator<Item = (&'n String, &'n String)>) -> String {
    let known: Vec<_> = known.map(|(id, label)| format!("`{id}` {label}")).collect();
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}

/// The schema of tickets does not say.
pub(super) fn required_properties() -> Finding {
    let words = "HubSpot documents no call that tells which properties a new ticket needs";
    let cure = "compare them with what the rules send, where the account requires some";
    Finding::unknown("required properties", words).cured_by(cure)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{desks::hubspot::test_settings, inspection::Soundness};

    fn pipelines() -> Told<Vec<Pipeline>> {
        let stage = |id: &str, label: &str, state: &str, archived: bool| {
            json!({ "id": id, "label": label, "archived": archived,
                    "metadata": { "ticketState": state } })
        };
        let stages = [
            stage("1", "New", "OPEN", false),
            stage("4", "Closed", "CLOSED", false),
            stage("5", "Old", "OPEN", true),
        ];
        let list = json!([{ "id": "0", "label": "Support Pipeline", "stages": stages }]);
        Told::Answer(serde_json::from_value(list).unwrap())
    }

    fn verdicts(settings: &Settings) -> Vec<(String, Soundness)> {
        let findings = pipeline(settings, &Needs::default(), &pipelines());
        findings.into_iter().map(|finding| (finding.subject, finding.verdict)).collect()
    }

    #[test]
    fn a_stage_that_is_gone_is_named_with_those_that_are_there() {
        let settings = Settings { stage: "5".to_owned(), ..test_settings() };
        let findings = pipeline(&settings, &Needs::default(), &pipelines());
        assert_eq!(findings[1].verdict, Soundness::Fault);
        let words = "HubSpot has no stage `5` in pipeline `0`: it has `1` New, `4` Closed";
        assert_eq!((&*findings[1].words, &*findings[1].used_by[0]), (words, "stage"));
    }

    #[test]
    fn without_the_pipeline_nothing_is_said_of_its_stages() {
        let settings = Settings { pipeline: "7".to_owned(), ..test_settings() };
        assert_eq!(verdicts(&settings), [("pipeline `7`".to_owned(), Soundness::Fault)]);
        let barred = Told::Barred("required scopes: tickets".to_owned());
        let findings = pipeline(&settings, &Needs::default(), &barred);
        assert_eq!(findings[0].verdict, Soundness::Unknown);
    }

    #[test]
    fn a_resolved_stage_that_is_open_is_pointed_at() {
        let with = |id: &str| Settings { resolved_stage: Some(id.to_owned()), ..test_settings() };
        assert_eq!(verdicts(&with("4"))[2].1, Soundness::Sound);
        assert_eq!(verdicts(&with("1"))[2].1, Soundness::Unknown);
        assert_eq!(verdicts(&with("9"))[2].1, Soundness::Fault);
    }
}
