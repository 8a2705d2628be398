using System.Collections.Concurrent;
using Darkroom.Jobs.Throttling;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>What holds over all processes at once. Starts are told by the database's clock, so nothing here depends on how fast the machine is.</summary>
public sealed class SharedPaceTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private const int Sessions = 16;
    private static readonly TimeSpan Far = TimeSpan.FromHours(5);
    private static readonly TimeSpan Horizon = TimeSpan.FromSeconds(1);
    private readonly string _group = NewId();

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 60)]
    [InlineData(3, 5)]
    public async Task ReserveAsync_SixteenSessions_NoWindowHasMoreThanALimit(int seed, int window)
    {
        var limits = new GroupLimits { Margin = 0, RequestsPerMinute = 400, ImagesPerMinute = 600, InputImagesPerMinute = 900, TokensPerMinute = 60_000, Window = TimeSpan.FromSeconds(window) };
        var starts = new ConcurrentBag<(double At, CallCost Cost)>();
        await GetAheadAsync(limits);
        await EachSessionAsync(async (session, store, process) =>
        {
            var random = new Random(HashCode.Combine(seed, session));
            for (var set = 0; set < 8; set++)
            {
                CallCost[] calls = [.. Enumerable.Range(0, random.Next(1, 16)).Select(_ => new CallCost(random.Next(1, 5), random.Next(1, 9), random.Next(0, 300)))];
                var reservation = await store.ReserveAsync(_group, process, limits, calls, Far, Cancel);
                reservation.Delays.Count.ShouldBe(calls.Length);
                for (var at = 0; at < calls.Length; at++) starts.Add(((reservation.At!.Value + reservation.Delays[at]).TotalSeconds, calls[at]));
            }
        });

        var ordered = starts.OrderBy(start => start.At).ToList();
        Most(ordered, window, start => 1).ShouldBeLessThanOrEqualTo((limits.RequestsPerMinute.Value * window / 60) + 1e-6);
        Most(ordered, window, start => start.Images).ShouldBeLessThanOrEqualTo((limits.ImagesPerMinute.Value * window / 60) + 1e-6);
        Most(ordered, window, start => start.InputImages).ShouldBeLessThanOrEqualTo((limits.InputImagesPerMinute.Value * window / 60) + 1e-6);
        // Tokens are estimates: the rule is that what a window has more than its part is one call.
        Most(ordered, window, start => start.Tokens).ShouldBeLessThanOrEqualTo((limits.TokensPerMinute.Value * window / 60) + 300);
        // And nothing is wasted: the scarcest dimension leaves no gap that its next call doesn't need.
        ordered.Zip(ordered.Skip(1), (one, next) => next.At - one.At).Max().ShouldBeLessThan(60.0 / 600 * 8);
    }

    [Fact]
    public async Task ReserveAsync_SixteenSessionsOfOneSize_UseAllOfTheLimit()
    {
        var limits = new GroupLimits { Margin = 0, ImagesPerMinute = 600 };
        var starts = new ConcurrentBag<double>();
        await GetAheadAsync(limits);
        await EachSessionAsync(async (_, store, process) =>
        {
            for (var set = 0; set < 5; set++)
            {
                var reservation = await store.ReserveAsync(_group, process, limits, [.. Enumerable.Repeat(new CallCost(1, 1, 0), 9)], Far, Cancel);
                foreach (var delay in reservation.Delays) starts.Add((reservation.At!.Value + delay).TotalSeconds);
            }
        });

        var ordered = starts.Order().ToList();
        ordered.Count.ShouldBe(Sessions * 45);
        // A tenth of a second each, to the microsecond that the database keeps.
        ordered.Zip(ordered.Skip(1), (one, next) => next - one).ShouldAllBe(gap => Math.Abs(gap - 0.1) < 0.00001);
    }

    [Fact]
    public async Task ReserveAsync_SixteenSessions_NeverHaveMoreInFlightThanTheLimit()
    {
        var limits = new GroupLimits { MaxInFlight = 10 };
        var (held, most) = (0, 0);
        await EachSessionAsync(async (session, store, process) =>
        {
            var random = new Random(session);
            for (var round = 0; round < 12; round++)
            {
                var granted = (await store.ReserveAsync(_group, process, limits, [.. Enumerable.Repeat(new CallCost(1, 1, 0), random.Next(1, 5))], Horizon, Cancel)).Delays.Count;
                var now = Interlocked.Add(ref held, granted);
                for (var seen = Volatile.Read(ref most); now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen; seen = Volatile.Read(ref most))
                {
                    // Another session saw more in between.
                }

                // Counted out before it is given back, so that this count is never above the database's.
                Interlocked.Add(ref held, -granted);
                if (granted > 0) await store.SettleAsync(_group, process, granted, 0, Cancel);
            }
        });

        most.ShouldBeInRange(1, 10);
        (await ScalarAsync<long>("select coalesce(sum(held), 0) from limit_slot where limits_group = $1", Scope.KeyOf(_group))).ShouldBe(0);
    }

    [Fact]
    public async Task ReserveAsync_ProcessThatDiedWithStartsReserved_CostsOthersOneSecondsWorth()
    {
        var (dying, other) = (await RegisterAsync(), await RegisterAsync());
        var limits = new GroupLimits { Margin = 0, ImagesPerMinute = 120, MaxInFlight = 50 };
        var lost = await Limits.ReserveAsync(_group, dying, limits, [.. Enumerable.Repeat(new CallCost(1, 1, 0), 40)], Horizon, Cancel);
        // Of forty that waited only those that start within the second.
        lost.Delays.Count.ShouldBe(3);
        await DieAsync(dying);

        var next = await Limits.ReserveAsync(_group, other, limits, [new(1, 1, 0)], Far, Cancel);
        (next.At!.Value + next.Delays.Single() - lost.At!.Value).TotalSeconds.ShouldBeLessThanOrEqualTo(Math.Max(1.5, (next.At.Value - lost.At.Value).TotalSeconds) + 0.001);
        (await StateAsync(LimitDimension.Images)).InFlight.ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ReserveAsync_CallThatWaitsForOneDimension_HoldsNothingOfTheOthers(int seed)
    {
        var random = new Random(seed);
        var process = await RegisterAsync();
        var limits = new GroupLimits { Margin = 0, RequestsPerMinute = 60_000, ImagesPerMinute = 60_000, InputImagesPerMinute = 60_000, TokensPerMinute = 60_000, MaxInFlight = 1000 };
        (await Limits.ReserveAsync(_group, process, limits, [new(1, 1, 1)], Horizon, Cancel)).Delays.Count.ShouldBe(1);
        for (var round = 0; round < 20; round++)
        {
            // One dimension is out for an hour; whichever call takes of it has to wait, and takes nothing meanwhile.
            var scarce = random.Next(3);
            var dimension = new[] { LimitDimension.Images, LimitDimension.InputImages, LimitDimension.Tokens }[scarce];
            await ExecuteAsync("update limit_bucket set next_at = now() - interval '1 hour', largest_call = 1, smallest_call = 1, call_sizes_until = '-infinity' where limits_group = $1", Scope.KeyOf(_group));
            await ExecuteAsync("update limit_bucket set next_at = now() + interval '1 hour' where limits_group = $1 and dimension = $2", Scope.KeyOf(_group), dimension);
            var before = await BucketsAsync();
            var reservation = await Limits.ReserveAsync(_group, process, limits, [new(random.Next(1, 11), random.Next(1, 17), random.Next(1, 9000)), new(1, 1, 1)], Horizon, Cancel);
            reservation.Delays.ShouldBeEmpty();
            reservation.RetryIn.ShouldBeGreaterThan(TimeSpan.FromMinutes(50));
            (await BucketsAsync()).ShouldBe(before);
        }

        (await ScalarAsync<long>("select held::bigint from limit_slot where limits_group = $1", Scope.KeyOf(_group))).ShouldBe(1);
    }

    [Fact]
    public async Task SettleAsync_SixteenSessions_LeaveTheLimitAsIfWhatWasUsedHadBeenKnown()
    {
        var limits = new GroupLimits { Margin = 0, TokensPerMinute = 600_000 };
        // So far ahead that the group doesn't idle meanwhile, when what is given back would be lost.
        await Limits.ReserveAsync(_group, await RegisterAsync(), limits, [new(1, 1, 60_000_000)], Far, Cancel);
        var before = await NextTokenAsync();
        var used = 0L;
        await EachSessionAsync(async (session, store, process) =>
        {
            var random = new Random(session);
            for (var call = 0; call < 10; call++)
            {
                var (estimated, real) = (random.Next(1, 20_000), random.Next(0, 20_000));
                await store.ReserveAsync(_group, process, limits, [new(1, 1, estimated)], Far, Cancel);
                await store.SettleAsync(_group, process, 0, real - estimated, Cancel);
                Interlocked.Add(ref used, real);
            }
        });

        // 600,000 a minute are 10,000 a second; the database rounds each write to a microsecond.
        (await NextTokenAsync() - before).ShouldBe(used / 10_000.0, 0.001);
    }

    [Fact]
    public async Task LearnAsync_LimitUnderANameOfTheServices_IsShownAndStandsInNobodysWay()
    {
        await TellAsync(new ToldLimit(1_000_000, 250_000, TimeSpan.FromMinutes(5)));
        var state = await StateAsync("pixels");
        (state.ConfiguredPerMinute, state.LearnedPerMinute, state.LearnedFrom, state.UsedLastMinute, state.NextIn).ShouldBe((null, 1_000_000, "told", 750_000, TimeSpan.Zero));
        state.LearnedAgo!.Value.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(2));
        // Neither paced by it, nor kept from finding out the limits that pace.
        var process = await RegisterAsync();
        (await Limits.ReserveAsync(_group, process, new GroupLimits(), [.. Enumerable.Repeat(new CallCost(1, 1, 1), 100)], TimeSpan.Zero, Cancel)).Delays.Count.ShouldBe(100);
        (await Limits.ReserveAsync(_group, process, new GroupLimits { Learn = true }, [new(1, 1, 1)], Far, Cancel)).Delays.Count.ShouldBe(1);
        (await StateAsync(LimitDimension.Requests)).LearnedFrom.ShouldBe("rising");
    }

    [Fact]
    public async Task LearnAsync_LimitUnderANameOfTheServicesHasRunOut_NothingStartsUntilItsReset()
    {
        await TellAsync(new ToldLimit(1000, 0, TimeSpan.FromMinutes(40)), TimeSpan.FromMinutes(40));
        (await StateAsync("pixels")).NextIn.ShouldBeInRange(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(40));
        (await Limits.ReserveAsync(_group, await RegisterAsync(), new GroupLimits(), [new(1, 1, 1)], Horizon, Cancel)).Delays.ShouldBeEmpty();
        await TellAsync(new ToldLimit(2000, null, null));
        var state = await StateAsync("pixels");
        (state.LearnedPerMinute, state.UsedLastMinute, state.NextIn).ShouldBe((2000, 0, TimeSpan.Zero));
    }

    // So far that the group doesn't fall idle, however slowly the sessions come: each start then follows from those before it alone.
    private async Task GetAheadAsync(GroupLimits limits) =>
        (await Limits.ReserveAsync(_group, await RegisterAsync(), limits, [.. Enumerable.Repeat(new CallCost(1, 1, 0), 1200)], Far, Cancel)).Delays.Count.ShouldBe(1200);

    // In any window of so many seconds; a thousandth less, since the database keeps times to the microsecond only.
    private static double Most(List<(double At, CallCost Cost)> starts, int window, Func<CallCost, long> units)
    {
        var (most, sum, first) = (0L, 0L, 0);
        foreach (var start in starts)
        {
            sum += units(start.Cost);
            while (starts[first].At <= start.At - window + 0.001) sum -= units(starts[first++].Cost);
            most = Math.Max(most, sum);
        }

        return most;
    }

    private async Task EachSessionAsync(Func<int, PostgresLimitStore, long, Task> work)
    {
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(session => Task.Run(async () =>
        {
            // A connection of its own, as another process has.
            await using var source = DarkroomDataSource.Create(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { MaxPoolSize = 1 }.ConnectionString);
            await work(session, new PostgresLimitStore(source, Scope), await RegisterAsync());
        }, Cancel)));
    }

    private Task TellAsync(ToldLimit told, TimeSpan hold = default) => Limits.LearnAsync(
        new LimitNews(_group, LimitNewsKind.Answered, new Dictionary<string, double>(StringComparer.Ordinal), hold)
        {
            Others = new Dictionary<string, ToldLimit>(StringComparer.Ordinal) { ["pixels"] = told },
        },
        Cancel);

    private Task<string> BucketsAsync() => ScalarAsync<string>(
        "select coalesce(jsonb_agg(to_jsonb(b) order by b.dimension), '[]')::text || (select coalesce(sum(held), 0)::text from limit_slot where limits_group = $1) from limit_bucket b where limits_group = $1",
        Scope.KeyOf(_group));

    private Task<double> NextTokenAsync() =>
        ScalarAsync<double>("select extract(epoch from next_at)::double precision from limit_bucket where limits_group = $1 and dimension = 'tokens'", Scope.KeyOf(_group));

    private async Task<LimitState> StateAsync(string dimension) => (await Limits.ReadAsync(Cancel)).Single(state => state.Group == _group && state.Dimension == dimension);
}
