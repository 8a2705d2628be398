namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about webhooks. Events are written by triggers (migrations/0005_schedules_webhooks_uploads_review.sql).</summary>
internal static class WebhookSql
{
    public const string TakeEvents = """
        -- name: Webhook.TakeEvents
        with taken as (
            update webhook_event e set taken_at = now()
            where e.id in (
                select id from webhook_event where expanded_at is null and (taken_at is null or taken_at < now() - interval '1 minute')
                order by at limit @limit for update skip locked)
            returning e.*)
        select t.id, t.kind, t.at, t.batch_id, coalesce(t.schedule, r.schedule) as schedule, t.state, t.reason, t.detail, b.webhook_url
        from taken t left join batch b on b.id = t.batch_id left join schedule_run r on r.batch_id = t.batch_id
        order by t.at
        """;

    public const string Spread = """
        -- name: Webhook.Spread
        with spread as (update webhook_event set expanded_at = now() where id = @event_id and expanded_at is null returning id)
        insert into webhook_delivery (event_id, url, body) select s.id, u.url, @body from spread s, unnest(@urls::text[]) as u (url)
        """;

    public const string TakeDue = """
        -- name: Webhook.TakeDue
        update webhook_delivery d set attempts = d.attempts + 1, next_at = now() + @hold
        from webhook_event e
        where e.id = d.event_id and d.id in (
            select id from webhook_delivery where state = 'pending' and next_at <= now() order by next_at limit @limit for update skip locked)
        returning d.id, e.kind, d.url, d.body, d.attempts
        """;

    // An attempt that another process took over meanwhile says nothing any more, unless it was delivered.
    public const string Write = """
        -- name: Webhook.Write
        update webhook_delivery set last_status = @status, last_error = @error,
            state = case when @error is null then 'delivered' when @wait::interval is null then 'failed' else 'pending' end,
            ended_at = case when @error is null or @wait::interval is null then now() end,
            next_at = case when @error is not null and @wait::interval is not null then now() + @wait else next_at end
        where id = @id and state = 'pending' and (attempts = @attempts or @error is null)
        """;

    public const string List = """
        -- name: Webhook.List
        select d.id, e.kind, d.url, d.body, d.attempts, e.batch_id, d.state, d.created_at, d.next_at, d.ended_at, d.last_status, d.last_error
        from webhook_delivery d join webhook_event e on e.id = d.event_id
        order by d.created_at desc, d.id limit @limit
        """;

    public const string DeleteOld = """
        -- name: Webhook.DeleteOld
        delete from webhook_event e
        where e.expanded_at < now() - @age and not exists (select from webhook_delivery d where d.event_id = e.id and d.state = 'pending')
        """;
}
