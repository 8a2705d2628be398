using System.Collections.Concurrent;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Running;

public sealed class RepeatedWarningsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly RepeatedWarnings _warnings;

    public RepeatedWarningsTests() => _warnings = new RepeatedWarnings(_time, new ListLogger<RepeatedWarnings>(_lines));

    [Fact]
    public void IsNews_SameCauseAgain_IsCountedUntilTenMinutesHavePassed()
    {
        _warnings.IsNews("b-1", "a cause").ShouldBeTrue();
        for (var at = 0; at < 41; at++) _warnings.IsNews("b-1", "a cause").ShouldBeFalse();
        _lines.ShouldBeEmpty();

        _time.Advance(RepeatedWarnings.Pause);
        _warnings.IsNews("b-1", "a cause").ShouldBeTrue();
        _lines.ShouldBe(["Batch b-1: 41 times more in 10 min: a cause."]);
        _warnings.Close("b-1");
        _lines.Count.ShouldBe(1, "nothing more was counted");
    }

    [Fact]
    public void IsNews_OtherCauseOrBatch_IsNews()
    {
        _warnings.IsNews("b-1", "a cause").ShouldBeTrue();
        _warnings.IsNews("b-1", "another").ShouldBeTrue();
        _warnings.IsNews("b-2", "a cause").ShouldBeTrue();
        _warnings.IsNews("b-2", "a cause").ShouldBeFalse();

        _warnings.Close("b-1");
        _lines.ShouldBeEmpty();
        _warnings.IsNews("b-1", "a cause").ShouldBeTrue("the batch had left");
        _warnings.IsNews("b-2", "a cause").ShouldBeFalse("this one hadn't");
    }

    [Fact]
    public async Task RunAsync_ManyItemsFailForOneCause_WarnsOnceAndCountsTheRest()
    {
        var shop = new Workshop(_time);
        shop.Send = _ => Task.FromResult<EditOutcome>(new EditOutcome.Rejected(new ServiceError(ErrorClasses.InvalidRequest, null, "It is too large.")));

        for (var at = 1; at <= 100; at++) await shop.Runner.RunAsync(Claims.Item(at), CancellationToken.None, CancellationToken.None);
        shop.Warnings.Close("b-1");

        shop.Lines.ShouldBe([$"Item key-1: {ErrorClasses.InvalidRequest}: It is too large.", $"Batch b-1: 99 times more in 0 s: {ErrorClasses.InvalidRequest}."]);
        shop.Completions.Count.ShouldBe(100);
    }

    [Fact]
    public async Task RunAsync_FewerImagesThanAskedFor_WarnsOnce()
    {
        var shop = new Workshop(_time);

        for (var at = 1; at <= 3; at++) await shop.Runner.RunAsync(Claims.Item(at), CancellationToken.None, CancellationToken.None);

        shop.Lines.ShouldBe(["Item key-1: asked for 2 images and got 1."]);
    }

    [Fact]
    public void IsDue_SameLoggerAgain_IsSilent()
    {
        var (one, other) = (new ListLogger<string>(_lines), new ListLogger<string>(_lines));
        (AwayNotice.IsDue(one), AwayNotice.IsDue(one), AwayNotice.IsDue(other)).ShouldBe((true, false, true));
    }
}
