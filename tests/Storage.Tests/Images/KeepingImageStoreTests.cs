using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Storage.Tests.Images;

/// <summary>The worker's own disk in front of a folder keeps every promise of the folder, and the images that the folder doesn't take.</summary>
public sealed class KeepingImageStoreTests : ImageStoreContract, IDisposable
{
    private static readonly Guid Edit = Guid.NewGuid();

    private readonly string _folder = Directory.CreateTempSubdirectory("darkroom-keeping-").FullName;
    private readonly string _file = Path.GetTempFileName();

    public KeepingImageStoreTests()
    {
        Directory.CreateDirectory(Root);
        Store = Keeper(Root, TimeSpan.FromMinutes(1));
    }

    protected override IImageStore Store { get; }

    protected override IImageStore Keeping => new KeepingImageStore(new FileImageStore(Root, keepPartials: true), Kept(), TimeSpan.Zero, TimeProvider.System, NullLogger<KeepingImageStore>.Instance);

    // A folder can't be made below a file, not even by root, whom permissions don't stop.
    protected override IImageStore Failing => Keeper(Path.Combine(_file, "images"), TimeSpan.Zero);

    private string Root => Path.Combine(_folder, "images");

    private string Away => Root + "-away";

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        File.Delete(_file);
    }

    [Fact]
    public async Task CommitAsync_FolderIsAwayForAWhile_WaitsAndLeavesNothingBehind()
    {
        await Store.CheckAsync(Cancel);
        await using var sink = Store.OpenSink(Place());
        await WriteAsync(sink, 0, Pictures.Png(1, 1, 300_000));
        Directory.Move(Root, Away);

        var committing = sink.CommitAsync(Metadata(7, 1), Cancel);
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel);
        committing.IsCompleted.ShouldBeFalse();
        Kept().List().ShouldHaveSingleItem("the worker may be killed while it waits");
        Directory.Exists(Root).ShouldBeFalse("a folder made anew would hide the one that comes back");
        Directory.Move(Away, Root);

        (await ReadAsync((await committing)[0].Path)).ShouldBe(Pictures.Png(1, 1, 300_000));
        Kept().List().ShouldBeEmpty();
        await sink.DisposeAsync();
        Directory.GetFiles(Path.Combine(_folder, "kept"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task CommitAsync_FolderStaysAway_KeepsEveryImageForItsUserAlone()
    {
        var fault = await RefuseAsync(7);

        fault.Kept.Count.ShouldBe(2);
        (await File.ReadAllBytesAsync(fault.Kept[1], Cancel)).ShouldBe(Second);
        var kept = Kept().List().ShouldHaveSingleItem();
        (kept.Metadata, kept.Place).ShouldBe((Metadata(7, 2) with { EditKey = Edit }, Place()));
        if (OperatingSystem.IsWindows()) return;
        foreach (var folder in (string[])[kept.Folder, Path.Combine(_folder, "kept"), Path.Combine(_folder, "kept", ".incoming")]) File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(kept.Folder)) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task FindAsync_KeptByAProcessThatDied_PutsItIntoTheStore()
    {
        await RefuseAsync(7);

        (await Store.FindAsync(Place(), 8, Cancel)).ShouldBeNull();
        (await Store.FindAsync(Place("mugs/other"), 7, Cancel)).ShouldBeNull();
        var found = (await Store.FindAsync(Place(), 7, Cancel)).ShouldNotBeNull();

        found.Metadata.ShouldBe(Metadata(7, 2) with { EditKey = Edit });
        (await ReadAsync(found.Images[0].Path)).ShouldBe(First);
        (await ReadAsync(found.Images[1].Path)).ShouldBe(Second);
        // Killed before the database knew of it: the same again.
        (await Store.FindAsync(Place(), 7, Cancel)).ShouldNotBeNull().Images.ShouldBe(found.Images);
    }

    [Fact]
    public async Task TakeKeptAsync_AnotherEdit_IsLeftAlone()
    {
        await RefuseAsync(7);

        (await Store.TakeKeptAsync(Place(), Guid.NewGuid(), Cancel)).ShouldBeNull();
        (await Store.TakeKeptAsync(Place(), null, Cancel)).ShouldBeNull();
        (await VisibleAsync()).ShouldBeEmpty();
        (await Store.TakeKeptAsync(Place(), Edit, Cancel)).ShouldNotBeNull().Images.Count.ShouldBe(2);
    }

    [Fact]
    public async Task TakeKeptAsync_KeptImageChanged_IsNeverStored()
    {
        var fault = await RefuseAsync(7);
        await File.AppendAllTextAsync(fault.Kept[0], "!", Cancel);

        (await Store.TakeKeptAsync(Place(), Edit, Cancel)).ShouldBeNull();
        (await VisibleAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task CommitAsync_MoreThanMayBeKept_SaysThatNothingIsKept()
    {
        await RefuseAsync(7);
        (await RefuseAsync(8, most: First.Length + Second.Length)).Kept.ShouldBeEmpty();
        Kept().List().ShouldHaveSingleItem().Metadata.AttemptId.ShouldBe(7);
    }

    [Fact]
    public async Task CommitAsync_OwnDiskTakesNothing_StoresAllTheSame()
    {
        var store = new KeepingImageStore(
            new FileImageStore(Root), new KeptImages(Path.Combine(_file, "kept"), 1, TimeProvider.System), TimeSpan.Zero, TimeProvider.System, NullLogger<KeepingImageStore>.Instance);
        await using var sink = store.OpenSink(Place());
        await WriteAsync(sink, 0, First);
        await WriteAsync(sink, 1, Second);

        var stored = await sink.CommitAsync(Metadata(7, 2), Cancel);

        (await ReadAsync(stored[0].Path)).ShouldBe(First);
        (await ReadAsync(stored[1].Path)).ShouldBe(Second);
    }

    [Fact]
    public async Task CommitAsync_OwnDiskFailsBetweenImages_StoresAllTheSame()
    {
        var kept = Path.Combine(_folder, "kept");
        await using var sink = Store.OpenSink(Place());
        await WriteAsync(sink, 0, First);
        // As a disk that is full: a file in the folder's place takes no new file, and the one that is open stays readable.
        Directory.Delete(kept, recursive: true);
        await File.WriteAllTextAsync(kept, "", Cancel);
        await WriteAsync(sink, 1, Second);

        var stored = await sink.CommitAsync(Metadata(7, 2), Cancel);

        (await ReadAsync(stored[0].Path)).ShouldBe(First);
        (await ReadAsync(stored[1].Path)).ShouldBe(Second);
    }

    [Fact]
    public async Task ReadingAsync_FolderIsGone_NeverSaysThatAnImageIsnt()
    {
        var stored = await StoreAsync(Place(), Metadata(7, 1), First);
        var store = Keeper(Root, TimeSpan.Zero);
        Directory.Move(Root, Away);

        await Should.ThrowAsync<ImageStoreException>(() => store.FindAsync(Place(), 7, Cancel));
        await Should.ThrowAsync<ImageStoreException>(() => store.HoldsAsync(stored[0].Path, First.Length, Cancel));
        await Should.ThrowAsync<ImageStoreException>(() => store.OpenReadAsync(stored[0].Path, Cancel));
        await Should.ThrowAsync<ImageStoreException>(() => store.CheckAsync(Cancel));
        Directory.Exists(Root).ShouldBeFalse();
    }

    protected override Task<IReadOnlyList<string>> VisibleAsync() => Task.FromResult<IReadOnlyList<string>>(
        [.. Directory.GetFiles(Root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(path => path[0] != '.').Order(StringComparer.Ordinal)]);

    protected override Task RemoveAsync(string path)
    {
        File.Delete(Path.Combine(Root, path));
        return Task.CompletedTask;
    }

    private static byte[] First { get; } = Pictures.Png(1, 1, 200_000);

    private static byte[] Second { get; } = Pictures.Png(2, 2, 50, seed: 2);

    private KeptImages Kept(long most = 1_000_000) => new(Path.Combine(_folder, "kept"), most, TimeProvider.System);

    private KeepingImageStore Keeper(string root, TimeSpan patience, long most = 1_000_000) =>
        new(new FileImageStore(root), Kept(most), patience, TimeProvider.System, NullLogger<KeepingImageStore>.Instance);

    // Commits two images while the folder is away, and brings it back.
    private async Task<ImageStoreException> RefuseAsync(long attempt, long most = 1_000_000)
    {
        var store = Keeper(Root, TimeSpan.Zero, most);
        await store.CheckAsync(Cancel);
        await using var sink = store.OpenSink(Place());
        await WriteAsync(sink, 0, First);
        await WriteAsync(sink, 1, Second);
        Directory.Move(Root, Away);
        try
        {
            return await Should.ThrowAsync<ImageStoreException>(() => sink.CommitAsync(Metadata(attempt, 2) with { EditKey = Edit }, Cancel));
        }
        finally
        {
            Directory.Move(Away, Root);
        }
    }
}
