using System.Data;
using Darkroom.Jobs.Batches;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Submissions that happen once.</summary>
internal static class SubmissionRows
{
    /// <summary>Adds one in its import's transaction, before the items: whoever submits the same at the same time waits here, and then imports nothing.</summary>
    /// <exception cref="DuplicateSubmissionException">It was made before.</exception>
    public static async Task AddAsync(NpgsqlConnection connection, Submission submission, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AccessSql.AddSubmission, connection)
            .With("owner", submission.Owner).With("key", submission.Key).With("sha256", submission.Sha256).With("batch_id", submission.BatchId);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 1) return;
        throw new DuplicateSubmissionException(
            await FindAsync(connection, submission.Owner, submission.Key, cancellationToken)
            ?? throw new InvalidOperationException("A submission was there and is gone."));
    }

    /// <summary>Finds one.</summary>
    public static async Task<Submission?> FindAsync(NpgsqlConnection connection, string owner, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AccessSql.FindSubmission, connection).With("owner", owner).With("key", key);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new Submission(owner, key, reader.GetFieldValue<byte[]>("sha256"), reader.GetString("batch_id")) : null;
    }
}
