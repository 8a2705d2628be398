using System.Globalization;
using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Pages;

/// <summary>
/// A database as years of work leave it: one huge batch that is paused, and thousands of small ones that are done. Rows are made by the server itself; they have the
/// sizes that real ones have, and every trigger has seen them.
/// </summary>
internal static class PageCatalogue
{
    /// <summary>The huge batch.</summary>
    public const string Huge = "20261122-huge";

    /// <summary>A reason of the huge batch's failures, as it stands in addresses.</summary>
    public const string Reason = "server_error/";

    private const int Set = 20_000;

    /// <summary>Makes it.</summary>
    /// <param name="database">An empty, migrated database.</param>
    /// <param name="items">Items of the huge batch.</param>
    /// <param name="batches">Small batches, two items each.</param>
    /// <param name="perMinute">Items of the huge batch that ended a minute, up to now.</param>
    public static async Task FillAsync(BenchDatabase database, int items, int batches, int perMinute)
    {
        await database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $$"""
            insert into batch (id, name, state, prompt, options, tags, on_unknown, max_attempts, item_count, created_at, finished_at, max_cost_usd)
            select '2026' || lpad(n::text, 8, '0') || '-small', 'night ' || n, case when n % 20 = 0 then 'completed_with_errors' else 'completed' end, 'Put it on white', '{}',
                   jsonb_build_object('brand', 'brand-' || n % 40), 'retry', 5, 2, now() - n * interval '40 minutes', now() - n * interval '40 minutes' + interval '5 minutes', null
            from generate_series(1, {{batches}}) n;
            insert into batch (id, name, state, prompt, options, tags, on_unknown, max_attempts, item_count, created_at, max_cost_usd)
            values ('{{Huge}}', 'Whole catalogue', 'paused', 'Put it on white', '{}', '{"brand":"acme"}', 'retry', 5, {{items}}, now() - interval '20 hours', 50000);
            insert into budget (scope, spent_usd) values ('batch:{{Huge}}', 20000);
            """));
        for (var first = 1; first <= items; first += Set)
        {
            await ItemsAsync(database, string.Create(CultureInfo.InvariantCulture,
                $"select '{Huge}' as batch, n, now() - (n / {perMinute}.0) * interval '1 minute' as at from generate_series({first}, {Math.Min(items, first + Set - 1)}) n"));
            // As autovacuum does it while a catalogue is worked on; the planner knows nothing of tables that were empty.
            if (first == 1) await database.ExecuteAsync("analyze");
        }

        await ItemsAsync(database, string.Create(CultureInfo.InvariantCulture,
            $"select '2026' || lpad((n / 2 + 1)::text, 8, '0') || '-small' as batch, n, now() - (n / 2 + 1) * interval '40 minutes' as at from generate_series(0, {(2 * batches) - 1}) n"));
        await database.ExecuteAsync($"""
            insert into batch_tally (batch_id, pending, succeeded, rejected, failed, held)
            select batch_id, count(*) filter (where state = 'pending'), count(*) filter (where state = 'succeeded'), count(*) filter (where state = 'rejected'),
                   count(*) filter (where state = 'failed'), count(*) filter (where state = 'held')
            from item group by batch_id;
            insert into review (item_id, batch_id, decision, decided_by)
            select id, batch_id, (array['approved', 'approved', 'rejected', 'redo'])[1 + id % 4], 'benchmark' from item where batch_id = '{Huge}' and state = 'succeeded' order by id limit 50000;
            """);
        while (await database.ScalarAsync<long>("select fold_spend(20000)") > 0)
        {
            // As a worker does every half minute.
        }

        await database.ExecuteAsync("select fold_changes('0', 1000000)");
        await database.ExecuteAsync("select pg_sleep(1.1)");
        while (await database.ScalarAsync<long>("select fold_changes('1 second', 1000000)") > 0)
        {
            // More may be left.
        }

        await database.ExecuteAsync("vacuum analyze");
    }

    // Of a hundred: 94 succeeded, 2 refused, 2 failed, 1 held, 1 still to do in the huge batch.
    private static Task ItemsAsync(BenchDatabase database, string rows) => database.ExecuteAsync($$$"""
        with made as (
            insert into item (batch_id, key, state, model, input, prompt, options, output_name, tags, calls, attempts, finished_at, error)
            select r.batch, 'SKU-' || lpad(r.n::text, 8, '0'),
                   case when r.n % 100 < 94 then 'succeeded' when r.n % 100 < 96 then 'rejected' when r.n % 100 < 98 then 'failed' when r.n % 100 = 98 then 'held'
                        when r.batch = '{{{Huge}}}' then 'pending' else 'succeeded' end,
                   case when r.n % 3 = 0 then 'gpt-image-1-mini' else 'gpt-image-2' end,
                   jsonb_build_object('images', jsonb_build_array(jsonb_build_object('image_url', 'https://images.example/catalogue/2026/autumn/' || r.n || '/front.png'))),
                   'Put the mug no. ' || r.n || ' on a plain white background with a soft shadow', '{"model":"gpt-image-2","quality":"low","size":"1024x1024"}',
                   'SKU-' || lpad(r.n::text, 8, '0'), jsonb_build_object('brand', case when r.batch = '{{{Huge}}}' then 'acme' else 'brand-' || (r.n / 2 + 1) % 40 end, 'season', 'autumn'),
                   1, 1, case when r.n % 100 = 99 and r.batch = '{{{Huge}}}' then null else r.at end,
                   case when r.n % 100 in (94, 95) then '{"class":"moderation","code":"moderation_blocked","message":"Your request was rejected by the safety system.","request_id":"req_0123456789abcdef","moderation":{"stage":"input","categories":["violence"]}}'::jsonb
                        when r.n % 100 in (96, 97) then '{"class":"server_error","message":"The server had an error while processing your request."}'::jsonb
                        when r.n % 100 = 98 then '{"class":"unknown_outcome","message":"The connection was lost while the answer was awaited."}'::jsonb end
            from ({{{rows}}}) r
            returning id, batch_id, state, model, tags, finished_at, output_name, prompt),
        called as (
            insert into attempt (item_id, batch_id, number, state, process_id, started_at, finished_at, http_status, request_id, error, usage)
            select id, batch_id, 1, case state when 'succeeded' then 'succeeded' when 'rejected' then 'rejected' when 'failed' then 'server_failed' else 'unknown' end, 1,
                   finished_at - interval '20 seconds', finished_at, case state when 'succeeded' then 200 when 'rejected' then 400 when 'failed' then 500 end, 'req_' || md5(id::text),
                   case when state <> 'succeeded' then '{"class":"x","message":"m"}'::jsonb end,
                   case when state = 'succeeded' then '{"total_tokens":1532,"input_tokens":460,"output_tokens":1072,"input_tokens_details":{"text_tokens":40,"image_tokens":420}}'::jsonb end
            from made where state <> 'pending'
            returning id, item_id, state),
        stored as (
            insert into output (item_id, number, attempt_id, path, bytes, sha256, format, width, height)
            select m.id, 0, c.id, m.batch_id || '/' || m.output_name || '-' || m.id || '.png', 1500000, md5(m.id::text) || md5(m.prompt), 'png', 1024, 1024
            from called c join made m on m.id = c.item_id where c.state = 'succeeded')
        insert into ledger (at, attempt_id, item_id, batch_id, kind, model, "user", tags, usage, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, images, cost_usd, price_book)
        select m.finished_at, c.id, m.id, m.batch_id, case c.state when 'succeeded' then 'reported' else 'unconfirmed' end, m.model, 'user-' || m.id % 5, m.tags,
               case c.state when 'succeeded' then '{"total_tokens":1532}'::jsonb end, 40, 420, 0, 1072, 1, 0.0121 + (m.id % 7) * 0.001, 'benchmark'
        from called c join made m on m.id = c.item_id where c.state in ('succeeded', 'unknown')
        """);
}
