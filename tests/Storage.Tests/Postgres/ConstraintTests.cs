using Darkroom.Testing.Postgres;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>What the states promise holds whoever writes: each named constraint, broken on purpose.</summary>
public sealed class ConstraintTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private const string Hash = "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'";
    private const string IntoLedger = "insert into ledger (attempt_id, item_id, batch_id, kind, model, tags, usage, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, images, cost_usd, price_book) ";

    private const string IntoSchedule = "with s as (insert into schedule (name, cron, time_zone, manifest, template, armed_at) values (@b, 'c', 'z', 'm', '{}', now()) returning name)";
    private const string IntoEvent = "with e as (insert into webhook_event (kind, batch_id) values ('batch.ended', @b) returning id)";

    public static TheoryData<string, string> Breaches => new()
    {
        { "batch_id_form", "update batch set id = 'UPPER' where id = @b" },
        { "review_decision_known", "insert into review (item_id, batch_id, decision, decided_by) select id, batch_id, 'maybe', 'me' from item where batch_id = @b" },
        { "review_note_length", "insert into review (item_id, batch_id, decision, decided_by, note) select id, batch_id, 'redo', 'me', repeat('x', 2001) from item where batch_id = @b" },
        { "spend_called_before_its_day", "insert into spend (day, key, batch_id, model, called_before, items, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, images, cost_usd, fruitless_usd, unconfirmed_usd, unpriced) values ('2026-11-22', 'k', 'b', 'm', '2026-11-22', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)" },
        { "breaker_run_has_key", "update breaker set run = 1 where batch_id = @b" },
        { "breaker_tripped_has_run", "update breaker set tripped = true where batch_id = @b" },
        { "breaker_former_was_resumed", "update breaker set former = 'a' where batch_id = @b" },
        { "batch_state_known", "update batch set state = 'running ' where id = @b" },
        { "batch_priority_range", "update batch set priority = 10 where id = @b" },
        { "batch_on_unknown_known", "update batch set on_unknown = 'Retry' where id = @b" },
        { "batch_max_attempts_range", "update batch set max_attempts = 0 where id = @b" },
        { "batch_fetched_by_known", "update batch set fetched_by = 'nobody' where id = @b" },
        { "batch_halted_has_reason", "update batch set state = 'halted' where id = @b" },
        { "batch_finished_at_iff_final", "update batch set state = 'completed' where id = @b" },
        { "batch_finished_at_iff_final", "update batch set finished_at = now() where id = @b" },
        { "item_state_known", "update item set state = 'done', finished_at = now() where batch_id = @b" },
        { "item_lease_whole", "update item set lease_owner = 1 where batch_id = @b" },
        { "item_sending_is_leased", "update item set state = 'sending' where batch_id = @b" },
        { "item_leased_is_open", "update item set state = 'succeeded', finished_at = now(), lease_owner = 1, lease_token = 1 where batch_id = @b" },
        { "item_finished_at_iff_final", "update item set state = 'succeeded' where batch_id = @b" },
        { "item_finished_at_iff_final", "update item set finished_at = now() where batch_id = @b" },
        { "item_refused_has_error", "update item set state = 'failed', finished_at = now() where batch_id = @b" },
        { "item_reused_has_source", "update item set state = 'reused', finished_at = now() where batch_id = @b" },
        { "item_reused_has_source", "update item set reused_from = 1 where batch_id = @b" },
        { "item_counters_not_negative", "update item set unsent = -1 where batch_id = @b" },
        { "item_key", "insert into item (batch_id, key, model, input, prompt, options, output_name, tags) select batch_id, key, model, input, prompt, options, 'other', tags from item where batch_id = @b" },
        { "item_output_name", "insert into item (batch_id, key, model, input, prompt, options, output_name, tags) select batch_id, 'other', model, input, prompt, options, output_name, tags from item where batch_id = @b" },
        { "limit_learned_whole", "insert into limit_bucket (limits_group, dimension, next_at, learned_per_minute) values (@b, 'images', now(), 1)" },
        { "limit_learned_positive", "insert into limit_bucket (limits_group, dimension, next_at, learned_per_minute, learned_at, learned_from) values (@b, 'images', now(), 0, now(), 'told')" },
        { "limit_learned_from_known", "insert into limit_bucket (limits_group, dimension, next_at, learned_per_minute, learned_at, learned_from) values (@b, 'images', now(), 1, now(), 'x')" },
        { "limit_used_bins", "insert into limit_bucket (limits_group, dimension, next_at, used) values (@b, 'images', now(), '{1}')" },
        { "limit_group_slowed_share", "insert into limit_group (limits_group, slowed_to) values (@b, 0)" },
        { "limit_group_bins", "insert into limit_group (limits_group, throttled) values (@b, '{1}')" },
        { "batch_max_images_positive", "update batch set max_images_per_minute = 0 where id = @b" },
        { "batch_max_in_flight_positive", "update batch set max_in_flight = 0 where id = @b" },
        { "batch_window_whole", "update batch set window_from = '22:00', window_to = '06:00' where id = @b" },
        { "batch_window_not_empty", "update batch set window_from = '22:00', window_to = '22:00', window_zone = 'UTC' where id = @b" },
        { "batch_max_cost_positive", "update batch set max_cost_usd = 0 where id = @b" },
        { "batch_canary_is_open", "update batch set canary = true, state = 'canceled', finished_at = now() where id = @b" },
        { "batch_reuse_known", "update batch set reuse = 'always' where id = @b" },
        { "batch_duplicates_not_negative", "update batch set duplicates = -1 where id = @b" },
        { "batch_probe_every_positive", "update batch set probe_every = '0.5 seconds' where id = @b" },
        { "batch_halted_at_iff_halted", "update batch set halted_at = now() where id = @b" },
        { "batch_probing_is_open", "insert into batch (id, name, state, options, tags, on_unknown, max_attempts, probing) values (@b || '-p', 'n', 'paused', '{}', '{}', 'retry', 5, true)" },
        { "batch_purging_is_final", "update batch set purging_since = now() where id = @b" },
        { "batch_deadline_marks", "update batch set deadline_missed_at = now() where id = @b" },
        { "schedule_name_form", "insert into schedule (name, cron, time_zone, manifest, template, armed_at) values ('-' || @b, 'c', 'z', 'm', '{}', now())" },
        { "schedule_overlap_known", "insert into schedule (name, cron, time_zone, manifest, template, armed_at, overlap) values (@b, 'c', 'z', 'm', '{}', now(), 'both')" },
        { "schedule_run_once", $"{IntoSchedule} insert into schedule_run (schedule, scheduled_at, state, batch_id) select name, now(), 'queued', n::text || @b from s, generate_series(1, 2) n" },
        { "schedule_run_state_known", $"{IntoSchedule} insert into schedule_run (schedule, scheduled_at, state, batch_id) select name, now(), 'open', @b from s" },
        { "schedule_run_has_reason", $"{IntoSchedule} insert into schedule_run (schedule, scheduled_at, state, batch_id) select name, now(), 'skipped', @b from s" },
        { "webhook_event_kind_known", "insert into webhook_event (kind, batch_id) values ('batch.begun', @b)" },
        { "webhook_event_has_subject", "insert into webhook_event (kind, schedule) values ('batch.ended', @b)" },
        { "webhook_delivery_state_known", $"{IntoEvent} insert into webhook_delivery (event_id, url, body, state, ended_at) select id, 'u', 'b', 'lost', now() from e" },
        { "webhook_delivery_ended_at_iff_ended", $"{IntoEvent} insert into webhook_delivery (event_id, url, body, state) select id, 'u', 'b', 'failed' from e" },
        { "webhook_delivery_once", $"{IntoEvent} insert into webhook_delivery (event_id, url, body) select id, 'u', 'b' from e, generate_series(1, 2)" },
        { "batch_estimate_counts", "insert into batch_estimate (batch_id, model, size, quality, n, items, unpriced, expected_usd, worst_usd) values (@b, 'm', 's', 'q', 1, 1, 2, 0, 0)" },
        { "batch_estimate_not_negative", "insert into batch_estimate (batch_id, model, size, quality, n, items, unpriced, expected_usd, worst_usd) values (@b, 'm', 's', 'q', 1, 1, 0, -1, 0)" },
        { "budget_not_negative", "insert into budget (scope, spent_usd, reserved_usd) values (@b, 0, -1)" },
        { "ledger_repricing_changes", "insert into ledger_repricing (ledger_id, cost_usd_before, price_book_before, cost_usd_after, price_book_after) values (1, 2, @b, 2, 'b')" },
        { "uploaded_file_state_known", $"insert into uploaded_file (endpoint, sha256, state, file_id) values (@b, {Hash}, 'gone', 'f')" },
        { "uploaded_file_sha256_form", "insert into uploaded_file (endpoint, sha256, state, file_id) values (@b, 'ABC', 'ready', 'f')" },
        { "uploaded_file_uploading_has_process", $"insert into uploaded_file (endpoint, sha256, state) values (@b, {Hash}, 'uploading')" },
        { "uploaded_file_uploading_has_no_file", $"insert into uploaded_file (endpoint, sha256, state) values (@b, {Hash}, 'ready')" },
        { "access_key_role_known", $"insert into access_key (id, name, role, sha256, created_by) values (@b, @b, 'root', decode({Hash}, 'hex'), 'me')" },
        { "access_key_sha256_form", "insert into access_key (id, name, role, sha256, created_by) values (@b, @b, 'admin', 'x', 'me')" },
        { "access_key_name", $"insert into access_key (id, name, role, sha256, created_by) select @b || n, @b, 'admin', decode({Hash}, 'hex'), 'me' from generate_series(1, 2) n" },
        { "session_sha256_form", "insert into session (sha256, expires_at) values ('x', now())" },
        { "submission_sha256_form", "insert into submission (owner, key, batch_id, sha256) values ('o', 'k', @b, 'x')" },
        { "item_batch_id_fkey", "update item set batch_id = 'no-such-batch' where batch_id = @b" },
        { "attempt_once", "insert into attempt (item_id, batch_id, number, process_id) select id, batch_id, n, 1 from item, unnest(array[7, 7]) n where batch_id = @b" },
        { "attempt_state_known", "insert into attempt (item_id, batch_id, number, process_id, state, finished_at, error) select id, batch_id, 8, 1, 'lost', now(), '{}' from item where batch_id = @b" },
        { "attempt_finished_iff_ended", "insert into attempt (item_id, batch_id, number, process_id, state) select id, batch_id, 9, 1, 'succeeded' from item where batch_id = @b" },
        { "attempt_refused_has_error", "insert into attempt (item_id, batch_id, number, process_id, state, finished_at) select id, batch_id, 9, 1, 'rejected', now() from item where batch_id = @b" },
        { "attempt_item_id_fkey", "insert into attempt (item_id, batch_id, number, process_id) values (-1, @b, 1, 1)" },
        { "output_bytes_positive", $"insert into output (item_id, number, attempt_id, path, bytes, sha256, format) select a.item_id, 0, a.id, 'p', -1, {Hash}, 'png' from attempt a where a.batch_id = @b" },
        { "output_sha256_form", "insert into output (item_id, number, attempt_id, path, bytes, sha256, format) select a.item_id, 0, a.id, 'p', 1, 'ABC', 'png' from attempt a where a.batch_id = @b" },
        { "output_path_key", $"insert into output (item_id, number, attempt_id, path, bytes, sha256, format) select a.item_id, n, a.id, 'p', 1, {Hash}, 'png' from attempt a, generate_series(0, 1) n where a.batch_id = @b" },
        { "output_pkey", $"insert into output (item_id, number, attempt_id, path, bytes, sha256, format) select a.item_id, 0, a.id, 'p' || n, 1, {Hash}, 'png' from attempt a, generate_series(0, 1) n where a.batch_id = @b" },
        { "ledger_kind_known", IntoLedger + "values (1, 1, @b, 'guessed', 'm', '{}', null, 0, 0, 0, 0, 0, 0, 'v')" },
        { "ledger_reported_has_usage", IntoLedger + "values (1, 1, @b, 'reported', 'm', '{}', null, 0, 0, 0, 0, 0, 0, 'v')" },
        { "ledger_tokens_not_negative", IntoLedger + "values (1, 1, @b, 'reported', 'm', '{}', '{}', 0, 0, -1, 0, 0, 0, 'v')" },
        { "ledger_cost_not_negative", IntoLedger + "values (1, 1, @b, 'reported', 'm', '{}', '{}', 0, 0, 0, 0, 0, -0.0000000001, 'v')" },
        { "ledger_attempt_id_key", IntoLedger + "select 1, n, @b, 'reported', 'm', '{}', '{}', 0, 0, 0, 0, 0, 0, 'v' from generate_series(1, 2) n" },
        { "limit_group_refused_whole", "insert into limit_group (limits_group, refused_since) values (@b, now())" },
        { "limit_hold_words_short", "insert into limit_hold (limits_group, since, told_at, held_until, asked_until, words) values (@b, now(), now(), now(), now(), repeat('x', 301))" },
        { "limit_hold_in_order", "insert into limit_hold (limits_group, since, told_at, held_until, asked_until, words) values (@b, now(), now() - interval '1 second', now(), now(), '')" },
        { "limit_scope_key", "insert into limit_scope (limits_group, name, scope, endpoint, key_name) values (@b, 'g', 's', 'e', 'k')" },
        { "limit_scope_pkey", "insert into limit_scope (limits_group, name, scope, endpoint, key_name) select @b || '@s', @b, 's', 'e', 'k' from generate_series(1, 2)" },
        { "limit_told_positive", "insert into limit_told (limits_group, dimension, per_window, told_at) values (@b, 'pixels', 0, now())" },
        { "limit_told_remaining", "insert into limit_told (limits_group, dimension, per_window, remaining, told_at) values (@b, 'pixels', 1, -1, now())" },
        { "limit_told_name", "insert into limit_told (limits_group, dimension, per_window, told_at) values (@b, '', 1, now())" },
        { "limit_told_pkey", "insert into limit_told (limits_group, dimension, per_window, told_at) select @b, 'pixels', 1, now() from generate_series(1, 2)" },
        { "limit_dimension_known", "insert into limit_bucket (limits_group, dimension, next_at) values (@b, 'calls', now())" },
        { "limit_positive", "insert into limit_bucket (limits_group, dimension, per_minute, next_at) values (@b, 'requests', 0, now())" },
        { "limit_bucket_pkey", "insert into limit_bucket (limits_group, dimension, next_at) select @b, 'requests', now() from generate_series(1, 2)" },
        { "limit_slot_not_negative", "insert into limit_slot (limits_group, process_id, held) select @b, id, -1 from process limit 1" },
        { "limit_slot_process_id_fkey", "insert into limit_slot (limits_group, process_id, held) values (@b, -1, 1)" },
        { "limit_slot_pkey", "insert into limit_slot (limits_group, process_id, held) select @b, (select min(id) from process), 1 from generate_series(1, 2)" },
    };

    [Theory]
    [MemberData(nameof(Breaches))]
    public async Task Constraint_Broken_IsNamed(string constraint, string sql)
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        await ExecuteAsync("insert into attempt (item_id, batch_id, number, process_id) select id, batch_id, 1, $2 from item where batch_id = $1", batch, process);
        var broken = await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(sql.Replace("@b", "$1", StringComparison.Ordinal), batch));
        broken.ConstraintName.ShouldBe(constraint);
    }

    [Fact]
    public async Task Breaches_Always_CoverEveryNamedConstraint()
    {
        var named = await ScalarAsync<string[]>(
            """
            select array_agg(name order by name) from (
                select k.conname::text as name from pg_constraint k join pg_class c on c.oid = k.conrelid
                where c.relnamespace = 'public'::regnamespace and k.contype = 'c') names
            """);
        named.Except(Breaches.Select(row => row.Data.Item1)).ShouldBeEmpty();
    }
}
