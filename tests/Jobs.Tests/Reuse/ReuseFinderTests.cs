using System.Collections.Concurrent;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Tests.Running;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Reuse;

public sealed class ReuseFinderTests
{
    private static readonly Guid Fingerprint = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private static readonly EarlierEdit Earlier = new(5, [new StoredPath("b-0/a-1.png", 10)]);

    private readonly IReuseStore _store = Substitute.For<IReuseStore>();
    private readonly IImageStore _images = Substitute.For<IImageStore>();
    private readonly ISourceVersions _versions = Substitute.For<ISourceVersions>();
    private readonly ReuseOptions _options = new();
    private readonly List<ReuseQuery> _asked = [];
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly RepeatedWarnings _warnings;

    public ReuseFinderTests()
    {
        _warnings = new RepeatedWarnings(_time, new ListLogger<RepeatedWarnings>(_lines));
        _store.FindAsync(null!, default).ReturnsForAnyArgs(call =>
        {
            _asked.AddRange(call.Arg<IReadOnlyList<ReuseQuery>>());
            return [.. call.Arg<IReadOnlyList<ReuseQuery>>().Select(_ => Earlier)];
        });
        _images.HoldsAsync("b-0/a-1.png", 10, Arg.Any<CancellationToken>()).Returns(true);
        Version("\"v1\"");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LookAsync_ReuseOn_FindsItByKeyAndVersion()
    {
        var (item, found) = await LookAsync(Item(ReuseMode.Earlier));
        found.ShouldBe(Earlier);
        _asked.ShouldBe([new ReuseQuery("b-1", item.EditKey!.Value, item.SourceVersion, true)]);
        (item.EditKey, item.SourceVersion).ShouldBe(
            (EditFingerprint.At(Fingerprint, "https://api.openai.com/v1"), EditFingerprint.OfVersions(["etag:\"v1\"", "etag:\"v1\"", "etag:\"v1\""])));
    }

    [Fact]
    public async Task LookAsync_OtherVersion_AsksForAnother()
    {
        var (first, _) = await LookAsync(Item(ReuseMode.Earlier));
        Version("\"v2\"");
        var (second, _) = await LookAsync(Item(ReuseMode.Earlier));
        (second.EditKey == first.EditKey, second.SourceVersion == first.SourceVersion).ShouldBe((true, false));
    }

    [Fact]
    public async Task LookAsync_ReuseOff_RecordsForLaterAndAsksNothing()
    {
        var (item, found) = await LookAsync(Item(ReuseMode.Duplicates));
        (found, _asked.Count).ShouldBe((null, 0));
        item.EditKey.ShouldNotBeNull();
        item.SourceVersion.ShouldBe(EditFingerprint.OfVersions(["etag:\"v1\"", "etag:\"v1\"", "etag:\"v1\""]));
    }

    [Fact]
    public async Task LookAsync_ReuseOffAndAHostThatNeverAnswers_WaitsForASecond()
    {
        _versions.ProbeAsync(null!, default).ReturnsForAnyArgs(new TaskCompletionSource<SourceVersion?>().Task);
        var looking = LookAsync(Item(ReuseMode.Duplicates));
        _time.Advance(TimeSpan.FromSeconds(0.99));
        looking.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(0.01));
        (await looking).Item.SourceVersion.ShouldBeNull();
    }

    [Fact]
    public async Task LookAsync_ReuseOnAndASlowHost_WaitsForIt()
    {
        var answer = new TaskCompletionSource<SourceVersion?>();
        _versions.ProbeAsync(null!, default).ReturnsForAnyArgs(answer.Task);
        var looking = LookAsync(Item(ReuseMode.Earlier));
        _time.Advance(TimeSpan.FromSeconds(10));
        looking.IsCompleted.ShouldBeFalse("an edit that was paid for is worth more than ten seconds");
        answer.SetResult(new SourceVersion(SourceVersionKind.ETag, "\"v1\""));
        (await looking).Found.ShouldBe(Earlier);
    }

