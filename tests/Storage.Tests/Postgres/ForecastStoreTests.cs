using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Darkroom.Storage.Postgres;
using Microsoft.Extensions.Options;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>Forecasts by what is in the database beside the batch's own pace: limits that were learned, and hours.</summary>
public sealed class ForecastStoreTests : OwnDatabaseTest
{
    private static readonly string Group = ModelBook.Load(null).Find(Model).LimitsGroup;

    [Theory]
    // 41 items of two images each; the first image needs no waiting.
    [InlineData(5, false, 81 / 5.0)]
    [InlineData(50, false, 81 / 20.0)]
    [InlineData(50, true, 81 / 50.0)]
    public async Task GetAsync_ALimitWasTold_GoesByTheOneThatHolds(double told, bool learn, double minutes)
    {
        var id = await ImportAsync(41);
        await Limits.LearnAsync(News(LimitNewsKind.Throttled, told), Cancel);

        var forecast = (await Forecasts(new GroupLimits { ImagesPerMinute = 20, Learn = learn }).GetAsync(id, Cancel)).ShouldNotBeNull();

        // A limit that was told stands for ten minutes, so that nothing hangs on how long this takes.
        forecast.Least.ShouldNotBeNull().ShouldBe(TimeSpan.FromMinutes(minutes), TimeSpan.FromMilliseconds(1));
        forecast.FinishEstimate.ShouldNotBeNull().ShouldBe(forecast.Now.AddMinutes(minutes), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task GetAsync_LimitStillRises_IsNone()
    {
        var id = await ImportAsync(41);
        await Limits.ReserveAsync(Group, await RegisterAsync(), new GroupLimits { Learn = true }, [new CallCost(1, 1, 0)], TimeSpan.FromSeconds(1), Cancel);
        (await Limits.ReadAsync(Cancel)).ShouldContain(state => state.LearnedFrom == "rising");

        (await Forecasts(new GroupLimits { Learn = true }).GetAsync(id, Cancel)).ShouldNotBeNull().Least.ShouldBeNull();
    }

    [Fact]
    public async Task GetAsync_HoursAreOver_CountsFromTheNextOpening()
    {
        var id = NewId();
        var now = await ScalarAsync<DateTime>("select date_trunc('minute', now())");
        // Open for half an hour, six hours from now; by whole minutes, as people give them.
        var (from, to) = (TimeOnly.FromDateTime(now.AddHours(6)), TimeOnly.FromDateTime(now.AddHours(6.5)));
        var hours = new BatchHours(from, to, "UTC");
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty) { Hours = hours, Deadline = new DateTimeOffset(now.AddHours(5), TimeSpan.Zero) }, PlanAsync(41), Cancel);
        await Jobs.OpenAsync(id, Cancel);

        var forecast = (await Forecasts(new GroupLimits { ImagesPerMinute = 2 }).GetAsync(id, Cancel)).ShouldNotBeNull();

        forecast.Hours.ShouldBe(hours);
        // 81 images at one limit of two a minute are 40.5 minutes: half an hour on the first day, the rest on the second.
        forecast.FinishEstimate.ShouldNotBeNull().UtcDateTime.ShouldBe(now.AddHours(30).AddMinutes(10.5), TimeSpan.FromMilliseconds(1));
        forecast.IsLate.ShouldBe(true);
        DeadlineRule.Decide((await Forecasts(new GroupLimits()).ListWithDeadlineAsync(Cancel)).ShouldHaveSingleItem()).ShouldBe(DeadlineVerdict.AtRisk, "it can't even begin before");
    }

    [Fact]
    public async Task GetAsync_TheServiceToldToWait_AddsTheWaitAndTheDeadlineIsAtRisk()
    {
        var id = NewId();
        var deadline = DateTimeOffset.UtcNow.AddMinutes(12);
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty) { Deadline = deadline }, PlanAsync(41), Cancel);
        await Jobs.OpenAsync(id, Cancel);
        var forecasts = Forecasts(new GroupLimits { ImagesPerMinute = 20 });
        DeadlineRule.Decide((await forecasts.GetAsync(id, Cancel)).ShouldNotBeNull()).ShouldBe(DeadlineVerdict.Nothing);

        await Limits.LearnAsync(News(LimitNewsKind.Throttled, 20) with { Hold = TimeSpan.FromMinutes(10), Told = Told(600) }, Cancel);

        var held = (await forecasts.GetAsync(id, Cancel)).ShouldNotBeNull();
        // Ten minutes, and 81 images at twenty a minute.
        held.FinishEstimate.ShouldNotBeNull().ShouldBe(held.Now.AddMinutes(10 + (81 / 20.0)), TimeSpan.FromSeconds(30));
        held.Waits.ShouldContain(wait => wait.Kind == "hold");
        DeadlineRule.Decide((await forecasts.ListWithDeadlineAsync(Cancel)).Single(known => known.BatchId == id)).ShouldBe(DeadlineVerdict.AtRisk);
    }

    private static LimitNews News(LimitNewsKind kind, double images) =>
        new(Group, kind, new Dictionary<string, double>(StringComparer.Ordinal) { [LimitDimension.Images] = images }, TimeSpan.Zero);

    private PostgresForecastStore Forecasts(GroupLimits limits) =>
        new(Source, Scope, Waits, new LeastTime(ModelBook.Load(null), Options.Create(new LimitsOptions { ["Default"] = limits })));

    private static ToldHold Told(double seconds) => new(TimeSpan.FromSeconds(seconds), 429, "Please wait.");
}
