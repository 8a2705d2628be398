using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Tests.Images;

/// <summary>What every image store promises of partial images.</summary>
public abstract class PartialImageContract : ImageStoreTest
{
    private static readonly byte[] Small = Pictures.Png(1024, 1536, 70_000);

    [Fact]
    public async Task OpenPartialAsync_Kept_ArePicturesBesideTheOutputsAndNoneOfThem()
    {
        byte[] coarse = Pictures.Png(8, 8, 5_000_000, seed: 4), finer = Pictures.Png(9, 9, 2000, seed: 5);
        IReadOnlyList<StoredImage> stored;
        await using (var sink = Keeping.OpenSink(Place()))
        {
            sink.KeepsPartials.ShouldBeTrue();
            await WritePartialAsync(sink, 0, 0, coarse);
            await WritePartialAsync(sink, 0, 1, finer);
            await WriteAsync(sink, 0, Small);
            await WritePartialAsync(sink, 1, 0, finer);
            await WriteAsync(sink, 1, finer);
            (await VisibleAsync()).ShouldBeEmpty();
            stored = await sink.CommitAsync(Metadata(7, 2), Cancel);
        }

        stored.Select(image => image.Path).ShouldBe([Place().PathOf(0), Place().PathOf(1)]);
        (await VisibleAsync()).ShouldBe(
            [Place().PathOf(0), Place().PathOf(1), Place().PartialPathOf(0, 0), Place().PartialPathOf(0, 1), Place().PartialPathOf(1, 0)], ignoreOrder: true);
        (await ReadAsync(Place().PartialPathOf(0, 0))).ShouldBe(coarse);
        (await Keeping.FindAsync(Place(), 7, Cancel))!.Images.ShouldBe(stored);
    }

    [Fact]
    public async Task OpenPartialAsync_SameAttemptAgain_ReadsAsSuccess()
    {
        for (var round = 0; round < 2; round++)
        {
            await using var sink = Keeping.OpenSink(Place());
            await WritePartialAsync(sink, 0, 0, Small);
            await WriteAsync(sink, 0, Small);
            (await sink.CommitAsync(Metadata(7, 1), Cancel)).Count.ShouldBe(1);
        }

        (await VisibleAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task OpenPartialAsync_NothingCommitted_LeavesNothing()
    {
        await using (var sink = Keeping.OpenSink(Place())) await WritePartialAsync(sink, 0, 0, Pictures.Png(8, 8, 5_000_000));
        (await VisibleAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task OpenPartialAsync_NotKept_IsABug()
    {
        await using var sink = Store.OpenSink(Place());
        sink.KeepsPartials.ShouldBeFalse();
        await Should.ThrowAsync<NotSupportedException>(async () => await sink.OpenPartialAsync(0, 0, Cancel));
    }

    [Fact]
    public async Task OpenPartialAsync_WhileAnotherIsOpen_IsABug()
    {
        await using var sink = Keeping.OpenSink(Place());
        await using (await sink.OpenPartialAsync(0, 0, Cancel)) await Should.ThrowAsync<InvalidOperationException>(async () => await sink.OpenAsync(0, Cancel));
        await using var image = await sink.OpenAsync(0, Cancel);
        await Should.ThrowAsync<InvalidOperationException>(async () => await sink.OpenPartialAsync(0, 1, Cancel));
    }
}
