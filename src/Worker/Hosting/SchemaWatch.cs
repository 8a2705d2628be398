using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres.Migrations;

namespace Darkroom.Worker.Hosting;

/// <summary>
/// Ends the worker when the database's schema has moved on to one that this program may not work on: nothing more is claimed, what is in flight finishes, and
/// its supervisor starts the newer program.
/// </summary>
public sealed class SchemaWatch(Migrator migrator, TimeProvider time, ILogger<SchemaWatch> logger)
{
    /// <summary>Between two looks.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Watches until canceled.</summary>
    /// <exception cref="MigrationException">The schema has moved on.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            try
            {
                await migrator.GetPendingAsync(cancellationToken);
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                // Whoever needs the database says so, too.
                Log.SchemaUnseen(logger, exception);
            }
        }
    }
}
