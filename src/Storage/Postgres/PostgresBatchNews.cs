using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>News over LISTEN/NOTIFY, on one connection that stays open. When it breaks, waiting goes by time until it could be opened anew.</summary>
public sealed class PostgresBatchNews(NpgsqlDataSource database, TimeProvider time, ILogger<PostgresBatchNews> logger) : IBatchNews, IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    /// <inheritdoc/>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            if (_connection is null)
            {
                await ListenAsync(cancellationToken);
                // What came while nobody listened is news.
                return;
            }

            await _connection.WaitAsync(atMost, cancellationToken);
        }
        catch (Exception exception) when (DatabaseFaults.IsTransient(exception) || exception is InvalidOperationException)
        {
            Log.NewsLost(logger, exception);
            await CloseAsync();
            await Task.Delay(atMost, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var listen = new NpgsqlCommand(BatchSql.Listen, connection);
            await listen.ExecuteNonQueryAsync(cancellationToken);
            _connection = connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is not { } connection) return;
        _connection = null;
        await connection.DisposeAsync();
    }
}
