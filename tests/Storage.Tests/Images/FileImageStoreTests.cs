using System.Text.Json;
using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Storage.Tests.Images;

public sealed class FileImageStoreTests : ImageStoreContract, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("darkroom-images-").FullName;
    private readonly string _file = Path.GetTempFileName();
    private readonly FileImageStore _store;

    public FileImageStoreTests() => _store = new FileImageStore(_root);

    protected override IImageStore Store => _store;

    protected override IImageStore Keeping => new FileImageStore(_root, keepPartials: true);

    // A folder can't be made below a file, not even by root, whom permissions don't stop.
    protected override IImageStore Failing => new FileImageStore(Path.Combine(_file, "images"));

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        File.Delete(_file);
    }

    [Fact]
    public async Task CommitAsync_NotDurable_KeepsTheSamePromisesOfAProcessCrash()
    {
        var store = new FileImageStore(_root, durable: false);
        await using var sink = store.OpenSink(Place());
        await WriteAsync(sink, 0, Pictures.Png(1, 1, 300_000));
        var stored = await sink.CommitAsync(Metadata(7, 1), Cancel);

        (await Store.FindAsync(Place(), 7, Cancel)).ShouldNotBeNull().Images.ShouldBe(stored);
    }

    [Fact]
    public async Task CommitAsync_Always_LeavesNoUnfinishedFiles()
    {
        await StoreAsync(Place(), Metadata(7, 1), Pictures.Png(1, 1, 300_000));
        await Should.ThrowAsync<ImageStoreException>(() => StoreAsync(Place(), Metadata(8, 1), Pictures.Png(1, 1, 300_000)));
        await Store.CheckAsync(Cancel);

        Directory.GetFiles(Path.Combine(_root, ".tmp")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0x1C0)]
    [InlineData(0x1E8)]
    public async Task CommitAsync_FolderIsClosed_NothingInItIsMoreOpen(int rights)
    {
        // Windows has no such rights.
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(_root, (UnixFileMode)rights);

        await StoreAsync(Place(), Metadata(7, 1), Pictures.Png(1, 1, 300_000));

        var made = Directory.GetFileSystemEntries(_root, "*", SearchOption.AllDirectories);
        made.Length.ShouldBeGreaterThan(4);
        foreach (var path in made) ((int)File.GetUnixFileMode(path) & ~rights).ShouldBe(0, path);
    }

    [Fact]
    public async Task CheckAsync_FolderIsMade_IsClosedToOthers()
    {
        // Windows has no such rights.
        if (OperatingSystem.IsWindows()) return;
        var above = Path.Combine(_root, "above");

        await new FileImageStore(Path.Combine(above, "images")).CheckAsync(Cancel);

        foreach (var path in Directory.GetDirectories(above, "*", SearchOption.AllDirectories).Append(above))
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, path);
    }

    [Fact]
    public async Task DisposeAsync_WithoutACommit_RemovesUnfinishedFiles()
    {
        await using (var sink = Store.OpenSink(Place()))
        {
            await WriteAsync(sink, 0, Pictures.Png(1, 1, 300_000));
            Directory.GetFiles(Path.Combine(_root, ".tmp")).Length.ShouldBe(1);
        }

        Directory.GetFiles(_root, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task CommitAsync_Record_HasTheseNames()
    {
        await StoreAsync(Place(), new OutputMetadata(7, """{"a": 1}""", 1, "req_1"), Pictures.Png(3, 4, 100));

        using var record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_root, ".meta", Batch, "mugs", "SKU-1-1.png.json")));
        var root = record.RootElement;
        root.EnumerateObject().Select(property => property.Name).ShouldBe(["attempt_id", "request_id", "usage", "images"]);
        root.GetProperty("attempt_id").GetInt64().ShouldBe(7);
        root.GetProperty("request_id").GetString().ShouldBe("req_1");
        root.GetProperty("usage").GetString().ShouldBe("""{"a": 1}""");
        root.GetProperty("images")[0].EnumerateObject().Select(property => property.Name)
            .ShouldBe(["index", "path", "bytes", "sha256", "format", "width", "height"]);
    }

    [Fact]
    public async Task CommitAsync_FileWithoutARecordInThePlace_ThrowsAndLeavesIt()
    {
        Directory.CreateDirectory(Path.Combine(_root, Batch, "mugs"));
        var there = Path.Combine(_root, Place().PathOf(1));
        await File.WriteAllTextAsync(there, "mine", Cancel);

        var refusal = await Should.ThrowAsync<ImageStoreException>(() => StoreAsync(Place(), Metadata(7, 2), Pictures.Png(1, 1, 100), Pictures.Png(1, 1, 100)));

        refusal.Message.ShouldContain(Place().PathOf(1));
        (await File.ReadAllTextAsync(there, Cancel)).ShouldBe("mine");
        (await VisibleAsync()).ShouldBe([Place().PathOf(1)]);
    }

    [Theory]
    [InlineData("longer than before")]
    [InlineData("")]
    public async Task FindAsync_ImageChangedBehindTheStore_IsNull(string added)
    {
        var stored = await StoreAsync(Place(), Metadata(7, 1), Pictures.Png(1, 1, 100));
        var file = Path.Combine(_root, stored[0].Path);
        var bytes = await File.ReadAllBytesAsync(file, Cancel);
        bytes[50] ^= 1;
        await File.WriteAllBytesAsync(file, [.. bytes, .. System.Text.Encoding.UTF8.GetBytes(added)], Cancel);

        (await Store.FindAsync(Place(), 7, Cancel)).ShouldBeNull();
        var refusal = await Should.ThrowAsync<ImageStoreException>(() => StoreAsync(Place(), Metadata(7, 1), Pictures.Png(1, 1, 100)));
        refusal.Message.ShouldContain(stored[0].Path);
    }

    [Fact]
    public async Task FindAsync_RecordCutShort_IsNull()
    {
        await StoreAsync(Place(), Metadata(7, 1), Pictures.Png(1, 1, 100));
        await File.WriteAllTextAsync(Path.Combine(_root, ".meta", Place().PathOf(0) + ".json"), """{"attempt_id":7,""", Cancel);

        (await Store.FindAsync(Place(), 7, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task CommitAsync_FoldersRemovedUnderARunningProcess_MakesThemAgain()
    {
        await StoreAsync(Place(), Metadata(7, 1), Pictures.Png(1, 1, 100));
        foreach (var folder in Directory.GetDirectories(_root)) Directory.Delete(folder, recursive: true);

        var stored = await StoreAsync(Place(), Metadata(8, 1), Pictures.Png(1, 1, 100));

        (await Store.FindAsync(Place(), 8, Cancel)).ShouldNotBeNull().Images.ShouldBe(stored);
    }

    [Fact]
    public async Task CommitAsync_ReadOnlyRoot_ThrowsNamingPathAndReason()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Permissions don't stop root; the failing store of the contract covers that.");
            return;
        }

        File.SetUnixFileMode(_root, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            var refusal = await Should.ThrowAsync<ImageStoreException>(() => StoreAsync(Place(), Metadata(7, 1), Pictures.Png(1, 1, 100)));
            refusal.Message.ShouldContain(Place().PathOf(0));
            refusal.InnerException.ShouldBeOfType<UnauthorizedAccessException>();
        }
        finally
        {
            File.SetUnixFileMode(_root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task WriteAsync_DeviceIsFull_ThrowsNamingPathAndReason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /dev/full to write to.");
        // Every write to this device answers that no room is left.
        var tree = Tree();
        var handle = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        var image = new FileImageStream(tree, 0, _ => Place().PathOf(0), Path.Combine(_root, "unfinished"), handle);

        var refusal = await Should.ThrowAsync<ImageStoreException>(() => image.WriteAsync(new byte[1_000_000], Cancel).AsTask());

        refusal.Message.ShouldStartWith($"The image store failed at {Place().PathOf(0)}: No space left on device");
        image.Dispose();
        Should.Throw<InvalidOperationException>(() => image.Describe());
        image.Release();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TryMove_ManyAtOncePlace_OneWinsAndItsBytesStay(bool byLink)
    {
        var tree = Tree();
        for (var round = 0; round < 300; round++)
        {
            var place = Path.Combine(_root, "race", $"{round}");
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            var files = Enumerable.Range(0, 4).Select(number => Unfinished(tree, [(byte)number])).ToArray();
            using var start = new Barrier(files.Length);
            var won = await Task.WhenAll(files.Select(file => Task.Factory.StartNew(() =>
            {
                start.SignalAndWait(Cancel);
                return byLink ? tree.TryMove(file, place) : tree.TryCopy(file, place);
            }, Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

            won.Count(one => one).ShouldBe(1);
            (await File.ReadAllBytesAsync(place, Cancel)).ShouldBe([(byte)Array.IndexOf(won, true)]);
        }
    }

    [Fact]
    public void TryMove_PlaceTaken_LeavesBothFilesAlone()
    {
        var tree = Tree();
        var (first, second, place) = (Unfinished(tree, [1]), Unfinished(tree, [2]), Path.Combine(_root, "a", "b"));

        tree.TryMove(first, place).ShouldBeTrue();
        tree.TryMove(second, place).ShouldBeFalse();

        File.Exists(first).ShouldBeFalse();
        File.ReadAllBytes(second).ShouldBe([2]);
        File.ReadAllBytes(place).ShouldBe([1]);
    }

    [Fact]
    public void TryMove_FolderRemovedUnderARunningProcess_IsMadeAgain()
    {
        var tree = Tree();
        tree.TryMove(Unfinished(tree, [1]), Path.Combine(_root, "a", "b")).ShouldBeTrue();
        Directory.Delete(Path.Combine(_root, "a"), recursive: true);

        tree.TryMove(Unfinished(tree, [2]), Path.Combine(_root, "a", "b")).ShouldBeTrue();

        File.ReadAllBytes(Path.Combine(_root, "a", "b")).ShouldBe([2]);
    }

    [Fact]
    public void TryMove_NothingToMove_Throws() =>
        Should.Throw<DirectoryNotFoundException>(() => Tree().TryMove(Path.Combine(_root, "none"), Path.Combine(_root, "a", "b")));

    [Fact]
    public async Task RemoveAbandonedAsync_FilesOlderThanThat_AreRemovedAndYoungerStay()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var store = new FileImageStore(_root, time: time);
        var abandoned = store.OpenSink(Place());
        await WriteAsync(abandoned, 0, Pictures.Png(1, 1, 300_000));
        var committed = await StoreAsync(Place("other"), Metadata(7, 1), Pictures.Png(1, 1, 100));

        (await store.RemoveAbandonedAsync(TimeSpan.FromHours(1), Cancel)).ShouldBe(0);
        time.Advance(TimeSpan.FromHours(2));
        (await store.RemoveAbandonedAsync(TimeSpan.FromHours(1), Cancel)).ShouldBe(1);

        Directory.GetFiles(Path.Combine(_root, ".tmp")).ShouldBeEmpty();
        (await VisibleAsync()).ShouldBe([committed[0].Path]);
        await abandoned.DisposeAsync();
    }

    [Fact]
    public async Task RemoveAbandonedAsync_NothingStoredYet_RemovesNothing() =>
        (await _store.RemoveAbandonedAsync(TimeSpan.Zero, Cancel)).ShouldBe(0);

    [Fact]
    public void Location_RelativeRoot_IsAbsolute() => new FileImageStore("pictures/").Location.ShouldBe(Path.Combine(Environment.CurrentDirectory, "pictures"));

    protected override Task<IReadOnlyList<string>> VisibleAsync() => Task.FromResult<IReadOnlyList<string>>(
        [.. Directory.GetFiles(_root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_root, file).Replace('\\', '/'))
            .Where(path => path[0] != '.')]);

    protected override Task RemoveAsync(string path)
    {
        File.Delete(Path.Combine(_root, path));
        return Task.CompletedTask;
    }

    private FileTree Tree() => new(_root, durable: false, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    private static string Unfinished(FileTree tree, byte[] content)
    {
        var name = tree.NewUnfinished();
        using var handle = tree.Create(name);
        RandomAccess.Write(handle, content, 0);
        return name;
    }
}
