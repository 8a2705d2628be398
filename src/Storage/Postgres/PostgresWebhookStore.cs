using System.Data;
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
        await using var command = database.CreateCommand(WebhookSql.TakeEvents).With("limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<WebhookEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new WebhookEvent(
                reader.GetGuid("id"), reader.GetString("kind"), reader.Time("at"), reader.TextOrNull("batch_id"), reader.TextOrNull("schedule"), reader.TextOrNull("state"),
                reader.TextOrNull("reason"), reader.TextOrNull("detail"), reader.TextOrNull("webhook_url")));
        }

        return events;
    }

    /// <inheritdoc/>
    public async Task SpreadAsync(Guid eventId, IReadOnlyCollection<string> urls, string body, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WebhookSql.Spread).With("event_id", eventId).With("urls", urls.ToArray()).With("body", body);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WebhookDelivery>> TakeDueAsync(int limit, TimeSpan hold, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WebhookSql.TakeDue).With("limit", limit).With("hold", hold);
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
            .With("id", delivery.Id).With("attempts", (short)delivery.Attempts).WithNullable("status", NpgsqlDbType.Smallint, (short?)result.Status)
            .WithNullable("error", NpgsqlDbType.Text, result.Error).WithNullable("wait", NpgsqlDbType.Interval, wait);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WebhookDeliveryStatus>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WebhookSql.List).With("limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var list = new List<WebhookDeliveryStatus>();
        while (await reader.ReadAsync(cancellationToken))
        {
            list.Add(new WebhookDeliveryStatus(
                ReadDelivery(reader), reader.TextOrNull("batch_id"), reader.GetString("state"), reader.Time("created_at"), reader.Time("next_at"),
                reader.ValueOrNull<DateTimeOffset>("ended_at"), reader.ValueOrNull<short>("last_status"), reader.TextOrNull("last_error")));
        }

        return list;
    }

    /// <inheritdoc/>
    public async Task<int> DeleteOldAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WebhookSql.DeleteOld).With("age", age);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static WebhookDelivery ReadDelivery(NpgsqlDataReader reader) =>
        new(reader.GetGuid("id"), reader.GetString("kind"), reader.GetString("url"), reader.GetString("body"), reader.GetInt16("attempts"));
}
