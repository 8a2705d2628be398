using System.Data.Common;
using System.Globalization;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Schedules;

/// <summary>
/// Starts runs of schedules: reads the manifest afresh and imports it. Safe to repeat, and to do twice at once: the batch's id is the run's, so there is one batch.
/// </summary>
public sealed class ScheduledBatches(
    IScheduleStore schedules, IBatchStore batches, ManifestOpener opener, ManifestPlanner planner, ManifestEstimator estimator, ModelBook book, TimeProvider time,
    ILogger<ScheduledBatches> logger)
{
    /// <summary>How often a start is tried when its manifest can't be had for the moment; <see cref="ScheduleSweep.TakenTime"/> between two tries.</summary>
    public const int MaxTries = 5;

    // Whatever ends the process while it reads a manifest mustn't end one process after the other.
    private const int MostStarts = 2 * MaxTries;

    // unique_violation, by the SQL standard.
    private const string Duplicate = "23505";

    /// <summary>Runs a schedule now, whether it is due or paused.</summary>
    /// <returns>The run; null when the schedule is gone.</returns>
    public async Task<ScheduleRun?> RunNowAsync(Schedule schedule, Actor by, CancellationToken cancellationToken)
    {
        var run = await schedules.TakeManualAsync(schedule, time.GetUtcNow(), BatchIds.Create(time), by, cancellationToken);
        return run is null ? null : await StartAsync(schedule, run, cancellationToken);
    }

    /// <summary>Starts a run that this process has taken, unless it waits or is left out.</summary>
    /// <returns>The run as it was written.</returns>
    public async Task<ScheduleRun> StartAsync(Schedule schedule, ScheduleRun run, CancellationToken cancellationToken)
    {
        if (run.State != ScheduleRunState.Starting)
        {
            Log.RunPutOff(logger, schedule.Name, run.ScheduledAt, run.State.ToName(), run.Detail ?? "");
            return run;
        }

        ScheduleRun ended;
        try
        {
            ended = await ImportAsync(schedule, run, cancellationToken);
        }
        catch (ManifestUnavailableException unavailable) when (unavailable.MayPass && run.Tries < MaxTries && !run.IsManual)
        {
            Log.ManifestUnavailable(logger, schedule.Name, unavailable.Message, run.Tries, MaxTries, DurationText.Coarse(ScheduleSweep.TakenTime));
            return run;
        }
        catch (ManifestUnavailableException unavailable)
        {
            ended = run with { State = ScheduleRunState.Failed, Detail = unavailable.Message };
        }
        catch (InvalidManifestException invalid)
        {
            ended = run with
            {
                State = ScheduleRunState.Failed,
                Detail = $"The manifest has {invalid.Total} problem{(invalid.Total == 1 ? "" : "s")}; nothing was imported.",
                Problems = [.. invalid.Problems.Select(problem => problem.ToString())],
            };
        }

        await schedules.WriteAsync(ended, cancellationToken);
        if (ended.State == ScheduleRunState.Failed) Log.RunFailed(logger, schedule.Name, ended.ScheduledAt, ended.Detail!);
        else Log.RunStarted(logger, schedule.Name, ended.ScheduledAt, ended.BatchId);
        return ended;
    }

    private async Task<ScheduleRun> ImportAsync(Schedule schedule, ScheduleRun run, CancellationToken cancellationToken)
    {
        // Imported before, by a process that died before it could say so.
        if (run.Tries > 1 && await batches.GetAsync(run.BatchId, cancellationToken) is not null) return run with { State = ScheduleRunState.Started };
        if (run.Tries > MostStarts) return run with { State = ScheduleRunState.Failed, Detail = $"Its start was tried {MostStarts} times and never came to an end." };

        await using var manifest = await opener.OpenAsync(schedule.Manifest, cancellationToken);
        var local = WallClock.At(run.ScheduledAt, schedule.Zone);
        var batch = schedule.Template.ToBatch(run.BatchId, string.Create(CultureInfo.InvariantCulture, $"{schedule.Name} {local:yyyy-MM-dd}"), DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var estimate = await estimator.EstimateAsync(manifest.Plan(planner, batch.Defaults), batch.Reuse, batch.Caps, cancellationToken);
        if (estimate.ProblemCount > 0) throw new InvalidManifestException(estimate.Problems, estimate.ProblemCount);
        run = run with { ManifestVersion = manifest.Version, IsUnchanged = manifest.Version == schedule.ManifestVersion, Warnings = ScheduleWarnings.Of(estimate, book, time) };
        foreach (var warning in run.Warnings) Log.RunWarns(logger, schedule.Name, warning);

        // Whoever made the schedule agreed to what it costs; the budget is kept while the batch runs, unless it can't be.
        var canary = schedule.Template.Canary;
        var decision = SpendRule.Decide(estimate, new SpendConsent(Yes: true, batch.MaxCostUsd, canary, AskAboveUsd: 0));
        if (decision.Verdict == SpendVerdict.Refuse) return run with { State = ScheduleRunState.Failed, Detail = $"{decision.Reason} Nothing was imported." };

        batch = batch with
        {
            Estimate = estimate.Groups,
            Canary = canary is { } sample ? CanarySample.Choose(estimate, sample) : batch.Canary,
            Deadline = schedule.Deadline is { } text ? DeadlineText.Parse(text).At(run.ScheduledAt, schedule.Zone) : null,
        };
        try
        {
            await batches.ImportAsync(batch, manifest.Plan(planner, batch.Defaults).ReadAsync(cancellationToken), cancellationToken);
        }
        catch (DbException e) when (e.SqlState == Duplicate)
        {
            // Another process thought this one dead, and was faster.
            if (await batches.GetAsync(run.BatchId, cancellationToken) is null) throw;
        }

        return run with { State = ScheduleRunState.Started, Detail = null };
    }
}
