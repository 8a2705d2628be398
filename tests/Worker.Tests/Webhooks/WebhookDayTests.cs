using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Jobs.Webhooks;
using Darkroom.Worker.Tests.Processes;
using Darkroom.Worker.Tests.Schedules;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Worker.Tests.Webhooks;

/// <summary>
/// The whole day over which a delivery is tried, against a real receiver. What is due the database's clock says, which nobody can set; but moving all times of the outbox back
/// is the same as letting that time pass. The clock of signatures is the test's own and goes with it.
/// </summary>
public sealed class WebhookDayTests
{
    private const string Secret = "secret-of-the-receiver";
    private const int MostAttempts = 12;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dispatch_ReceiverAwayForADay_TriesAtGrowingGapsAndGivesUpVisibly()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-23T01:00:00Z");
        await using var hooks = await HookReceiver.StartAsync(refusals: int.MaxValue);
        var dispatcher = Dispatcher(world, hooks);
        await HappenAsync(world, "Gone.");
        await TellAsync(dispatcher);
        var gaps = new List<TimeSpan>();

        while (await NextInAsync(world) is { } gap)
        {
            gaps.Add(gap);
            hooks.Received.Count.ShouldBe(gaps.Count);
            var real = Stopwatch.StartNew();
            await PassAsync(world, gap / 2);
            await TellAsync(dispatcher);
            // On a machine that slept for so long it may be due by now.
            if (real.Elapsed < gap / 2) hooks.Received.Count.ShouldBe(gaps.Count, "it isn't due yet");
            await PassAsync(world, gap / 2);
            await TellAsync(dispatcher);
        }

        hooks.Received.Count.ShouldBe(MostAttempts);
        gaps.Count.ShouldBe(MostAttempts - 1);
        gaps.Zip(gaps.Skip(1)).ShouldAllBe(pair => pair.Second > pair.First, "each wait is longer than the one before");
        gaps.Aggregate(TimeSpan.Zero, (sum, gap) => sum + gap).ShouldBeInRange(TimeSpan.FromHours(24), TimeSpan.FromHours(26));
        ShouldBeOneDelivery(hooks, world.Time.GetUtcNow());

