using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Throttling;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>What was learned of one endpoint and key holds for no other, and can be dropped; and refusals that last are counted over all processes.</summary>
public sealed class LimitScopeTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private static readonly TimeSpan Far = TimeSpan.FromHours(5);
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);
    private static readonly Actor By = new("jane", "cli");
    private readonly string _group = NewId();

    public static TheoryData<string, string?> Others => new() { { "http://127.0.0.1:2/v1", "sk-one" }, { "http://127.0.0.1:1/v2", "sk-one" }, { "http://127.0.0.1:1/v1", "sk-two" }, { "http://127.0.0.1:1/v1", null } };

    [Theory]
    [MemberData(nameof(Others))]
    public async Task ReserveAsync_LearnedAndHeldInOneScope_HoldsNothingInTheOther(string address, string? key)
    {
        var other = Store(address, key);
        var process = await RegisterAsync();
        await Limits.LearnAsync(News(LimitNewsKind.Throttled, TimeSpan.FromHours(1), 12), Cancel);
        await Limits.LearnAsync(News(LimitNewsKind.Slowed, TimeSpan.Zero, 12), Cancel);
        var limits = new GroupLimits { Margin = 0, ImagesPerMinute = 600 };
        var delays = (await other.ReserveAsync(_group, process, limits, [new(1, 1, 0), new(1, 1, 0)], Far, Cancel)).Delays;
        delays.Count.ShouldBe(2);
        delays[0].ShouldBe(TimeSpan.Zero);
        delays[1].TotalSeconds.ShouldBe(0.1, 0.001);
        (await Limits.ReserveAsync(_group, process, limits, [new(1, 1, 0)], Far, Cancel)).Delays.ShouldHaveSingleItem().ShouldBeGreaterThan(TimeSpan.FromMinutes(59));

        var seen = (await other.ReadAsync(Cancel)).Where(state => state.Group == _group && state.Dimension == LimitDimension.Images).ToList();
        seen.Count.ShouldBe(2);
        var (ours, theirs) = (seen.Single(state => state.IsOurs), seen.Single(state => !state.IsOurs));
        (ours.Endpoint, ours.LearnedPerMinute).ShouldBe((address, null));
        (theirs.Endpoint, theirs.LearnedPerMinute).ShouldBe((Scope.Endpoint, 12));
    }

    [Fact]
    public async Task ReserveAsync_InFlightLimited_CountsByScope()
    {
        var other = Store("http://127.0.0.1:2/v1", "sk-one");
        var process = await RegisterAsync();
        var limits = new GroupLimits { Margin = 0, MaxInFlight = 2 };
        CallCost[] calls = [new(1, 1, 0), new(1, 1, 0), new(1, 1, 0)];
        (await Limits.ReserveAsync(_group, process, limits, calls, Far, Cancel)).Delays.Count.ShouldBe(2);
        (await other.ReserveAsync(_group, process, limits, calls, Far, Cancel)).Delays.Count.ShouldBe(2);
        await other.SettleAsync(_group, process, 2, 0, Cancel);
        (await Limits.ReserveAsync(_group, process, limits, calls, Far, Cancel)).Delays.ShouldBeEmpty();
        (await other.ReserveAsync(_group, process, limits, calls, Far, Cancel)).Delays.Count.ShouldBe(2);
    }

    [Fact]
    public async Task ForgetAsync_Group_DropsWhatThisScopeLearnedOfItAndNothingElse()
    {
        var (process, second, other) = (await RegisterAsync(), NewId(), Store("http://127.0.0.1:2/v1", "sk-one"));
        foreach (var store in new[] { Limits, other }) await store.LearnAsync(News(LimitNewsKind.Throttled, TimeSpan.FromHours(1), 12), Cancel);
        await Limits.LearnAsync(News(LimitNewsKind.Slowed, TimeSpan.Zero, 12), Cancel);
        await Limits.LearnAsync(News(LimitNewsKind.Answered, TimeSpan.Zero, 7) with { Group = second }, Cancel);
        await Limits.LearnAsync(
            News(LimitNewsKind.Answered, TimeSpan.Zero, 12) with { Others = new Dictionary<string, ToldLimit>(StringComparer.Ordinal) { ["pixels"] = new(99, 0, TimeSpan.FromHours(1)) } }, Cancel);

        var forgotten = await Limits.ForgetAsync(_group, By, Cancel);

        forgotten.Select(limit => (limit.Group, limit.Dimension, limit.PerMinute, limit.From)).ShouldBe([(_group, "images", 12, "told"), (_group, "pixels", 99, "told"), (_group, "requests", null, null)], ignoreOrder: true);
        var requests = forgotten.Single(limit => limit.Dimension == "requests");
        requests.HeldFor.ShouldBeGreaterThan(TimeSpan.FromMinutes(59));
        requests.SlowedTo.ShouldBe(0.5);
        (await Limits.ReserveAsync(_group, process, new GroupLimits { Margin = 0 }, [new(1, 1, 0), new(1, 1, 0)], Far, Cancel)).Delays.ShouldBe([TimeSpan.Zero, TimeSpan.Zero]);
        (await Limits.ForgetAsync(_group, By, Cancel)).ShouldBeEmpty();
        (await other.ReadAsync(Cancel)).Single(state => state.IsOurs && state.Group == _group && state.Dimension == "images").LearnedPerMinute.ShouldBe(12);
        (await Limits.ReadAsync(Cancel)).Single(state => state.Group == second && state.Dimension == "images").LearnedPerMinute.ShouldBe(7);
        (await ScalarAsync<string>("select detail ->> 'endpoint' from audit where action = 'limits.forget' and detail ->> 'group' = $1 limit 1", _group)).ShouldBe(Scope.Endpoint);

        (await Limits.ForgetAsync(group: null, By, Cancel)).ShouldContain(limit => limit.Group == second && limit.PerMinute == 7);
    }

    [Fact]
    public async Task RefusedAsync_NoSuccess_CountsFromTheFirstRefusalOverAllProcesses()
    {
        var batch = await RunningAsync(TimeSpan.FromHours(1));
        (await RefusedAsync(batch)).ShouldBe(TimeSpan.Zero);
        await AgeAsync(TimeSpan.FromMinutes(9));
        var later = await RefusedAsync(batch);
        later.ShouldBeInRange(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(9.5));
        (await ScalarAsync<string>("select refused_words from limit_group where limits_group = $1", Scope.KeyOf(_group))).ShouldBe("Slow.");
        await Limits.SucceededAsync(_group, Cancel);
        (await RefusedAsync(batch)).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task RefusedAsync_OtherScopeSucceeds_CountsOn()
    {
        var batch = await RunningAsync(TimeSpan.FromHours(1));
        await RefusedAsync(batch);
        await AgeAsync(TimeSpan.FromMinutes(9));
        await Store("http://127.0.0.1:2/v1", "sk-one").SucceededAsync(_group, Cancel);
        (await RefusedAsync(batch)).ShouldBeGreaterThan(TimeSpan.FromMinutes(8));
    }

    [Fact]
    public async Task RefusedAsync_LeftAloneForLong_BeginsAnew()
    {
        var batch = await RunningAsync(TimeSpan.FromHours(5));
        await RefusedAsync(batch);
        await AgeAsync(TimeSpan.FromHours(2));
        (await RefusedAsync(batch)).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task RefusedAsync_BatchWasResumedLately_CountsFromThen()
    {
        var batch = await RunningAsync(TimeSpan.FromMinutes(2));
        await RefusedAsync(batch);
        await AgeAsync(TimeSpan.FromMinutes(9));
        (await RefusedAsync(batch)).ShouldBeInRange(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2.5));
        await Batches.ApplyAsync(batch, BatchAction.Pause, By, Cancel);
        await Batches.ApplyAsync(batch, BatchAction.Resume, By, Cancel);
        await Jobs.OpenAsync(batch, Cancel);
        (await RefusedAsync(batch)).ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task RefusedAsync_LongWaitWasTold_IsWaitedOut()
    {
        var batch = await RunningAsync(TimeSpan.FromHours(5));
        await RefusedAsync(batch, TimeSpan.FromHours(1));
        await AgeAsync(TimeSpan.FromMinutes(30));
        (await RefusedAsync(batch, TimeSpan.FromHours(1))).ShouldBe(TimeSpan.Zero, "the wait isn't over");
        await AgeAsync(TimeSpan.FromMinutes(31));
        (await RefusedAsync(batch, TimeSpan.FromHours(1))).ShouldBeGreaterThan(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task RefusedAsync_ProbeOfABatchThatWasHaltedForIt_EndsAtOnce()
    {
        var batch = await RunningAsync(TimeSpan.Zero);
        await ExecuteAsync("update batch set probing = true, reason = 'throttled', detail = 'd' where id = $1", batch);
        (await RefusedAsync(batch)).ShouldBe(TimeSpan.MaxValue);
    }

    private Task<TimeSpan> RefusedAsync(string batch, TimeSpan? wait = null) =>
        Limits.RefusedAsync(_group, batch, new LimitRefusal(wait ?? TimeSpan.FromSeconds(5), "Slow."), TenMinutes, Cancel);

    private async Task<string> RunningAsync(TimeSpan since)
    {
        var batch = await ImportAsync(1);
        await ExecuteAsync("update batch set running_since = now() - $2 where id = $1", batch, since);
        return batch;
    }

    private Task AgeAsync(TimeSpan time) => ExecuteAsync(
        "update limit_group set refused_since = refused_since - $2, refused_at = refused_at - $2, refused_until = refused_until - $2 where limits_group = $1", Scope.KeyOf(_group), time);

    private LimitNews News(LimitNewsKind kind, TimeSpan hold, double images) =>
        new(_group, kind, new Dictionary<string, double>(StringComparer.Ordinal) { [LimitDimension.Images] = images }, hold);

    private PostgresLimitStore Store(string address, string? key) => new(Source, LimitScope.Of(new EndpointOptions { BaseUrl = address, ApiKey = key }, account: null));
}
