using System.Collections.Concurrent;
using System.Diagnostics;
using Darkroom.Jobs.Throttling;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresLimitStoreTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private static readonly TimeSpan Far = TimeSpan.FromHours(5);
    private readonly string _group = NewId();

    private static CallCost One => new(1, 1, 100);

    [Fact]
    public async Task ReserveAsync_ImagesLimited_SpacesByWhatWentBefore() =>
        await ShouldStartAsync(new GroupLimits { Margin = 0, ImagesPerMinute = 5 }, [new(2, 1, 0), new(2, 1, 0), new(2, 1, 0)], 0, 30, 60);

    [Fact]
    public async Task ReserveAsync_RequestsLimited_CountsCalls() =>
        await ShouldStartAsync(new GroupLimits { Margin = 0, RequestsPerMinute = 60 }, [new(10, 16, 99), new(1, 1, 1), new(4, 1, 1)], 0, 1, 2);

    [Fact]
    public async Task ReserveAsync_TokensLimited_CountsTokens() =>
        await ShouldStartAsync(new GroupLimits { Margin = 0, TokensPerMinute = 6000 }, [new(1, 1, 250), new(1, 1, 0), new(1, 1, 100), new(1, 1, 1)], 0, 2.5, 2.5, 3.5);

    [Fact]
    public async Task ReserveAsync_SeveralLimits_TheScarcestDecides() =>
        await ShouldStartAsync(
            new GroupLimits { Margin = 0, RequestsPerMinute = 60, ImagesPerMinute = 30, InputImagesPerMinute = 120 },
            [new(1, 8, 0), new(1, 8, 0), new(1, 8, 0)],
            0, 4, 8);

    [Fact]
    public async Task ReserveAsync_CallsOfSeveralSizes_LeaveRoomForTheLargest() =>
        // One of four after a single one waits for three more units; from then on the pace leaves three of the minute's ten free.
        await ShouldStartAsync(new GroupLimits { Margin = 0, ImagesPerMinute = 10 }, [new(1, 1, 0), new(4, 1, 0), new(1, 1, 0), new(4, 1, 0)], 0, 24, 58.286, 66.857);

    [Fact]
    public async Task ReserveAsync_CallsThatAMinuteTakesAWholeNumberOf_ComeThatFarApart() =>
        await ShouldStartAsync(new GroupLimits { Margin = 0, ImagesPerMinute = 10 }, [new(4, 1, 0), new(4, 1, 0), new(4, 1, 0)], 0, 30, 60);

    [Fact]
    public async Task ReserveAsync_ShortWindow_ComesAsFarApartAsItTakes() =>
        await ShouldStartAsync(new GroupLimits { Margin = 0, ImagesPerMinute = 600, Window = TimeSpan.FromSeconds(1) }, [new(4, 1, 0), new(4, 1, 0), new(4, 1, 0)], 0, 0.5, 1);

    [Fact]
    public async Task ReserveAsync_Margin_IsLeftUnused() =>
        await ShouldStartAsync(new GroupLimits { Margin = 0.2, ImagesPerMinute = 60 }, [One, One, One], 0, 1.25, 2.5);

    [Fact]
    public async Task ReserveAsync_NoLimits_StartsAllAtOnce() => await ShouldStartAsync(new GroupLimits(), [One, One, One], 0, 0, 0);

    [Fact]
    public async Task ReserveAsync_Again_GoesOnWhereItStopped()
    {
        var process = await RegisterAsync();
        var limits = new GroupLimits { Margin = 0, ImagesPerMinute = 0.06 };
        (await ReserveAsync(process, limits, 2)).Delays.Count.ShouldBe(2);
        var next = (await ReserveAsync(process, limits, 1)).Delays.ShouldHaveSingleItem();
        next.TotalSeconds.ShouldBeInRange(1900, 2000);
        (await ScalarAsync<double>("select extract(epoch from next_at - now())::double precision from limit_bucket where limits_group = $1 and dimension = 'images'", Scope.KeyOf(_group)))
            .ShouldBeInRange(2900, 3000);
    }

    [Fact]
    public async Task ReserveAsync_BeyondTheHorizon_IsNotReserved()
    {
        var process = await RegisterAsync();
        var limits = new GroupLimits { Margin = 0, RequestsPerMinute = 60 };
        var reservation = await Limits.ReserveAsync(_group, process, limits, [.. Enumerable.Repeat(One, 10)], TimeSpan.FromSeconds(2.5), Cancel);
        Seconds(reservation.Delays).ShouldBe([0, 1, 2]);
        reservation.RetryIn.TotalSeconds.ShouldBe(0.5, 0.001);
        (await Limits.ReserveAsync(_group, process, limits, [One], TimeSpan.Zero, Cancel)).Delays.ShouldBeEmpty();
    }

    [Fact]
    public async Task HoldAsync_Group_LetsNothingStartBefore()
    {
        var process = await RegisterAsync();
        await HoldAsync(TimeSpan.FromMinutes(10));
        await HoldAsync(TimeSpan.FromMinutes(1));
        var near = await Limits.ReserveAsync(_group, process, new GroupLimits(), [One], TimeSpan.FromSeconds(60), Cancel);
        near.Delays.ShouldBeEmpty();
        near.RetryIn.TotalSeconds.ShouldBeInRange(480, 540);
        (await Limits.ReserveAsync(_group, process, new GroupLimits { Margin = 0, ImagesPerMinute = 60 }, [One, One], Far, Cancel)).Delays.ShouldAllBe(delay => delay > TimeSpan.FromMinutes(9));
        var other = await Limits.ReserveAsync(NewId(), process, new GroupLimits(), [One], TimeSpan.Zero, Cancel);
        other.Delays.ShouldBe([TimeSpan.Zero]);
    }

    [Fact]
    public async Task ReserveAsync_InFlightLimited_IsSharedByAllLiveProcesses()
    {
        var (one, other, third) = (await RegisterAsync(), await RegisterAsync(), await RegisterAsync());
        var limits = new GroupLimits { Margin = 0, MaxInFlight = 5 };
        (await ReserveAsync(one, limits, 3)).Delays.Count.ShouldBe(3);
        (await ReserveAsync(other, limits, 4)).Delays.Count.ShouldBe(2);
        var full = await ReserveAsync(third, limits, 1);
        full.Delays.ShouldBeEmpty();
        full.RetryIn.ShouldBe(TimeSpan.FromMilliseconds(200));

        await Limits.SettleAsync(_group, one, 2, 0, Cancel);
        (await ReserveAsync(third, limits, 4)).Delays.Count.ShouldBe(2);
        await DieAsync(other);
        (await ReserveAsync(third, limits, 4)).Delays.Count.ShouldBe(2);
        await Limits.SettleAsync(_group, one, 100, 0, Cancel);
        (await ReserveAsync(third, limits, 4)).Delays.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ReserveAsync_NewGroupFromManyConnections_NeitherFailsNorLosesAny()
    {
        var process = await RegisterAsync();
        var limits = new GroupLimits { Margin = 0, ImagesPerMinute = 60 };
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(at => Task.Run(async () =>
        {
            if (at % 5 == 0) await HoldAsync(TimeSpan.Zero);
            return await ReserveAsync(process, limits, 3);
        }, Cancel)));
        all.Sum(reservation => reservation.Delays.Count).ShouldBe(60);
        (await ScalarAsync<long>("select count(*) from limit_bucket where limits_group = $1", Scope.KeyOf(_group))).ShouldBe(4);
    }

    [Theory]
    [InlineData(1, 300, 1)]
    [InlineData(2, 600, 1)]
    [InlineData(3, 500, 4)]
    public async Task ReserveAsync_TwoStoresAtOnce_TogetherStayWithinTheLimitInEveryMinute(int seed, double perMinute, int maxImages)
    {
        await using var second = DarkroomDataSource.Create(Database.ConnectionString);
        PostgresLimitStore[] stores = [Limits, new(second, Scope)];
        var limits = new GroupLimits { Margin = 0, ImagesPerMinute = perMinute };
        var starts = new ConcurrentBag<(double Earliest, double Latest, int Images)>();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, worker));
            var process = await RegisterAsync();
            for (var set = 0; set < 15; set++)
            {
                CallCost[] calls = [.. Enumerable.Range(0, random.Next(1, 25)).Select(_ => new CallCost(random.Next(1, maxImages + 1), 1, 0))];
                var before = clock.Elapsed;
                var reservation = await stores[worker % 2].ReserveAsync(_group, process, limits, calls, Far, Cancel);
                var after = clock.Elapsed;
                reservation.Delays.Count.ShouldBe(calls.Length);
                // When the server read its clock isn't known, only between what.
                for (var at = 0; at < calls.Length; at++) starts.Add(((before + reservation.Delays[at]).TotalSeconds, (after + reservation.Delays[at]).TotalSeconds, calls[at].Images));
            }
        }, Cancel)));

        var ordered = starts.OrderBy(start => start.Earliest).ToList();
        for (var from = 0; from < ordered.Count; from++)
        {
            var begin = ordered[from].Earliest;
            ordered.Skip(from).TakeWhile(start => start.Earliest < begin + 60).Where(start => start.Latest < begin + 60).Sum(start => start.Images)
                .ShouldBeLessThanOrEqualTo((int)perMinute);
        }

        // And nothing of the limit is wasted, but for the room that the largest call needs.
        var paced = (ordered.Sum(start => start.Images) - maxImages) * 60 / (perMinute - maxImages + 1);
        (ordered[^1].Latest - ordered[0].Earliest).ShouldBeInRange(paced - 1, paced + 10);
    }

    [Fact]
    public async Task LearnAsync_LowerLimitTold_HoldsForAllAtOnce()
    {
        var limits = new GroupLimits { Margin = 0, ImagesPerMinute = 60 };
        await LearnAsync(LimitNewsKind.Throttled, (LimitDimension.Images, 30));
        await ShouldStartAsync(limits, [One, One, One], 0, 2, 4);
        var state = await StateAsync(LimitDimension.Images);
        (state.ConfiguredPerMinute, state.LearnedPerMinute, state.LearnedFrom).ShouldBe((60, 30, "told"));
        state.UsedLastMinute.ShouldBe(3);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0.5)]
    public async Task LearnAsync_HigherLimitTold_IsUsedWhereLearningIsOn(bool learn, double apart)
    {
        await LearnAsync(LimitNewsKind.Answered, (LimitDimension.Images, 120));
        await ShouldStartAsync(new GroupLimits { Margin = 0, ImagesPerMinute = 60, Learn = learn }, [One, One], 0, apart);
    }

    [Fact]
    public async Task LearnAsync_SlowedDown_HalvesThePaceAndComesBackStepByStep()
    {
        var limits = new GroupLimits { Margin = 0, ImagesPerMinute = 60 };
        await LearnAsync(LimitNewsKind.Slowed);
        await ResetAsync(slowedSecondsAgo: 0);
        await ShouldStartAsync(limits, [One, One], 0, 2);
        await ResetAsync(slowedSecondsAgo: 11);
        await ShouldStartAsync(limits, [One, One], 0, 1.429);
        await ResetAsync(slowedSecondsAgo: 30);
        await ShouldStartAsync(limits, [One, One], 0, 1);
    }

    [Fact]
    public async Task LearnAsync_RefusedWithoutANumberAndNothingConfigured_FindsALimitBelowTheRecentPace()
    {
        var process = await RegisterAsync();
        (await ReserveAsync(process, new GroupLimits(), 100)).Delays.Count.ShouldBe(100);
        await LearnAsync(LimitNewsKind.Throttled);
        var state = await StateAsync(LimitDimension.Requests);
        state.LearnedFrom.ShouldBe("found");
        state.LearnedPerMinute!.Value.ShouldBeInRange(1, 600);
        state.ThrottledLastMinute.ShouldBe(1);
        (await ReserveAsync(process, new GroupLimits(), 2)).Delays[1].ShouldBeGreaterThan(TimeSpan.FromSeconds(0.05));
    }

    [Fact]
    public async Task ReserveAsync_NothingKnownAndLearningOn_RisesFromTwoASecondUntilTold()
    {
        var process = await RegisterAsync();
        var limits = new GroupLimits { Margin = 0, Learn = true };
        Seconds((await ReserveAsync(process, limits, 3)).Delays).ShouldBe([0, 0.5, 1]);
        (await StateAsync(LimitDimension.Requests)).LearnedFrom.ShouldBe("rising");
        await LearnAsync(LimitNewsKind.Throttled, (LimitDimension.Images, 6000));
        await ReserveAsync(process, limits, 1);
        (await StateAsync(LimitDimension.Requests)).LearnedFrom.ShouldBeNull();
    }

    [Theory]
    [InlineData("told", 600, 0, 600)]
    [InlineData("told", 600, 599, 600)]
    [InlineData("told", 600, 3600, 1630.97)]
    [InlineData("found", 600, 20, 895.1)]
    [InlineData("rising", 120, 4, 480)]
    [InlineData("rising", 120, 100000, 10_000_000)]
    public async Task LimitLearned_ByItsOriginAndAge_Grows(string from, double learned, double age, double now) =>
        (await ScalarAsync<double>("select limit_learned($1, $2, $3)", learned, from, age)).ShouldBe(now, 0.01);

    [Fact]
    public async Task SettleAsync_Tokens_AreGivenBackOrCharged()
    {
        var process = await RegisterAsync();
        var limits = new GroupLimits { Margin = 0, TokensPerMinute = 600 };
        await Limits.ReserveAsync(_group, process, limits, [new(1, 1, 3000)], Far, Cancel);
        await Limits.SettleAsync(_group, process, 0, -2000, Cancel);
        (await Limits.ReserveAsync(_group, process, limits, [new(1, 1, 0)], Far, Cancel)).Delays[0].TotalSeconds.ShouldBeInRange(50, 100);
        await Limits.SettleAsync(_group, process, 0, 6000, Cancel);
        (await Limits.ReserveAsync(_group, process, limits, [new(1, 1, 0)], Far, Cancel)).Delays[0].TotalSeconds.ShouldBeInRange(650, 700);
    }

    private Task LearnAsync(LimitNewsKind kind, params (string Dimension, double PerMinute)[] told) =>
        Limits.LearnAsync(new LimitNews(_group, kind, told.ToDictionary(t => t.Dimension, t => t.PerMinute, StringComparer.Ordinal), TimeSpan.Zero), Cancel);

    private async Task<LimitState> StateAsync(string dimension) =>
        (await Limits.ReadAsync(Cancel)).Single(state => state.Group == _group && state.Dimension == dimension);

    private async Task ResetAsync(int slowedSecondsAgo)
    {
        await ExecuteAsync("update limit_group set slowed_at = now() - make_interval(secs => $2) where limits_group = $1", Scope.KeyOf(_group), slowedSecondsAgo);
        await ExecuteAsync("update limit_bucket set next_at = '-infinity' where limits_group = $1", Scope.KeyOf(_group));
    }

    private Task HoldAsync(TimeSpan time) =>
        Limits.LearnAsync(new LimitNews(_group, LimitNewsKind.Throttled, new Dictionary<string, double>(StringComparer.Ordinal), time), Cancel);

    private static IEnumerable<double> Seconds(IEnumerable<TimeSpan> delays) => delays.Select(delay => Math.Round(delay.TotalSeconds, 3));

    private async Task ShouldStartAsync(GroupLimits limits, CallCost[] calls, params double[] seconds)
    {
        var reservation = await Limits.ReserveAsync(_group, await RegisterAsync(), limits, calls, Far, Cancel);
        Seconds(reservation.Delays).ShouldBe(seconds);
        reservation.RetryIn.ShouldBe(TimeSpan.Zero);
    }

    private Task<StartReservation> ReserveAsync(long process, GroupLimits limits, int calls) =>
        Limits.ReserveAsync(_group, process, limits, [.. Enumerable.Repeat(One, calls)], Far, Cancel);
}
