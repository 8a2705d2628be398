using Darkroom.Jobs.Throttling;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>Calls that begin late, and what is reserved after them.</summary>
public sealed class PostgresLatenessTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private static readonly GroupLimits OneASecond = new() { Margin = 0, ImagesPerMinute = 60 };
    private readonly string _group = NewId();

    [Fact]
    public async Task BeganLateAsync_WhereNothingWasRefusedWithinHalfAMinute_IsBorne()
    {
        await ReserveAsync();
        (await PutsOffAsync(0.25)).ShouldBe(0);
        await ThrottledAsync();
        (await PutsOffAsync(0.25)).ShouldBe(0.25, 0.0001);
        await ExecuteAsync("update limit_group set throttled_bin = throttled_bin - 3 where limits_group = $1", Scope.KeyOf(_group));
        (await PutsOffAsync(0.75)).ShouldBe(0);
        (await ReserveAsync()).PutOff.TotalSeconds.ShouldBe(0.25, 0.0001);
    }

    [Fact]
    public async Task BeganLateAsync_OneOfTwoHundredRefused_IsBorneAndOneMoreIsNot()
    {
        await ReserveAsync();
        await ThrottledAsync();
        await ExecuteAsync("update limit_bucket set used = '{80,60,60,0,0,0,0}' where limits_group = $1 and dimension = 'requests'", Scope.KeyOf(_group));
        (await PutsOffAsync(0.25)).ShouldBe(0);
        await ThrottledAsync();
        (await PutsOffAsync(0.25)).ShouldBe(0.25, 0.0001);
    }

    [Fact]
    public async Task BeganLateAsync_LessThanAUnit_PutsOffWhatComesByAsMuch()
    {
        (await ReserveAsync()).PutOff.ShouldBe(TimeSpan.Zero);
        await ThrottledAsync();
        (await PutsOffAsync(0.25)).ShouldBe(0.25, 0.0001);
        (await ReserveAsync()).PutOff.TotalSeconds.ShouldBe(0.25, 0.0001);
    }

    [Fact]
    public async Task BeganLateAsync_WhatWasToldAlready_IsntCountedTwice()
    {
        await ReserveAsync();
        await ThrottledAsync();
        await PutsOffAsync(0.25);
        (await PutsOffAsync(0.25)).ShouldBe(0, "another process was late at the same moment");
        (await PutsOffAsync(0.2)).ShouldBe(0);
        (await PutsOffAsync(0.35)).ShouldBe(0.1, 0.0001);
    }

    [Fact]
    public async Task BeganLateAsync_FrozenForLong_PutsOffByTheUnitsThatCameInBetween()
    {
        await ReserveAsync();
        await ThrottledAsync();
        (await PutsOffAsync(60, calls: 2)).ShouldBe(2, 0.0001);
        (await ReserveAsync()).PutOff.TotalSeconds.ShouldBe(2, 0.0001);
    }

    [Fact]
    public async Task BeganLateAsync_NothingLimited_PutsNothingOff()
    {
        await Limits.ReserveAsync(_group, await RegisterAsync(), new GroupLimits(), [new(1, 1, 0)], TimeSpan.Zero, Cancel);
        await ExecuteAsync("insert into limit_group (limits_group, throttled, throttled_bin) values ($1, '{1,0,0,0,0,0,0}', floor(extract(epoch from now()) / 10))", Scope.KeyOf(_group));
        (await PutsOffAsync(0.25)).ShouldBe(0);
    }

    [Fact]
    public async Task BeganLateAsync_GroupNeverReserved_IsNoError() => await LateAsync(0.25, 1);

    private async Task<StartReservation> ReserveAsync() =>
        await Limits.ReserveAsync(_group, await RegisterAsync(), OneASecond, [new(1, 1, 0)], TimeSpan.FromHours(1), Cancel);

    private Task ThrottledAsync() =>
        Limits.LearnAsync(new LimitNews(_group, LimitNewsKind.Throttled, new Dictionary<string, double> { [LimitDimension.Images] = 60 }, TimeSpan.Zero), Cancel);

    private async Task<double> PutsOffAsync(double until, int calls = 1)
    {
        var before = await NextAsync();
        await LateAsync(until, calls);
        return await NextAsync() - before;
    }

    private Task LateAsync(double until, int calls) =>
        Limits.BeganLateAsync(_group, new LateStarts(calls, new CallCost(calls, 0, 0), TimeSpan.FromSeconds(until)), Cancel);

    private Task<double> NextAsync() =>
        ScalarAsync<double>("select extract(epoch from next_at)::double precision from limit_bucket where limits_group = $1 and dimension = 'images'", Scope.KeyOf(_group));
}