    [Fact]
    public async Task LookAsync_RecordingOff_LeavesSourcesAlone()
    {
        _options.Record = false;
        (await LookAsync(Item(ReuseMode.Duplicates))).Item.SourceVersion.ShouldBeNull();
        await _versions.DidNotReceiveWithAnyArgs().ProbeAsync(null!, default);
    }

    [Fact]
    public async Task LookAsync_RowWithDuplicates_AsksWithinItsBatch()
    {
        var (item, found) = await LookAsync(Item(ReuseMode.Duplicates) with { HasDuplicates = true });
        found.ShouldBe(Earlier);
        _asked.ShouldBe([new ReuseQuery("b-1", item.EditKey!.Value, item.SourceVersion, false)]);
    }

    [Fact]
    public async Task LookAsync_Forced_NeverAsks()
    {
        (await LookAsync(Item(ReuseMode.None) with { HasDuplicates = true })).Found.ShouldBeNull();
        _asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task LookAsync_VersionUnknown_GoesByTheUrlAloneUnlessToldNotTo(bool unverified, int asked)
    {
        _options.Unverified = unverified;
        _versions.ProbeAsync(null!, default).ReturnsForAnyArgs((SourceVersion?)null);
        var (item, found) = await LookAsync(Item(ReuseMode.Earlier));
        (item.SourceVersion, found is not null, _asked.Count).ShouldBe((null, unverified, asked));
    }

    [Fact]
    public async Task LookAsync_LocalFileUnreadable_IsNoEarlierContent()
    {
        _versions.ProbeAsync(null!, default).ReturnsForAnyArgs((SourceVersion?)null);
        var item = Item(ReuseMode.Earlier) with { Input = new EditInput([ImageReference.Local("/gone.png")], null) };
        (await LookAsync(item)).Item.SourceVersion.ShouldBe(EditFingerprint.OfVersions(["unreadable"]));
    }

    [Fact]
    public async Task LookAsync_ImageGoneFromTheStore_BuysItAgain()
    {
        _images.HoldsAsync(null!, default, default).ReturnsForAnyArgs(false);
        (await LookAsync(Item(ReuseMode.Earlier))).Found.ShouldBeNull();
    }

    [Fact]
    public async Task LookAsync_ItemFromBeforeFingerprints_IsBought()
    {
        var (item, found) = await LookAsync(Item(ReuseMode.Earlier) with { Fingerprint = null });
        (item.EditKey, found, _asked.Count).ShouldBe((null, null, 0));
    }

    [Fact]
    public async Task LookAsync_HostTellsNoVersionForManyItems_WarnsOnceAndCountsTheRest()
    {
        _versions.ProbeAsync(null!, default).ReturnsForAnyArgs((SourceVersion?)null);
        var finder = Finder();

        for (var at = 1; at <= 500; at++) await finder.LookAsync(Claims.Item(at) with { Fingerprint = Fingerprint, Reuse = ReuseMode.Earlier }, Cancel);
        _lines.ShouldHaveSingleItem().ShouldStartWith("Item key-1: whether its source changed can't be told");

        _time.Advance(TimeSpan.FromMinutes(2));
        _warnings.Close("b-1");
        _lines.Last().ShouldBe("Batch b-1: 499 times more in 2 min: whether a source changed can't be told.");
        _lines.Count.ShouldBe(2);
    }

    [Fact]
    public void Options_Defaults_AreThoseOfTheDocumentation() => (_options.Record, _options.Unverified, ReuseOptions.Section).ShouldBe((true, true, "Reuse"));

    private static ClaimedItem Item(ReuseMode mode) => Claims.Item() with { Fingerprint = Fingerprint, Reuse = mode };

    private void Version(string etag) => _versions.ProbeAsync(null!, default).ReturnsForAnyArgs(new SourceVersion(SourceVersionKind.ETag, etag));

    private Task<(ClaimedItem Item, EarlierEdit? Found)> LookAsync(ClaimedItem item) => Finder().LookAsync(item, Cancel);

    private ReuseFinder Finder() =>
        new(_store, _images, _versions, Options.Create(_options), Options.Create(new EndpointOptions()), _time, _warnings, new ListLogger<ReuseFinder>(_lines));
}
