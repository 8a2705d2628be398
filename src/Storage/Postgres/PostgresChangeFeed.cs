using System.Globalization;
using System.Text.RegularExpressions;
using Darkroom.Jobs.Changes;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Changes in PostgreSQL. A position is <c>SECONDS.SNAPSHOT</c>: when it was given, by the database's clock, and what was visible then.</summary>
public sealed partial class PostgresChangeFeed(NpgsqlDataSource database) : IChangeFeed
{
    /// <summary>How many changes one reading tells; more are a gap, and cheaper to read anew.</summary>
    internal const int MostChanges = 2_000;

    private const int MostFolded = 20_000;

    // Some seconds before the oldest could have been folded.
    private static readonly TimeSpan OldestPosition = IChangeFeed.Retention - TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<string> GetPositionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TallySql.Position);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return Write(reader.GetInt64(1), reader.GetString(0));
    }

    /// <inheritdoc/>
    public async Task<ChangeSet> ReadAsync(string position, string? batchId, CancellationToken cancellationToken)
    {
        var match = PositionForm.Match(position);
        if (!match.Success) throw new FormatException("It is no position of this feed.");
        await using var command = database.CreateCommand(TallySql.Changes)
            .WithNullable(NpgsqlDbType.Text, match.Groups["seen"].Value).WithNullable(NpgsqlDbType.Text, batchId).With(MostChanges + 1);
        await using var reader = await ExecuteAsync(command, cancellationToken);
        var batches = new Dictionary<string, (HashSet<long> Items, bool Many)>(StringComparer.Ordinal);
        var (next, count, isOld) = ("", 0, false);
        while (await reader.ReadAsync(cancellationToken))
        {
            var now = reader.GetInt64(1);
            next = Write(now, reader.GetString(0));
            isOld = now - long.Parse(match.Groups["at"].ValueSpan, CultureInfo.InvariantCulture) > OldestPosition.TotalSeconds;
            if (reader.IsDBNull(2)) continue;
            count++;
            var id = reader.GetString(2);
            var (items, many) = batches.TryGetValue(id, out var known) ? known : ([], false);
            if (!reader.IsDBNull(3)) items.UnionWith(reader.GetFieldValue<long[]>(3));
            batches[id] = (items, many || reader.GetBoolean(4));
        }

        return isOld || count > MostChanges
            ? new ChangeSet(next, IsGap: true, [])
            : new ChangeSet(next, IsGap: false, [.. batches.Select(batch => new BatchChange(batch.Key, [.. batch.Value.Items.Order()], batch.Value.Many))]);
    }

    /// <inheritdoc/>
    public async Task<long> FoldAsync(TimeSpan keep, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TallySql.Fold).With(keep).With(MostFolded);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    [GeneratedRegex("^(?<at>[0-9]{1,15})\\.(?<seen>[0-9]{1,19}:[0-9]{1,19}:[0-9,]{0,20000})$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PositionForm { get; }

    private static string Write(long seconds, string snapshot) => string.Create(CultureInfo.InvariantCulture, $"{seconds}.{snapshot}");

    private static async Task<NpgsqlDataReader> ExecuteAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteReaderAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InvalidTextRepresentation or PostgresErrorCodes.NumericValueOutOfRange)
        {
            throw new FormatException("It is no position of this feed.", exception);
        }
    }
}
