using System.Globalization;
using Darkroom.Jobs.Housekeeping;
using Darkroom.Jobs.Retention;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;

namespace Darkroom.Worker.Hangfire;

/// <summary>
/// What is done every so often, once for all workers: Hangfire's recurring jobs. Their names and methods are in the database: an API. What fails comes again with the next
/// occurrence.
/// </summary>
[Queue(JobQueues.Schedules)]
[AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
public sealed class Upkeep(Housekeeper housekeeper, RetentionSweep retention)
{
    // Names of schedules have no colon.
    private const string HousekeepingId = "darkroom:housekeeping";
    private const string RetentionId = "darkroom:retention";

    /// <summary>Removes rows that nobody needs any more.</summary>
    [JobDisplayName("Housekeeping")]
    public Task KeepHouseAsync(CancellationToken cancellationToken) => RunAsync(() => housekeeper.SweepAsync(cancellationToken));

    /// <summary>Purges batches that are older than the retention.</summary>
    [JobDisplayName("Retention")]
    public Task PurgeAsync(CancellationToken cancellationToken) => RunAsync(() => retention.SweepAsync(cancellationToken));

    /// <summary>Creates or replaces the recurring jobs, and enqueues each once: a worker that starts doesn't wait for the first occurrence.</summary>
    internal static void Put(IRecurringJobManagerV2 recurring, IBackgroundJobClientV2 jobs, HousekeepingOptions housekeeping, RetentionOptions retention)
    {
        foreach (var (id, job, interval) in new[]
        {
            (HousekeepingId, Job.FromExpression<Upkeep>(upkeep => upkeep.KeepHouseAsync(CancellationToken.None)), housekeeping.Interval),
            (RetentionId, Job.FromExpression<Upkeep>(upkeep => upkeep.PurgeAsync(CancellationToken.None)), retention.Interval),
        })
        {
            recurring.AddOrUpdate(id, job, CronOf(interval), new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc, MisfireHandling = MisfireHandlingMode.Relaxed });
            jobs.Create(job, new EnqueuedState(JobQueues.Schedules));
        }
    }

    /// <summary>Cron for an interval, rounded up to whole minutes, hours or a day.</summary>
    internal static string CronOf(TimeSpan interval)
    {
        var minutes = Math.Max(1, (int)Math.Ceiling(interval.TotalMinutes));
        if (minutes < 60) return string.Create(CultureInfo.InvariantCulture, $"*/{minutes} * * * *");
        var hours = (minutes + 59) / 60;
        return hours < 24 ? string.Create(CultureInfo.InvariantCulture, $"0 */{hours} * * *") : "0 0 * * *";
    }

    private static async Task RunAsync(Func<Task> sweep)
    {
        try
        {
            await sweep();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            JobRetries.ThrowWithoutSecrets(exception);
            throw;
        }
    }
}
