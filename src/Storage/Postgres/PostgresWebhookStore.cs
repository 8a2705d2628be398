using Darkroom.Jobs.Webhooks;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>What webhooks are told, in PostgreSQL.</summary>
public sealed class PostgresWebhookStore(NpgsqlDataSource database) : IWebhookStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<WebhookEvent>> TakeEventsAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WebhookSql.TakeEvents).With(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<WebhookEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new WebhookEvent(
                reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), Text(reader, 3), Text(reader, 4), Text(reader, 5), Text(reader, 6),
                Text(reader, 7), Text(reader, 8)));
        }

        return events;
    }

    /// <inheritdoc/>
    public async Task SpreadAsync(Guid eventId, IReadOnlyCollection<string> urls, string body, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WebhookSql.Spread).With(eventId).With(urls.ToArray()).With(body);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WebhookDelivery>> TakeDueAsync(int limit, TimeSpan hold, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WebhookSql.TakeDue).With(limit).With(hold);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<WebhookDelivery>();
        while (await reader.ReadAsync(cancellationToken)) due.Add(ReadDelivery(reader));
        return due;
    }

    /// <inheritdoc/>
    public async Task WriteAsync(WebhookDelivery delivery, WebhookResult result, TimeSpan? wait, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(result);
        await using var command = database.CreateCommand(WebhookSql.Write)
            .With(delivery.Id).With((short)delivery.Attempts).WithNullable(NpgsqlDbType.Smallint, (short?)result.Status)
            .WithNullable(NpgsqlDbType.Text, result.Error).WithNullable(NpgsqlDbType.Interval, wait);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WebhookDeliveryStatus>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WebhookSql.List).With(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var list = new List<WebhookDeliveryStatus>();
        while (await reader.ReadAsync(cancellationToken))
        {
            list.Add(new WebhookDeliveryStatus(
                ReadDelivery(reader), Text(reader, 5), reader.GetString(6), reader.GetFieldValue<DateTimeOffset>(7), reader.GetFieldValue<DateTimeOffset>(8),
                reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9), reader.IsDBNull(10) ? null : reader.GetInt16(10), Text(reader, 11)));
        }

        return list;
    }

    /// <inheritdoc/>
    public async Task<int> DeleteOldAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WebhookSql.DeleteOld).With(age);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static WebhookDelivery ReadDelivery(NpgsqlDataReader reader) =>
        new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt16(4));

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
