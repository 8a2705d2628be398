namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about keys, the audit, submissions and what signs cookies.</summary>
internal static class AccessSql
{
    public const string Any = """
        -- name: Access.Any
        select exists (select from access_key)
        """;

    public const string Get = """
        -- name: Access.Get
        select id, name, role, created_at, created_by, sha256 from access_key where id = @id
        """;

    public const string List = """
        -- name: Access.List
        select id, name, role, created_at, created_by, sha256 from access_key order by name
        """;

    public const string Add = """
        -- name: Access.Add
        insert into access_key (id, name, role, sha256, created_by) values (@id, @name, @role, @sha256, @created_by) on conflict (name) do nothing
        """;

    public const string Remove = """
        -- name: Access.Remove
        delete from access_key where name = @name
        """;

    /// <remarks>Sessions that have expired are removed with each new one, so that nothing else has to.</remarks>
    public const string BeginSession = """
        -- name: Access.BeginSession
        with expired as (delete from session where expires_at <= now())
        insert into session (sha256, key_id, expires_at) values (@sha256, @key_id, now() + @lifetime)
        """;

    /// <remarks>A session is prolonged once half of its time is over, so that most requests only read.</remarks>
    public const string FindSession = """
        -- name: Access.FindSession
        with prolonged as (
            update session set expires_at = now() + @lifetime
            where sha256 = @sha256 and expires_at > now() and expires_at < now() + @lifetime / 2)
        select k.id, k.name, k.role, k.created_at, k.created_by
        from session s left join access_key k on k.id = s.key_id
        where s.sha256 = @sha256 and s.expires_at > now()
        """;

    public const string EndSession = """
        -- name: Access.EndSession
        delete from session where sha256 = @sha256
        """;

    public const string EndLocalSessions = """
        -- name: Access.EndLocalSessions
        delete from session where key_id is null
        """;

    public const string Note = """
        -- name: Access.Note
        insert into audit (actor, via, action, batch_id, detail) values (@actor, @via, @action, @batch_id, @detail)
        """;

    public const string ListAudit = """
        -- name: Access.ListAudit
        select id, at, actor, via, action, batch_id, detail from audit
        where (@batch_id::text is null or batch_id = @batch_id) and (@before::bigint is null or id < @before)
        order by id desc limit @limit
        """;

    /// <remarks>Waits for another transaction that has just made the same submission, and then finds it made.</remarks>
    public const string AddSubmission = """
        -- name: Access.AddSubmission
        insert into submission (owner, key, sha256, batch_id) values (@owner, @key, @sha256, @batch_id) on conflict (owner, key) do nothing
        """;

    public const string FindSubmission = """
        -- name: Access.FindSubmission
        select sha256, batch_id from submission where owner = @owner and key = @key
        """;

    public const string ListDataKeys = """
        -- name: Access.ListDataKeys
        select xml from data_key order by created_at, name
        """;

    public const string AddDataKey = """
        -- name: Access.AddDataKey
        insert into data_key (name, xml) values (@name, @xml) on conflict (name) do update set xml = excluded.xml
        """;
}
