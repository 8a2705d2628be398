using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Retention;
using Darkroom.Jobs.Uploads;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Darkroom.Jobs.Tests.Retention;

public sealed class PurgerTests
{
    private readonly List<string> _steps = [];
    private readonly IPurgeStore _store = Substitute.For<IPurgeStore>();
    private readonly IOutputFiles _files = Substitute.For<IOutputFiles>();

    public PurgerTests()
    {
        _store.BeginAsync(default!, default).ReturnsForAnyArgs(_ => Step("begin", (string?)null));
        _store.ReadStemsAsync(default!, default).ReturnsForAnyArgs(_ => new[] { "2026/b1-x-" }.ToAsyncEnumerable());
        _store.RemoveItemsAsync(default!, default, default).ReturnsForAnyArgs(_ => Step("items", 2), _ => Step("items", 0));
        _store.When(store => store.RemoveBatchAsync("b1", Arg.Any<CancellationToken>())).Do(_ => _steps.Add("batch"));
        _files.ListAsync("b1/", Arg.Any<CancellationToken>()).Returns(_ => new[] { new StoredFile("b1/a-1.png", 10), new StoredFile("b1/results.csv", 5) }.ToAsyncEnumerable());
        _files.ListAsync("2026/b1-x-", Arg.Any<CancellationToken>()).Returns(_ => new[] { new StoredFile("2026/b1-x-1.png", 100) }.ToAsyncEnumerable());
        _files.ListAsync("unreadable/b1/", Arg.Any<CancellationToken>()).Returns(_ => new[] { new StoredFile("unreadable/b1/c-1.bin", 7) }.ToAsyncEnumerable());
        _files.ListAsync("unreadable/2026/b1-x-", Arg.Any<CancellationToken>()).Returns(_ => new[] { new StoredFile("unreadable/2026/b1-x-2.bin", 8) }.ToAsyncEnumerable());
        _files.DeleteAsync(default!, default).ReturnsForAnyArgs(call => Step($"delete {call.Arg<string>()}", true));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PurgeAsync_Batch_IsMarkedThenItsFilesGoThenItsRows()
    {
        var result = await Purger().PurgeAsync("b1", Cancel);

        result.ShouldBe(new PurgeResult("b1", 5, 130, 2, null));
        _steps[0].ShouldBe("begin");
        _steps[1..6].ShouldBe(
            ["delete b1/a-1.png", "delete b1/results.csv", "delete unreadable/b1/c-1.bin", "delete 2026/b1-x-1.png", "delete unreadable/2026/b1-x-2.bin"], ignoreOrder: true);
        _steps[6..].ShouldBe(["items", "items", "batch"]);
    }

    [Fact]
    public async Task PurgeAsync_Refused_RemovesNothing()
    {
        _store.BeginAsync(default!, default).ReturnsForAnyArgs("It runs.");
        _steps.Clear();

        (await Purger().PurgeAsync("b1", Cancel)).ShouldBe(new PurgeResult("b1", 0, 0, 0, "It runs."));

        _steps.ShouldBeEmpty();
    }

    [Fact]
    public async Task PurgeAsync_AFileStays_LeavesAllRows()
    {
        _files.DeleteAsync("b1/results.csv", Arg.Any<CancellationToken>()).ThrowsAsync(new ImageStoreException("refused"));

        await Should.ThrowAsync<ImageStoreException>(() => Purger().PurgeAsync("b1", Cancel));

        _steps.ShouldNotContain("items");
        _steps.ShouldNotContain("batch");
    }

    [Fact]
    public async Task SweepAsync_OneBatchCannotBePurged_PurgesTheOthers()
    {
        _store.TryTakeTurnAsync(default).ReturnsForAnyArgs(Substitute.For<IAsyncDisposable>());
        _store.FindAsync(TimeSpan.FromDays(90), Arg.Any<CancellationToken>()).Returns(["b0", "b1"]);
        _files.ListAsync("b0/", Arg.Any<CancellationToken>()).Returns(_ => new[] { new StoredFile("b0/a-1.png", 10) }.ToAsyncEnumerable());
        _files.DeleteAsync("b0/a-1.png", Arg.Any<CancellationToken>()).ThrowsAsync(new ImageStoreException("refused"));

        (await Sweep().SweepAsync(Cancel)).ShouldBe(1);

        _steps.ShouldContain("batch");
    }

    [Fact]
    public async Task SweepAsync_AnotherProcessIsAtIt_DoesNothing()
    {
        _store.TryTakeTurnAsync(default).ReturnsForAnyArgs((IAsyncDisposable?)null);

        (await Sweep().SweepAsync(Cancel)).ShouldBe(0);

        await _store.DidNotReceiveWithAnyArgs().FindAsync(default, default);
    }

    private Purger Purger()
    {
        var uploads = Substitute.For<IUploadedFileStore>();
        uploads.MarkUnusedAsync(default!, default).ReturnsForAnyArgs([]);
        return new Purger(_store, _files, new UploadCleanup(uploads, Substitute.For<IFileService>(), NullLogger<UploadCleanup>.Instance), NullLogger<Purger>.Instance);
    }

    private RetentionSweep Sweep() =>
        new(_store, Purger(), Options.Create(new RetentionOptions { After = TimeSpan.FromDays(90) }), NullLogger<RetentionSweep>.Instance);

    private T Step<T>(string name, T result)
    {
        lock (_steps) _steps.Add(name);
        return result;
    }
}
