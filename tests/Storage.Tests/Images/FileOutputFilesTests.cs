using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;

namespace Darkroom.Storage.Tests.Images;

public sealed class FileOutputFilesTests : OutputFilesContract, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("darkroom-files-").FullName;

    protected override IImageStore Images => new FileImageStore(_root);

    protected override IOutputFiles Files => new FileOutputFiles(_root);

    [Fact]
    public async Task LinkTo_File_IsItsAddressOnThisMachine()
    {
        await WriteAsync($"{Batch}/a b-1.png", "x");

        var links = await Files.OpenLinksAsync(TimeSpan.FromHours(1), Cancel);

        links.ExpiresAt.ShouldBeNull();
        var link = links.LinkTo($"{Batch}/a b-1.png");
        link.Scheme.ShouldBe("file");
        (await File.ReadAllTextAsync(link.LocalPath, Cancel)).ShouldBe("x");
    }

    [Fact]
    public async Task DeleteAsync_LastFile_TakesItsFoldersAndNotTheRoot()
    {
        await WriteAsync($"{Batch}/a/b/c.txt", "x");

        await Files.DeleteAsync($"{Batch}/a/b/c.txt", Cancel);

        Directory.Exists(Path.Combine(_root, Batch)).ShouldBeFalse();
        Directory.Exists(_root).ShouldBeTrue();
    }

    [Fact]
    public async Task ListAsync_RecordWithoutAnImage_IsFoundAndRemovable()
    {
        var stored = await StoreAsync(new AttemptPlace(Batch, "SKU-1", 1, "png"), attempt: 7);
        foreach (var image in stored) File.Delete(Path.Combine(_root, image.Path));

        (await ListAsync($"{Batch}/")).ShouldBe([new StoredFile(stored[0].Path, 0)]);
        (await Files.DeleteAsync(stored[0].Path, Cancel)).ShouldBeTrue();

        (await ListAsync($"{Batch}/")).ShouldBeEmpty();
        Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task WriteAsync_BreaksOff_LeavesNoUnfinishedFile()
    {
        await Should.ThrowAsync<InvalidDataException>(() => Files.WriteAsync($"{Batch}/x.txt", "text/plain", (_, _) => throw new InvalidDataException(), Cancel));

        Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task WriteAsync_FolderInItsPlace_ThrowsAsTheStoresFailure()
    {
        await WriteAsync($"{Batch}/a/b.txt", "x");

        (await Should.ThrowAsync<ImageStoreException>(() => WriteAsync($"{Batch}/a", "x"))).Message.ShouldStartWith($"The image store failed at {Batch}/a: ");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
