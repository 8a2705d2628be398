using System.Globalization;
using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>What people ask of a batch while two other processes work on it. Times are the database's: when calls began, against when the command had returned.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ActionTests(ITestOutputHelper output)
{
    private const int Items = 100;

    [Fact]
    public async Task PauseResumeCancel_WhileWorkersRun_TakeEffectWithinTwoSecondsAndAreIdempotent()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(2), LatencyJitter = 0, LatencyTail = 0 });
        world.Environment["Worker__MaxInFlight"] = "2";
        for (var worker = 0; worker < 2; worker++) world.StartWorker();
        var batch = await world.SubmitAsync(Items);
        await world.UntilInFlightAsync(4);

        var paused = await ActAsync(world, "pause", batch, "paused");
        await UntilQuietAsync(world, paused);
        (await CountAsync(world, $"attempt where state = 'succeeded'")).ShouldBe(await CountAsync(world, "attempt"), "what was in flight has finished");
        (await ActAsync(world, "pause", batch, "paused")).ShouldNotBe(paused);
        var before = await CountAsync(world, "attempt");

        var resumed = await ActAsync(world, "resume", batch, "queued");
        await Poll.UntilAsync(async () => await CountAsync(world, "attempt") > before, "a call after the resumption");
        output.WriteLine($"The first call began {await SecondsAsync(world, $"(select started_at from attempt order by id offset {before} limit 1) - {resumed}")} s after 'resume' had returned.");
        await ActAsync(world, "resume", batch, "running");

        var canceled = await ActAsync(world, "cancel", batch, "canceled");
        await UntilQuietAsync(world, canceled);
        await ActAsync(world, "cancel", batch, "canceled");
        (await CountAsync(world, "item where state in ('succeeded', 'canceled')")).ShouldBe(Items);
        (await CountAsync(world, "attempt where state <> 'succeeded'")).ShouldBe(0, "calls in flight finish");
        (await CountAsync(world, "attempt")).ShouldBe(world.Simulator.Account.Summary.Billed);
        (await CountAsync(world, "item where state = 'canceled'")).ShouldBeGreaterThan(0, "else there was nothing to stop");
    }

    [Fact]
    public async Task ApproveRetry_WhileWorkersRun_TakeEffectWithinTwoSecondsAndAreIdempotent()
    {
        // Long enough that the batch is still at work when a second command has got as far as the database.
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(6), LatencyJitter = 0, LatencyTail = 0 });
        for (var worker = 0; worker < 2; worker++) world.StartWorker();
        world.Folder.Write("some.jsonl", string.Concat(Enumerable.Range(1, 6).Select(number => CliWorld.Row($"item-{number}", number > 4 ? $"A weapon, {number}." : $"Paint {number}.") + "\n")));
        var batch = (await world.RunAsync("submit", "some.jsonl", "--size", "1024x1024", "--quality", "low", "--canary", "1", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();
        await Poll.UntilAsync(async () => await CountAsync(world, "batch where state = 'awaiting_approval'") == 1, "the canary's end");

        var before = await CountAsync(world, "attempt");
        // Both at once, so that neither comes when all is done.
        var again = ActAsync(world, "approve", batch, "queued", "running");
        var approved = await ActAsync(world, "approve", batch, "queued", "running");
        await again;
        await BeginsWithinTwoSecondsAsync(world, approved, before);
        await Poll.UntilAsync(async () => await CountAsync(world, "batch where state = 'completed_with_errors'") == 1, "the batch's end");
        (await CountAsync(world, "item where state = 'succeeded'"), await CountAsync(world, "item where state = 'rejected'")).ShouldBe((4, 2));

        var retried = await ActAsync(world, "retry --state rejected", batch, "queued");
        // It may find them refused again meanwhile, and puts them back once more; never twice for one refusal.
        (await world.RunAsync("retry", batch, "--state", "rejected", "--json")).ShouldExit(0);
        await BeginsWithinTwoSecondsAsync(world, retried, 6);
        await Poll.UntilAsync(async () => await CountAsync(world, "batch where state = 'completed_with_errors'") == 1, "the batch's end");
        (await CountAsync(world, "attempt a join item i on i.id = a.item_id where i.state = 'succeeded'")).ShouldBe(4, "what succeeded isn't called again");
        (await CountAsync(world, "attempt a join item i on i.id = a.item_id where i.state = 'rejected'")).ShouldBeOneOf(4, 5, 6);
    }

    private async Task BeginsWithinTwoSecondsAsync(CliWorld world, string since, long attempts)
    {
        await Poll.UntilAsync(async () => await CountAsync(world, "attempt") > attempts, "a call");
        var first = $"(select min(started_at) from attempt where started_at > {since} - interval '1 s')";
        output.WriteLine($"The first call began {await SecondsAsync(world, $"{first} - {since}")} s after the command had returned.");
        (await CountAsync(world, $"{first} as first (at) where at > {since} + interval '2 s'")).ShouldBe(0);
    }

    // When the command had returned, by the database, as SQL.
    private static async Task<string> ActAsync(CliWorld world, string action, string batch, params string[] states)
    {
        (await world.RunAsync([.. action.Split(' '), batch, "--json"])).ShouldExit(0).Json["state"]!.GetValue<string>().ShouldBeOneOf(states);
        await using var now = world.Database.DataSource.CreateCommand("select clock_timestamp()::text");
        return $"'{await now.ExecuteScalarAsync(TestContext.Current.CancellationToken)}'::timestamptz";
    }

    // A second more than an action may take to have its effect has to be over before it can be seen that nothing began.
    private static async Task UntilQuietAsync(CliWorld world, string since)
    {
        await Poll.UntilAsync(
            async () => await world.CountAsync($"select case when clock_timestamp() > {since} + interval '3 s' and not exists (select from attempt where state = 'sending') then 1 else 0 end") == 1,
            "calls in flight to finish");
        (await CountAsync(world, $"attempt where started_at > {since} + interval '2 s'")).ShouldBe(0, "nothing begins later than two seconds after the command");
        (await CountAsync(world, "item where lease_token is not null")).ShouldBe(0, "nothing is held on to");
    }

    private static async Task<string> SecondsAsync(CliWorld world, string interval)
    {
        await using var command = world.Database.DataSource.CreateCommand($"select extract(epoch from {interval})");
        return Convert.ToDouble(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture).ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static Task<long> CountAsync(CliWorld world, string rows) => world.CountAsync($"select count(*) from {rows}");
}
