namespace Darkroom.Storage.Postgres.Sql;

/// <summary>The statements about uploaded files.</summary>
internal static class UploadedFileSql
{
    public const string AskForDeletion = """
        -- name: UploadedFile.AskForDeletion
        update batch set delete_uploads = true where id = @batch_id
        """;

    // Of addresses only those that a worker fetches; data URLs would be as large as the images.
    public const string GetSharedPaths = """
        -- name: UploadedFile.GetSharedPaths
        select coalesce(s.source ->> 'path', s.source ->> 'image_url') as path
        from item i
        cross join (select fetched_by = 'worker' as fetches from batch where id = @batch_id) b
        cross join lateral (select jsonb_array_elements(i.input -> 'images') as source union all select i.input -> 'mask') s
        where i.batch_id = @batch_id
          and (s.source ? 'path' or s.source ->> 'image_url' like 'az://%' or (b.fetches and s.source ->> 'image_url' not ilike 'data:%'))
        group by 1 having count(distinct i.id) >= @least_items
        """;

    // The row is locked while its use is noted, so that it isn't marked for deletion in between.
    public const string Use = """
        -- name: UploadedFile.Use
        with file as (
            select endpoint, sha256, file_id, expires_at from uploaded_file
            where endpoint = @endpoint and sha256 = @sha256 and state = 'ready' and (expires_at is null or expires_at > now() + @margin) for update),
        used as (
            insert into uploaded_file_use (endpoint, sha256, batch_id) select endpoint, sha256, @batch_id from file on conflict do nothing)
        select file_id, expires_at from file
        """;

    public const string Take = """
        -- name: UploadedFile.Take
        insert into uploaded_file as f (endpoint, sha256, state, process_id) values (@endpoint, @sha256, 'uploading', @process_id)
        on conflict (endpoint, sha256) do update set state = 'uploading', process_id = @process_id, file_id = null, expires_at = null, uploaded_at = null
        where f.state = 'deleting'
           or (f.state = 'ready' and f.expires_at <= now() + @margin)
           or (f.state = 'uploading' and not exists (select from process p where p.id = f.process_id and p.lease_until > now()))
        """;

    public const string Finish = """
        -- name: UploadedFile.Finish
        update uploaded_file set state = 'ready', process_id = null, file_id = @file_id, expires_at = @expires_at, uploaded_at = now()
        where endpoint = @endpoint and sha256 = @sha256 and state = 'uploading' and process_id = @process_id
        """;

    public const string GiveUp = """
        -- name: UploadedFile.GiveUp
        delete from uploaded_file where endpoint = @endpoint and sha256 = @sha256 and state = 'uploading' and process_id = @process_id
        """;

    public const string Forget = """
        -- name: UploadedFile.Forget
        delete from uploaded_file where endpoint = @endpoint and sha256 = @sha256 and file_id = @file_id
        """;

    private const string NotUsed = """
        not exists (select from uploaded_file_use u join batch b on b.id = u.batch_id
                    where u.endpoint = f.endpoint and u.sha256 = f.sha256 and b.state not in ('completed', 'completed_with_errors', 'canceled'))
        """;

    public const string LockUnused = $"""
        -- name: UploadedFile.LockUnused
        select f.sha256 from uploaded_file f
        where f.endpoint = @endpoint and f.state = 'ready' and {NotUsed}
          and exists (select from uploaded_file_use u join batch b on b.id = u.batch_id
                      where u.endpoint = f.endpoint and u.sha256 = f.sha256 and b.delete_uploads)
        for update of f skip locked
        """;

    // A statement of its own, after the locks: a use that was noted while the first one looked is seen by this one.
    public const string MarkUnused = $"""
        -- name: UploadedFile.MarkUnused
        with marked as (
            update uploaded_file f set state = 'deleting' where f.endpoint = @endpoint and f.sha256 = any (@unused) and {NotUsed}
            returning f.sha256, f.file_id, f.expires_at)
        select sha256, file_id, expires_at from marked
        union all
        select sha256, file_id, expires_at from uploaded_file where endpoint = @endpoint and state = 'deleting'
        """;

    public const string Remove = """
        -- name: UploadedFile.Remove
        delete from uploaded_file where endpoint = @endpoint and sha256 = @sha256 and file_id = @file_id and state = 'deleting'
        """;
}
