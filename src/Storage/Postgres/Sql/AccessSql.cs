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
        select id, name, role, created_at, created_by, sha256 from access_key where id = $1
        """;

    public const string List = """
        -- name: Access.List
        select id, name, role, created_at, created_by, sha256 from access_key order by name
        """;

    public const string Add = """
        -- name: Access.Add
        insert into access_key (id, name, role, sha256, created_by) values ($1, $2, $3, $4, $5) on conflict (name) do nothing
        """;

    public const string Remove = """
        -- name: Access.Remove
        delete from access_key where name = $1
        """;

    public const string Note = """
        -- name: Access.Note
        insert into audit (actor, via, action, batch_id, detail) values ($1, $2, $3, $4, $5)
        """;

    public const string ListAudit = """
        -- name: Access.ListAudit
        select id, at, actor, via, action, batch_id, detail from audit
        where ($1::text is null or batch_id = $1) and ($2::bigint is null or id < $2)
        order by id desc limit $3
        """;

    /// <remarks>Waits for another transaction that has just made the same submission, and then finds it made.</remarks>
    public const string AddSubmission = """
        -- name: Access.AddSubmission
        insert into submission (owner, key, sha256, batch_id) values ($1, $2, $3, $4) on conflict (owner, key) do nothing
        """;

    public const string FindSubmission = """
        -- name: Access.FindSubmission
        select sha256, batch_id from submission where owner = $1 and key = $2
        """;

    public const string ListDataKeys = """
        -- name: Access.ListDataKeys
        select xml from data_key order by created_at, name
        """;

    public const string AddDataKey = """
        -- name: Access.AddDataKey
        insert into data_key (name, xml) values ($1, $2) on conflict (name) do update set xml = excluded.xml
        """;
}
