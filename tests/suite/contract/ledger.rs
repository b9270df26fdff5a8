//! What every ledger promises. One function per promise, one macro line per implementation.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod accounts;
mod audit;
mod callbacks;
mod claims;
mod edits;
mod erasures;
mod incidents;
mod inspections;
mod issues;
mod lately;
mod leases;
mod losses;
mod operators;
mod pauses;
mod reading;
mod replays;
mod retention;
mod searching;
mod sessions;
mod silences;
mod watching;
mod words;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use deskbell::ledger::{Ledger, sqlite::SqliteLedger};
use tempfile::TempDir;

/// A ledger that can lose its process.
#[async_trait]
trait Bench: Sized {
    /// A new and empty one.
    async fn start() -> Self;

    /// The ledger.
    fn ledger(&self) -> &dyn Ledger;

    /// Ends its process without a word and starts another.
    async fn crash(self) -> Self;
}

macro_rules! ledger_contract {
    ($name:ident, $bench:ty) => {
        ledger_contract!($name, $bench,
            accounts: [
                the_books_count_what_was_accepted_and_where_it_is,
                the_books_balance_while_the_journal_lags_behind,
            ],
            access: [
                a_token_is_found_by_its_hash_until_it_ends,
                a_name_is_free_again_when_its_token_is_revoked,
                a_token_remembers_when_it_admitted_last,
            ],
            audit: [
                every_act_of_an_operator_is_written_with_it,
                an_act_that_is_refused_leaves_no_entry,
                entries_are_chosen_and_come_page_by_page,
            ],
            issues: [
                an_issue_is_there_as_long_as_its_letters,
                what_is_said_of_an_issue_stays_until_it_dies_of_it_again,
            ],
            lately: [
                what_was_done_lately_is_counted_and_timed,
                the_pace_of_each_desk_is_what_came_in_and_what_ended,
                what_waits_longest_is_named_and_since_when_its_desk_is_behind,
            ],
            pauses: [
                a_pause_outlives_the_process_and_is_written_once,
            ],
            sessions: [
                a_session_admits_until_it_or_its_token_ends,
                a_session_that_was_ended_is_not_found_again,
                sessions_that_are_over_are_forgotten_when_one_is_opened,
            ],
            replays: [
                a_replay_puts_each_dead_letter_back_once_also_after_a_crash,
                what_dies_after_a_replay_began_is_no_part_of_it,
                a_replays_name_is_its_identity,
                a_replay_is_paused_resumed_and_cancelled_each_once,
                a_replay_keeps_its_rate,
                a_replay_chooses_by_every_part_of_its_filter,
                who_has_not_the_desk_feeds_nothing,
                what_a_replay_puts_back_waits_in_the_lowest_lane,
                a_later_replay_counts_what_it_puts_back_again,
                a_replay_of_nothing_is_done_at_once,
            ],
            silences: [
                a_silence_outlives_the_process_and_is_ended_once,
                what_a_silence_suppressed_is_counted_found_and_released_after_a_crash,
                what_is_suppressed_after_the_release_stays_so,
                one_delivery_is_released_by_itself,
            ],
            retention: [
                what_an_event_said_goes_when_its_time_is_over_and_its_id_stays,
                an_event_goes_only_with_all_of_its_deliveries,
                what_is_under_way_is_never_touched,
                an_event_that_no_rule_matched_has_a_time_of_its_own,
                what_retention_would_do_is_told_and_it_goes_on_after_a_crash,
            ],
            searching: [
                every_part_of_a_search_chooses,
                what_is_added_meanwhile_shifts_no_page,
                what_is_redacted_is_not_found,
            ],
            watching: [
                an_onset_is_told_to_every_receiver_once_whoever_looks_and_restarts,
                the_newest_event_of_a_condition_takes_the_place_of_one_that_waits,
                an_operator_event_is_handed_to_one_sender_at_a_time,
                what_waits_for_a_receiver_that_is_no_more_is_forgotten,
                figures_tell_what_became_of_deliveries_and_who_is_dead,
            ],
            callbacks: [
                an_end_that_is_wished_for_is_called_back_after_a_crash,
                only_ends_that_are_wished_for_are_called_back,
                whoever_ends_a_delivery_its_source_is_called_back,
                each_end_of_a_replayed_delivery_is_called_back_under_another_id,
                a_call_back_is_handed_to_one_sender_at_a_time,
                a_call_back_waits_for_its_time_and_is_listed_until_it_is_received,
                what_was_given_up_is_sent_again_once_an_operator_says_so,
                call_backs_come_page_by_page_though_some_are_received_meanwhile,
            ],
            claims: [
                two_workers_never_hold_one_claim,
                a_worker_past_its_deadline_is_taken_for_dead,
                a_late_writer_is_refused_and_changes_nothing,
                an_old_epoch_is_refused_and_changes_nothing,
                transitions_are_written_all_or_none,
                a_delivered_ticket_is_never_claimed_again,
                a_postponed_delivery_is_not_claimed_before_its_time,
                the_first_body_stands_and_each_other_post_is_counted_once,
                a_retry_of_the_sender_is_no_conflict,
                a_route_that_comes_later_is_another_delivery,
                what_was_answered_survives_a_crash,
            ],
            edits: [
                an_edit_counts_from_then_on_and_the_event_stays,
                an_edit_and_its_replay_are_written_together_or_not_at_all,
                nobody_edits_what_somebody_else_has_edited_since,
                only_a_dead_letter_is_edited,
                a_replay_by_todays_rules_takes_their_route,
                a_desk_that_todays_rules_add_gets_a_delivery_once,
                what_is_redacted_is_told_of_no_edit,
                an_edited_event_is_found_by_what_it_says_now,
                a_lane_gets_the_event_as_it_was_posted,
            ],
            erasures: [
                what_is_erased_is_gone_and_its_id_is_still_known,
                a_copy_of_what_was_erased_makes_no_ticket_at_any_desk,
                nothing_more_is_done_with_what_was_erased,
                a_customer_is_found_by_an_edit_too,
                an_event_with_an_open_delivery_is_kept_unless_that_is_to_be_discarded,
                what_was_erased_under_a_silence_is_not_released,
                an_incident_is_kept_as_long_as_an_event_of_it,
                an_erasure_goes_on_after_a_crash,
                an_erasure_is_written_once_and_without_the_id,
            ],
            inspections: [the_last_inspection_of_a_desk_is_kept,],
            incidents: [
                a_course_is_written_with_its_incident_and_survives_a_crash,
                a_decision_under_a_claim_that_is_over_changes_nothing,
                a_flood_has_one_parent_and_says_its_last_word_once,
                an_operator_lets_a_brake_go_once,
            ],
            leases: [
                a_desk_is_leased_by_one_worker_at_a_time,
                a_lease_that_is_prolonged_keeps_its_epoch,
                a_lease_that_is_given_back_is_free_at_once,
                only_the_holder_gives_a_lease_back,
                how_a_desk_stands_is_handed_to_the_next_worker,
                only_the_holder_says_how_a_desk_stands,
            ],
            operators: [
                a_replayed_delivery_is_on_the_list_until_it_is_struck,
                a_second_replay_is_not_struck_with_the_first,
                a_discarded_delivery_is_settled,
                a_doubt_is_ended_by_a_ticket_that_exists,
                a_doubt_is_ended_by_a_ticket_that_does_not_exist,
                an_act_that_the_state_forbids_changes_nothing,
                an_unknown_delivery_is_named,
            ],
            reading: [
                attempts_are_kept_in_order,
                every_filter_chooses,
                a_text_is_searched_in_the_event_and_in_the_failure,
                events_are_found_by_name_by_id_and_by_time,
                what_is_redacted_is_kept_and_neither_shown_nor_found,
                the_journals_mark_is_the_last_one_recorded,
                past_events_come_whole_and_in_order_page_by_page,
            ],
            losses: [
                what_the_broker_gave_up_is_a_dead_letter_with_its_event,
                what_is_settled_or_in_work_is_not_given_up,
                what_no_worker_took_in_time_is_overdue,
                what_was_accepted_before_the_ledger_knew_the_desk_is_left_alone,
                what_is_missing_is_named_until_a_worker_takes_it_up,
                what_the_journal_lost_is_told_once_until_it_is_forgotten,
            ]
        );
    };
    ($name:ident, $bench:ty, $($group:ident: [$($promise:ident,)+]),+) => {
        mod $name {
            use super::{Bench, accounts};

            $($(
                #[tokio::test]
                async fn $promise() {
                    super::$group::$promise(<$bench>::start().await).await;
                }
            )+)+

            #[test]
            fn the_books_balance_after_any_of_it() {
                accounts::balance_after_any_of_it::<$bench>();
            }
        }
    };
}

