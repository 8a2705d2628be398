using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Hangfire;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Darkroom.Worker.Tests.Hangfire;

public sealed class BatchTitlesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly IBatchJobStore _store = Substitute.For<IBatchJobStore>();
    private readonly BatchTitles _titles;

    public BatchTitlesTests()
    {
        _store.ListOpenAsync(default).ReturnsForAnyArgs([Title("b-1", 5), Title("b-2", 1)]);
        _store.FindAsync("", default).ReturnsForAnyArgs(call => call.Arg<string>() == "b-3" ? Title("b-3", null) : null);
        _titles = new BatchTitles(_store, _time);
    }

    [Fact]
    public void Of_APageOfBatches_LooksOnceForTheOpenAndOnceForEachOther()
    {
        for (var again = 0; again < 3; again++)
        {
            _titles.Of("b-1").ShouldBe("mugs.csv (b-1): 5 of 20 items, 25 %");
            _titles.Of("b-2").ShouldBe("mugs.csv (b-2): 1 of 20 items, 5 %");
            _titles.Of("b-3").ShouldBe("mugs.csv (b-3): the batch is completed with errors");
            _titles.Of("b-4").ShouldBe("Batch b-4");
        }

        _store.ReceivedCalls().Count().ShouldBe(3);
    }

    [Fact]
    public void Of_Later_LooksAgain()
    {
        _titles.Of("b-1");
        _time.Advance(BatchTitles.Age);
        _titles.Of("b-1");
        _store.ReceivedCalls().Count().ShouldBe(2);
    }

    private static BatchTitle Title(string id, long? ended) => new(id, "mugs.csv", ended is null ? BatchState.CompletedWithErrors : BatchState.Running, 20, ended);
}
