using System.Diagnostics;
using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Import;

/// <summary>The baseline: the same rows, encoded beforehand, copied into the same empty table with the same indexes. All that is left is the server's own work.</summary>
internal static class ServerAlone
{
    private const string Columns = "item (batch_id, key, model, input, prompt, options, output_name, tags)";

    /// <summary>Takes the rows that are there out to a file, empties the table, and copies them back.</summary>
    /// <returns>The time that copying back took.</returns>
    public static async Task<TimeSpan> RunAsync(BenchDatabase database, string file)
    {
        await using (var connection = await database.DataSource.OpenConnectionAsync())
        await using (var rows = await connection.BeginRawBinaryCopyAsync($"copy {Columns} to stdout (format binary)"))
        await using (var to = File.Create(file))
        {
            await rows.CopyToAsync(to);
        }

        await database.ExecuteAsync("truncate item cascade");
        await database.ExecuteAsync("checkpoint");
        await using var back = await database.DataSource.OpenConnectionAsync();
        var started = Stopwatch.GetTimestamp();
        await using (var from = File.OpenRead(file))
        await using (var copy = await back.BeginRawBinaryCopyAsync($"copy {Columns} from stdin (format binary)"))
        {
            await from.CopyToAsync(copy, 1 << 16);
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