ledger_contract!(sqlite, super::Sqlite);

/// A SQLite ledger in a directory of its own.
struct Sqlite {
    directory: TempDir,
    ledger: Arc<SqliteLedger>,
}

impl Sqlite {
    fn open(directory: TempDir) -> Self {
        let path = directory.path().join("ledger.db");
        let ledger = SqliteLedger::open_showing(&path, words::redactions()).unwrap();
        Self { directory, ledger }
    }
}

#[async_trait]
impl Bench for Sqlite {
    async fn start() -> Self {
        Self::open(tempfile::tempdir().unwrap())
    }

    fn ledger(&self) -> &dyn Ledger {
        self.ledger.as_ref()
    }

    /// The new process sees the files as they were, and not what the old one does on its way out.
    async fn crash(self) -> Self {
        let copy = tempfile::tempdir().unwrap();
        for file in ["ledger.db", "ledger.db-wal"] {
            std::fs::copy(self.directory.path().join(file), copy.path().join(file)).unwrap();
        }
        Self::open(copy)
    }
}

#[tokio::test]
async fn two_processes_share_a_sqlite_ledger() {
    let bench = Sqlite::start().await;
    let path: &Path = &bench.directory.path().join("ledger.db");
    let other = SqliteLedger::open(path).unwrap();
    let epoch = words::lease(bench.ledger(), "crm").await;
    words::grant(other.as_ref(), &words::event("1", &["crm"]), "crm", epoch).await;
    let key = words::key("1", "crm");
    assert_eq!(bench.ledger().delivery(&key).await.unwrap().unwrap().state.name(), "attempting");
}
