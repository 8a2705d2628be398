using System.Text;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Tests.Images;

/// <summary>What every store promises of its files. Each fact works in a batch of its own.</summary>
public abstract class OutputFilesContract
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected string Batch { get; } = "b" + Guid.NewGuid().ToString("N");

    protected abstract IImageStore Images { get; }

    protected abstract IOutputFiles Files { get; }

    [Fact]
    public async Task WriteAsync_Again_PutsTheNewFileInThePlaceOfTheOld()
    {
        await WriteAsync($"{Batch}/results.csv", "old and longer");
        await WriteAsync($"{Batch}/results.csv", "new");

        (await ReadAsync($"{Batch}/results.csv")).ShouldBe("new");
        (await ListAsync($"{Batch}/")).ShouldBe([new StoredFile($"{Batch}/results.csv", 3)]);
    }

    [Fact]
    public async Task WriteAsync_MoreThanManyBlocks_IsWhole()
    {
        var line = new string('x', 999) + "\n";
        await Files.WriteAsync($"{Batch}/large.txt", "text/plain", async (stream, cancel) =>
        {
            for (var at = 0; at < 10_000; at++) await stream.WriteAsync(Encoding.ASCII.GetBytes(line), cancel);
        }, Cancel);

        (await ListAsync($"{Batch}/")).ShouldBe([new StoredFile($"{Batch}/large.txt", 10_000_000)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6_000_000)]
    public async Task WriteAsync_ContentBreaksOff_PassesItOnAndLeavesWhatWasThere(int bytes)
    {
        await WriteAsync($"{Batch}/results.csv", "old");

        (await Should.ThrowAsync<InvalidDataException>(() => Files.WriteAsync($"{Batch}/results.csv", "text/csv", async (stream, cancel) =>
        {
            await stream.WriteAsync(new byte[bytes], cancel);
            throw new InvalidDataException("broke off");
        }, Cancel))).Message.ShouldBe("broke off");

        (await ReadAsync($"{Batch}/results.csv")).ShouldBe("old");
    }

    [Fact]
    public async Task ListAsync_Prefix_GivesAllThatBeginsWithItAndNothingElse()
    {
        foreach (var path in new[] { "a-1.png", "a-11.png", "b/a-1.png", "b/c/a-1.png" }) await WriteAsync($"{Batch}/{path}", path);
        await WriteAsync($"{Batch}x/a-1.png", "another batch");

        (await ListAsync($"{Batch}/")).Select(file => file.Path).ShouldBe([$"{Batch}/a-1.png", $"{Batch}/a-11.png", $"{Batch}/b/a-1.png", $"{Batch}/b/c/a-1.png"], ignoreOrder: true);
        (await ListAsync($"{Batch}/b/")).Count.ShouldBe(2);
        (await ListAsync($"{Batch}/a-1")).Select(file => file.Path).ShouldBe([$"{Batch}/a-1.png", $"{Batch}/a-11.png"], ignoreOrder: true);
        (await ListAsync("nothing-here/")).ShouldBeEmpty();
    }

    [Fact]
    public async Task DeleteAsync_Image_LeavesNothingOfItAndItsPlaceIsFree()
    {
        var place = new AttemptPlace(Batch, "mugs/SKU-1", 1, "png");
        var stored = await StoreAsync(place, attempt: 7);

        foreach (var image in stored) (await Files.DeleteAsync(image.Path, Cancel)).ShouldBeTrue();

        (await Files.DeleteAsync(stored[0].Path, Cancel)).ShouldBeFalse();
        (await ListAsync($"{Batch}/")).ShouldBeEmpty();
        (await Images.FindAsync(place, 7, Cancel)).ShouldBeNull();
        (await StoreAsync(place, attempt: 8)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task DeleteAsync_WhileListing_RemovesAll()
    {
        for (var at = 0; at < 30; at++) await WriteAsync($"{Batch}/f{at % 3}/{at}.txt", "x");

        await foreach (var file in Files.ListAsync($"{Batch}/", Cancel)) (await Files.DeleteAsync(file.Path, Cancel)).ShouldBeTrue();

        (await ListAsync($"{Batch}/")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    public async Task AnyPath_ThatLeavesTheStore_IsRefused(string path)
    {
        await Should.ThrowAsync<ArgumentException>(() => WriteAsync(path, "x"));
        await Should.ThrowAsync<ArgumentException>(() => Files.DeleteAsync(path, Cancel));
        var links = await Files.OpenLinksAsync(TimeSpan.FromHours(1), Cancel);
        Should.Throw<ArgumentException>(() => links.LinkTo(path));
    }

    protected async Task<IReadOnlyList<StoredImage>> StoreAsync(AttemptPlace place, long attempt)
    {
        await using var sink = Images.OpenSink(place);
        for (var index = 0; index < 2; index++)
        {
            await using var stream = await sink.OpenAsync(index, Cancel);
            await stream.WriteAsync(Pictures.Png(3, 4, 100), Cancel);
        }

        return await sink.CommitAsync(new OutputMetadata(attempt, null, 2, null), Cancel);
    }

    protected Task WriteAsync(string path, string text) =>
        Files.WriteAsync(path, "text/plain", (stream, cancel) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancel).AsTask(), Cancel);

    protected async Task<string> ReadAsync(string path)
    {
        using var reader = new StreamReader((await Images.OpenReadAsync(path, Cancel)).ShouldNotBeNull());
        return await reader.ReadToEndAsync(Cancel);
    }

    protected Task<List<StoredFile>> ListAsync(string prefix) => Files.ListAsync(prefix, Cancel).ToListAsync(Cancel).AsTask();
}
