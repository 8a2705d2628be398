using System.CommandLine;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Retention;
using Darkroom.Worker.Downloads;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom purge</c>.</summary>
internal static class PurgeCommand
{
    private const string Description = """
        Permanently removes ended batches: images and results in the store, uploaded files, and database rows. The ledger keeps their cost, so reports stay the same.

        Examples:
          darkroom purge 20261122-k7f3q9 --dry-run
          darkroom purge --older-than 90d --yes
        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("purge", Description);
        var batch = new Argument<string?>("BATCH") { Description = "The batch id. With --older-than you may omit it to purge all batches of that age.", Arity = ArgumentArity.ZeroOrOne };
        var olderThan = new Option<string?>("--older-than") { Description = "Only batches that ended longer ago than this, such as 12h or 30d." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only list what would be removed." };
        var yes = new Option<bool>("--yes") { Description = "Don't ask." };
        var json = CommonOptions.Json();
        command.Add(batch);
        command.Add(olderThan);
        command.Add(dryRun);
        command.Add(yes);
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            var age = Times.Parse(parsed.GetValue(olderThan), "--older-than");
            var id = parsed.GetValue(batch);
            if (id is null && age is null) throw new CliException("Name a batch, or say --older-than, such as --older-than 90d.");
            if (age < TimeSpan.Zero) throw new CliException("--older-than must not be below 0.");
            await using var session = await context.OpenAsync();
            await using var services = context.BuildServices(session, LogLevel.Warning);
            var plans = await PlanAsync(services.GetRequiredService<IPurgeStore>(), id, age, context);
            if (parsed.GetValue(dryRun)) return await SayAsync(context, plans, parsed.GetValue(json));
            if (plans.Count > 0 && !parsed.GetValue(yes)) await AskAsync(context, plans);
            return await PurgeAsync(context, services.GetRequiredService<Purger>(), plans, parsed.GetValue(json));
        });
        return command;
    }

    private static async Task<List<PurgePlan>> PlanAsync(IPurgeStore store, string? id, TimeSpan? age, CliContext context)
    {
        var plans = new List<PurgePlan>();
        if (id is not null)
        {
            var plan = await store.PlanAsync(id, context.Signals.Stop) ?? throw CommonOptions.NoSuchBatch(id);
            if (plan.Refusal is { } refusal) throw new CliException(refusal);
            if (age is null || context.Time.GetUtcNow() - plan.FinishedAt >= age) plans.Add(plan);
            else await context.Error.WriteLineAsync($"Batch {id} ended less than {age} ago; it stays.");
            return plans;
        }

        foreach (var found in await store.FindAsync(age, context.Signals.Stop))
            if (await store.PlanAsync(found, context.Signals.Stop) is { Refusal: null } plan) plans.Add(plan);
        return plans;
    }

    private static async Task<int> SayAsync(CliContext context, List<PurgePlan> plans, bool json)
    {
        if (json)
        {
            await context.Output.WriteLineAsync(new JsonArray([.. plans.Select(plan => (JsonNode)new JsonObject
            {
                ["batch"] = plan.BatchId,
                ["items"] = plan.Items,
                ["outputs"] = plan.Outputs,
                ["bytes"] = plan.Bytes,
                ["uploads"] = plan.Uploads,
            })]).ToJsonString());
            return ExitCodes.Success;
        }

        foreach (var plan in plans) await context.Output.WriteLineAsync($"would purge {plan.BatchId}: {Describe(plan)}");
        if (plans.Count == 0) await context.Output.WriteLineAsync("Nothing to purge.");
        return ExitCodes.Success;
    }

    private static string Describe(PurgePlan plan) => $"{plan.Items} items, {plan.Outputs} images ({DownloadProgress.Size(plan.Bytes)}), {plan.Uploads} uploaded files";

    private static async Task AskAsync(CliContext context, List<PurgePlan> plans)
    {
        if (!context.Surroundings.CanAsk)
            throw new CliException($"{plans.Count} batches would be removed for good. There is no terminal to ask at: pass --yes to go on, or --dry-run to look. Nothing was removed.");
        foreach (var plan in plans) await context.Error.WriteLineAsync($"{plan.BatchId}: {Describe(plan)}");
        await context.Error.WriteAsync("Remove them for good? [y/N] ");
        // Reading the terminal can't be canceled; a signal leaves it behind, and the program ends.
        var answer = await Task.Run(context.Surroundings.ReadLine, CancellationToken.None).WaitAsync(context.Signals.Stop);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES")) throw new CliException("Nothing was removed.");
    }

    private static async Task<int> PurgeAsync(CliContext context, Purger purger, List<PurgePlan> plans, bool json)
    {
        var failed = false;
        var done = new JsonArray();
        foreach (var plan in plans)
        {
            try
            {
                var result = await purger.PurgeAsync(plan.BatchId, context.Signals.Stop);
                failed |= result.Refusal is not null;
                done.Add((JsonNode)new JsonObject { ["batch"] = result.BatchId, ["files"] = result.Files, ["bytes"] = result.Bytes, ["items"] = result.Items, ["refusal"] = result.Refusal });
                if (!json) await context.Output.WriteLineAsync(result.Refusal ?? $"Purged {result.BatchId}: {result.Files} files ({DownloadProgress.Size(result.Bytes)}), {result.Items} items.");
            }
            catch (ImageStoreException fault)
            {
                failed = true;
                await context.Error.WriteLineAsync($"{fault.Message} Batch {plan.BatchId} is marked; the same command goes on with it, as a worker does.");
            }
        }

        if (json) await context.Output.WriteLineAsync(done.ToJsonString());
        else if (plans.Count == 0) await context.Output.WriteLineAsync("Nothing to purge.");
        return failed ? ExitCodes.WithErrors : ExitCodes.Success;
    }
}
