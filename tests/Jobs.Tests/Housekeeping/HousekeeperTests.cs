using Darkroom.Jobs.Housekeeping;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Housekeeping;

public sealed class HousekeeperTests
{
    private readonly IHousekeepingStore _store = Substitute.For<IHousekeepingStore>();

    [Fact]
    public async Task SweepAsync_FullSets_GoesOnUntilOneIsnt()
    {
        _store.SweepAsync(default, default, default).ReturnsForAnyArgs(Set(("process", 1000), ("budget", 3)), Set(("process", 7)));
        (await Keeper().SweepAsync(CancellationToken.None)).ShouldBe(1010);
        await _store.Received(2).SweepAsync(TimeSpan.FromDays(1), 1000, CancellationToken.None);
    }

    [Fact]
    public async Task SweepAsync_WithoutEnd_StopsForThisTime()
    {
        _store.SweepAsync(default, default, default).ReturnsForAnyArgs(Set(("process", 1000)));
        (await Keeper().SweepAsync(CancellationToken.None)).ShouldBe(50_000);
    }

    [Fact]
    public async Task SweepAsync_AnotherIsAtIt_IsNothing()
    {
        _store.SweepAsync(default, default, default).ReturnsForAnyArgs((IReadOnlyDictionary<string, long>?)null);
        (await Keeper().SweepAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public void Options_Defaults_ArePinnedAndChecked()
    {
        var options = new HousekeepingOptions();
        (options.Interval, options.Keep).ShouldBe((TimeSpan.FromMinutes(5), TimeSpan.FromDays(1)));
        new HousekeepingOptionsValidator().Validate(null, options).Succeeded.ShouldBeTrue();
        new HousekeepingOptionsValidator().Validate(null, new HousekeepingOptions { Keep = TimeSpan.FromMinutes(1) }).Failed.ShouldBeTrue();
        new HousekeepingOptionsValidator().Validate(null, new HousekeepingOptions { Interval = TimeSpan.Zero }).Failed.ShouldBeTrue();
    }

    private static Dictionary<string, long> Set(params (string Table, long Rows)[] rows) => rows.ToDictionary(row => row.Table, row => row.Rows, StringComparer.Ordinal);

    private Housekeeper Keeper() => new(_store, Options.Create(new HousekeepingOptions()), NullLogger<Housekeeper>.Instance);
}