        // It stays given up, and the operator finds it with its reason.
        await PassAsync(world, TimeSpan.FromDays(2));
        await TellAsync(dispatcher);
        hooks.Received.Count.ShouldBe(MostAttempts);
        var line = (await ListAsync(world)).Json.AsArray().ShouldHaveSingleItem()!;
        (line["state"]!.GetValue<string>(), line["attempts"]!.GetValue<int>(), line["status"]!.GetValue<int>(), line["error"]!.GetValue<string>(), line["next_at"])
            .ShouldBe(("failed", MostAttempts, 503, "It answered with HTTP 503.", null));
        (await ListAsync(world, json: false)).Out.ShouldContain("failed");
    }

    [Fact]
    public async Task Dispatch_ReceiverComesBackWithinTheDay_GetsEachEventUnderItsIdWithAValidSignature()
    {
        const int Away = 5;
        await using var world = await NightWorld.CreateAsync("2026-11-23T01:00:00Z");
        await using var hooks = await HookReceiver.StartAsync(refusals: 2 * Away);
        var dispatcher = Dispatcher(world, hooks);
        await HappenAsync(world, "One.");
        await HappenAsync(world, "Two.");
        await TellAsync(dispatcher);

        while (await NextInAsync(world) is { } gap)
        {
            await PassAsync(world, gap);
            await TellAsync(dispatcher);
        }

        var told = hooks.Received.GroupBy(one => one.Delivery, StringComparer.Ordinal).ToList();
        told.Count.ShouldBe(2, "each event has one id, however often it is sent");
        told.ShouldAllBe(delivery => delivery.Count() == Away + 1);
        told.Select(delivery => Encoding.UTF8.GetString(delivery.First().Body)).ShouldContain(body => body.Contains("Two."));
        foreach (var delivery in told) delivery.ShouldAllBe(one => one.Body.SequenceEqual(delivery.First().Body));
        hooks.Received.ShouldAllBe(one => one.Signature == Signature(one.Signature, one.Body));
        (await ListAsync(world)).Json.AsArray().Select(line => line!["state"]!.GetValue<string>()).ShouldBe(["delivered", "delivered"]);

        await PassAsync(world, TimeSpan.FromDays(1));
        await TellAsync(dispatcher);
        hooks.Received.Count.ShouldBe(2 * (Away + 1), "what was delivered isn't told again");
    }

    [Fact]
    public async Task Dispatch_ProcessDiedAfterItHadSent_SendsTheSameAgain()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-23T01:00:00Z");
        await using var hooks = await HookReceiver.StartAsync();
        var process = Process(world, hooks);
        var (store, sender) = (process.GetRequiredService<IWebhookStore>(), process.GetRequiredService<WebhookSender>());
        await HappenAsync(world, "Gone.");
        var happened = (await store.TakeEventsAsync(1, Cancel)).ShouldHaveSingleItem();
        await store.SpreadAsync(happened.Id, [$"{hooks.Address}/hook/a"], WebhookPayload.Of(happened, null, null), Cancel);
        // As a process does it that dies before it can write that it was delivered.
        var taken = (await store.TakeDueAsync(1, WebhookDispatcher.Hold, Cancel)).ShouldHaveSingleItem();
        (await sender.SendAsync(taken, Cancel)).Error.ShouldBeNull();
        var other = Dispatcher(world, hooks);

        await PassAsync(world, WebhookDispatcher.Hold);
        await TellAsync(other);

        hooks.Received.Count.ShouldBe(2);
        ShouldBeOneDelivery(hooks, world.Time.GetUtcNow());
        (await NextInAsync(world)).ShouldBeNull();
    }

    private static IServiceProvider Process(NightWorld world, HookReceiver hooks) => world.Process(
        ("Webhooks:0:Url", $"{hooks.Address}/hook/a"), ("Webhooks:Secret", Secret), ("Sources:AllowedHosts:0", new Uri(hooks.Address).Authority));

    private static WebhookDispatcher Dispatcher(NightWorld world, HookReceiver hooks) => Process(world, hooks).GetRequiredService<WebhookDispatcher>();

    private static Task TellAsync(WebhookDispatcher dispatcher) => dispatcher.DispatchAsync(Cancel, Cancel);

    // As the triggers of migrations/0005_schedules_webhooks_uploads_review.sql write it.
    private static Task HappenAsync(NightWorld world, string detail) =>
        ExecuteAsync(world, $"insert into webhook_event (kind, schedule, state, detail) values ('schedule.failed', 'nightly', 'failed', '{detail}')");

    private static async Task PassAsync(NightWorld world, TimeSpan time)
    {
        var back = string.Create(CultureInfo.InvariantCulture, $"- interval '{time.TotalSeconds} seconds'");
        await ExecuteAsync(world, $"update webhook_event set at = at {back}, taken_at = taken_at {back}, expanded_at = expanded_at {back}");
        await ExecuteAsync(world, $"update webhook_delivery set created_at = created_at {back}, next_at = next_at {back}, ended_at = ended_at {back}");
        world.Time.Advance(time);
    }

    private static async Task ExecuteAsync(NightWorld world, string sql)
    {
        await using var command = world.Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    // As it was written down, to the second: it comes from the waits, and what has passed since is nothing beside them.
    private static async Task<TimeSpan?> NextInAsync(NightWorld world)
    {
        await using var command = world.Database.DataSource.CreateCommand("select max(ceil(extract(epoch from next_at - now())))::float8 from webhook_delivery where state = 'pending'");
        return await command.ExecuteScalarAsync(Cancel) is double seconds ? TimeSpan.FromSeconds(Math.Max(1, seconds)) : null;
    }

    private static void ShouldBeOneDelivery(HookReceiver hooks, DateTimeOffset now)
    {
        var received = hooks.Received.ToArray();
        received.Select(one => one.Delivery).Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        received.ShouldAllBe(one => one.Event == "schedule.failed" && one.Body.SequenceEqual(received[0].Body));
        received.ShouldAllBe(one => one.Signature == Signature(one.Signature, one.Body));
        // Each is signed when it is sent, so that a receiver may refuse what is old.
        var times = received.Select(one => long.Parse(one.Signature.Split('=', ',')[1], CultureInfo.InvariantCulture)).ToList();
        times.Distinct().Count().ShouldBe(received.Length);
        times[^1].ShouldBe(now.ToUnixTimeSeconds());
    }

    // As docs/api.md tells receivers to do it.
    private static string Signature(string told, byte[] body)
    {
        var time = told.Split('=', ',')[1];
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{time}."), .. body];
        return $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed))}";
    }

    private static async Task<CliResult> ListAsync(NightWorld world, bool json = true)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ConnectionStrings__Postgres"] = world.Database.ConnectionString };
        var running = DarkroomCommand.RunAsync(world.Folder.Path, environment, json ? ["webhook", "list", "--json"] : ["webhook", "list"]);
        return (await running).ShouldExit(0);
    }
}
