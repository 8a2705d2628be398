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
        await ShouldStartAsync(new GroupLimits { ImagesPerMinute = 5 }, [new(1, 1, 0), new(2, 1, 0), new(1, 1, 0), new(1, 1, 0)], 0, 12, 36, 48);

    [Fact]
    public async Task ReserveAsync_RequestsLimited_CountsCalls() =>
        await ShouldStartAsync(new GroupLimits { RequestsPerMinute = 60 }, [new(10, 16, 99), new(1, 1, 1), new(4, 1, 1)], 0, 1, 2);

    [Fact]
    public async Task ReserveAsync_TokensLimited_CountsTokens() =>
        await ShouldStartAsync(new GroupLimits { TokensPerMinute = 6000 }, [new(1, 1, 250), new(1, 1, 0), new(1, 1, 100), new(1, 1, 1)], 0, 2.5, 2.5, 3.5);

    [Fact]
    public async Task ReserveAsync_SeveralLimits_TheScarcestDecides() =>
        await ShouldStartAsync(
            new GroupLimits { RequestsPerMinute = 60, ImagesPerMinute = 30, InputImagesPerMinute = 120 },
            [new(1, 1, 0), new(1, 16, 0), new(1, 1, 0), new(3, 1, 0), new(1, 1, 0)],
            0, 2, 10, 12, 18);

    [Fact]
    public async Task ReserveAsync_NoLimits_StartsAllAtOnce() => await ShouldStartAsync(new GroupLimits(), [One, One, One], 0, 0, 0);

    [Fact]
    public async Task ReserveAsync_Again_GoesOnWhereItStopped()
    {
        var process = await RegisterAsync();
        var limits = new GroupLimits { ImagesPerMinute = 0.06 };
        (await ReserveAsync(process, limits, 2)).Delays.Count.ShouldBe(2);
        var next = (await ReserveAsync(process, limits, 1)).Delays.ShouldHaveSingleItem();
        next.TotalSeconds.ShouldBeInRange(1900, 2000);
        (await ScalarAsync<double>("select extract(epoch from next_at - now())::double precision from limit_bucket where limits_group = $1 and dimension = 'images'", _group))
            .ShouldBeInRange(2900, 3000);
    }

    [Fact]
    public async Task ReserveAsync_BeyondTheHorizon_IsNotReserved()
    {
        var process = await RegisterAsync();
        var limits = new GroupLimits { RequestsPerMinute = 60 };
        var reservation = await Limits.ReserveAsync(_group, process, limits, [.. Enumerable.Repeat(One, 10)], TimeSpan.FromSeconds(2.5), Cancel);
        Seconds(reservation.Delays).ShouldBe([0, 1, 2]);
        reservation.RetryIn.TotalSeconds.ShouldBe(0.5, 0.001);
        (await Limits.ReserveAsync(_group, process, limits, [One], TimeSpan.Zero, Cancel)).Delays.ShouldBeEmpty();
    }

    [Fact]
    public async Task HoldAsync_Group_LetsNothingStartBefore()
    {
        var process = await RegisterAsync();
        await Limits.HoldAsync(_group, TimeSpan.FromMinutes(10), Cancel);
        await Limits.HoldAsync(_group, TimeSpan.FromMinutes(1), Cancel);
        var near = await Limits.ReserveAsync(_group, process, new GroupLimits(), [One], TimeSpan.FromSeconds(60), Cancel);
        near.Delays.ShouldBeEmpty();
        near.RetryIn.TotalSeconds.ShouldBeInRange(480, 540);
        (await Limits.ReserveAsync(_group, process, new GroupLimits { ImagesPerMinute = 60 }, [One, One], Far, Cancel)).Delays.ShouldAllBe(delay => delay > TimeSpan.FromMinutes(9));
        var other = await Limits.ReserveAsync(NewId(), process, new GroupLimits(), [One], TimeSpan.Zero, Cancel);
        other.Delays.ShouldBe([TimeSpan.Zero]);
    }

    [Fact]
    public async Task ReserveAsync_InFlightLimited_IsSharedByAllLiveProcesses()
    {
        var (one, other, third) = (await RegisterAsync(), await RegisterAsync(), await RegisterAsync());
        var limits = new GroupLimits { MaxInFlight = 5 };
        (await ReserveAsync(one, limits, 3)).Delays.Count.ShouldBe(3);
        (await ReserveAsync(other, limits, 4)).Delays.Count.ShouldBe(2);
        var full = await ReserveAsync(third, limits, 1);
        full.Delays.ShouldBeEmpty();
        full.RetryIn.ShouldBe(TimeSpan.FromMilliseconds(200));

        await Limits.ReleaseSlotsAsync(_group, one, 2, Cancel);
        (await ReserveAsync(third, limits, 4)).Delays.Count.ShouldBe(2);
        await DieAsync(other);
        (await ReserveAsync(third, limits, 4)).Delays.Count.ShouldBe(2);
        await Limits.ReleaseSlotsAsync(_group, one, 100, Cancel);
        (await ReserveAsync(third, limits, 4)).Delays.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ReserveAsync_NewGroupFromManyConnections_NeitherFailsNorLosesAny()
    {
        var process = await RegisterAsync();
        var limits = new GroupLimits { ImagesPerMinute = 60 };
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(at => Task.Run(async () =>
        {
            if (at % 5 == 0) await Limits.HoldAsync(_group, TimeSpan.Zero, Cancel);
            return await ReserveAsync(process, limits, 3);
        }, Cancel)));
        all.Sum(reservation => reservation.Delays.Count).ShouldBe(60);
        (await ScalarAsync<long>("select count(*) from limit_bucket where limits_group = $1", _group)).ShouldBe(4);
    }

    [Theory]
    [InlineData(1, 300, 1)]
    [InlineData(2, 600, 1)]
    [InlineData(3, 500, 4)]
    public async Task ReserveAsync_TwoStoresAtOnce_TogetherStayWithinTheLimitInEveryMinute(int seed, double perMinute, int maxImages)
    {
        await using var second = DarkroomDataSource.Create(Database.ConnectionString);
        PostgresLimitStore[] stores = [Limits, new(second)];
        var limits = new GroupLimits { ImagesPerMinute = perMinute };
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
                .ShouldBeLessThanOrEqualTo((int)perMinute + maxImages);
        }

        // And nothing of the limit is wasted.
        var paced = (ordered.Sum(start => start.Images) - maxImages) * 60 / perMinute;
        (ordered[^1].Latest - ordered[0].Earliest).ShouldBeInRange(paced - 1, paced + 10);
    }

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
