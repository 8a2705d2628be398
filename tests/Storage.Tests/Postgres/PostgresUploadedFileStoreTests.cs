using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Uploads;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresUploadedFileStoreTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);
    private readonly string _endpoint = $"http://x/{Guid.NewGuid():N}#vision";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private NpgsqlDataSource Database => fixture.Database.DataSource;

    private PostgresUploadedFileStore Store => new(Database);

    [Fact]
    public async Task GetSharedPathsAsync_Batch_CountsItemsNotMentions()
    {
        var batch = await ImportAsync(false,
            new EditInput([ImageReference.Local("/a"), ImageReference.Local("/a"), ImageReference.Url("/c")], ImageReference.Local("/m")),
            new EditInput([ImageReference.Local("/b")], ImageReference.Local("/m")),
            new EditInput([ImageReference.Url("/c"), ImageReference.File("/c")], null),
            new EditInput([ImageReference.Url("/c")], ImageReference.Local("/b")));
        (await Store.GetSharedPathsAsync(batch, 2, Cancel)).ShouldBe(["/m", "/b"], ignoreOrder: true);
        (await Store.GetSharedPathsAsync(batch, 3, Cancel)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("service", new[] { "az://a/c/b" })]
    [InlineData("worker", new[] { "az://a/c/b", "https://x.test/a" })]
    public async Task GetSharedPathsAsync_Addresses_CountWhereAWorkerFetchesThem(string fetchedBy, string[] shared)
    {
        EditInput input = new([ImageReference.Url("https://x.test/a"), ImageReference.Url("az://a/c/b"), ImageReference.Url("data:image/png;base64,AAAA")], null);
        var batch = await ImportAsync(false, input, input);
        await using (var command = Database.CreateCommand("update batch set fetched_by = $2 where id = $1"))
        {
            command.Parameters.AddWithValue(batch);
            command.Parameters.AddWithValue(fetchedBy);
            await command.ExecuteNonQueryAsync(Cancel);
        }

        (await Store.GetSharedPathsAsync(batch, 2, Cancel)).ShouldBe(shared, ignoreOrder: true);
    }

    [Fact]
    public async Task TakeAsync_ManyProcesses_OneGetsIt()
    {
        var key = Key(1);
        var processes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RegisterAsync()));
        var took = await Task.WhenAll(processes.Select(process => Store.TakeAsync(key, process, Margin, Cancel)));
        took.Count(t => t).ShouldBe(1);
        var owner = processes[Array.IndexOf(took, true)];
        var batch = await ImportAsync(false, new EditInput([ImageReference.File("f")], null));
        (await Store.UseAsync(key, batch, Margin, Cancel)).ShouldBeNull("it isn't there yet");
        (await Store.FinishAsync(File(key, "file-x"), processes.First(p => p != owner), Cancel)).ShouldBeFalse("it is another's to finish");
        (await Store.FinishAsync(File(key, "file-1"), owner, Cancel)).ShouldBeTrue();
        (await Store.UseAsync(key, batch, Margin, Cancel))!.FileId.ShouldBe("file-1");
        (await Store.TakeAsync(key, owner, Margin, Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task TakeAsync_UploaderDied_GoesToTheNext()
    {
        var key = Key(2);
        long dead = await RegisterAsync(), next = await RegisterAsync();
        (await Store.TakeAsync(key, dead, Margin, Cancel)).ShouldBeTrue();
        (await Store.TakeAsync(key, next, Margin, Cancel)).ShouldBeFalse();
        await new PostgresProcessStore(Database).RetireAsync(dead, Cancel);
        (await Store.TakeAsync(key, next, Margin, Cancel)).ShouldBeTrue();
        (await Store.FinishAsync(File(key, "late"), dead, Cancel)).ShouldBeFalse();
        await Store.GiveUpAsync(key, dead, Cancel);
        (await Store.FinishAsync(File(key, "file-1"), next, Cancel)).ShouldBeTrue();
    }

    [Fact]
    public async Task GiveUpAsync_Uploader_LeavesItToOthers()
    {
        var key = Key(3);
        long one = await RegisterAsync(), other = await RegisterAsync();
        await Store.TakeAsync(key, one, Margin, Cancel);
        await Store.GiveUpAsync(key, one, Cancel);
        (await Store.TakeAsync(key, other, Margin, Cancel)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(15, true)]
    public async Task UseAsync_FileThatEndsWithinTheMargin_IsUploadedAnew(int minutesLeft, bool usable)
    {
        var key = Key(4 + minutesLeft);
        var process = await RegisterAsync();
        var batch = await ImportAsync(false, new EditInput([ImageReference.File("f")], null));
        await Store.TakeAsync(key, process, Margin, Cancel);
        var end = DateTimeOffset.UtcNow.AddMinutes(minutesLeft);
        await Store.FinishAsync(new UploadedFile(key, "file-1", end), process, Cancel);
        var used = await Store.UseAsync(key, batch, Margin, Cancel);
        (used is not null).ShouldBe(usable);
        if (used is not null) used.ExpiresAt!.Value.ShouldBe(end, TimeSpan.FromMilliseconds(1));
        (await Store.TakeAsync(key, process, Margin, Cancel)).ShouldBe(!usable);
    }

    [Fact]
    public async Task ForgetAsync_OldFile_DoesNotTakeTheNewOne()
    {
        var key = Key(30);
        var process = await RegisterAsync();
        await UploadedAsync(key, process, "file-1");
        await Store.ForgetAsync(File(key, "file-1"), Cancel);
        await UploadedAsync(key, process, "file-2");
        await Store.ForgetAsync(File(key, "file-1"), Cancel);
        var batch = await ImportAsync(false, new EditInput([ImageReference.File("f")], null));
        (await Store.UseAsync(key, batch, Margin, Cancel))!.FileId.ShouldBe("file-2");
    }

    [Fact]
    public async Task MarkUnusedAsync_BatchesThatAskedAndEnded_GiveTheirFilesUnlessOneIsOpen()
    {
        var process = await RegisterAsync();
        SourceKey gone = Key(40), kept = Key(41), busy = Key(42);
        foreach (var key in (SourceKey[])[gone, kept, busy]) await UploadedAsync(key, process, $"file-{key.Sha256[..2]}");
        string asks = await BatchAsync(true), silent = await BatchAsync(false), open = await BatchAsync(true);
        await UseAsync(asks, gone, busy);
        await UseAsync(silent, gone, kept);
        await UseAsync(open, busy);
        (await Store.MarkUnusedAsync(_endpoint, Cancel)).ShouldBeEmpty("all batches are open");
        await CancelAsync(asks);
        await CancelAsync(silent);
        var marked = await Store.MarkUnusedAsync(_endpoint, Cancel);
        marked.ShouldHaveSingleItem().Key.ShouldBe(gone);
        (await Store.MarkUnusedAsync(_endpoint, Cancel)).ShouldBe(marked, "until it is removed, it comes again");
        (await Store.UseAsync(gone, open, Margin, Cancel)).ShouldBeNull();
        (await Store.MarkUnusedAsync("http://other#vision", Cancel)).ShouldBeEmpty();
        await Store.RemoveAsync(marked[0], Cancel);
        (await Store.MarkUnusedAsync(_endpoint, Cancel)).ShouldBeEmpty();
        await CancelAsync(open);
        (await Store.MarkUnusedAsync(_endpoint, Cancel)).Select(f => f.Key).ShouldBe([busy]);
    }

    [Fact]
    public async Task TakeAsync_FileThatIsBeingDeleted_IsUploadedAnewAndNotRemoved()
    {
        var process = await RegisterAsync();
        var key = Key(50);
        await UploadedAsync(key, process, "file-1");
        var batch = await BatchAsync(true);
        await UseAsync(batch, key);
        await CancelAsync(batch);
        var marked = (await Store.MarkUnusedAsync(_endpoint, Cancel)).ShouldHaveSingleItem();
        await UploadedAsync(key, process, "file-2");
        await Store.RemoveAsync(marked, Cancel);
        (await Store.UseAsync(key, await BatchAsync(false), Margin, Cancel))!.FileId.ShouldBe("file-2");
    }

    private static UploadedFile File(SourceKey key, string id) => new(key, id, DateTimeOffset.UtcNow.AddDays(1));

    private SourceKey Key(int number) => new(_endpoint, number.ToString("x64"));

    private Task<string> BatchAsync(bool delete) => ImportAsync(delete, new EditInput([ImageReference.File("f")], null));

    private async Task UseAsync(string batch, params SourceKey[] keys)
    {
        foreach (var key in keys) (await Store.UseAsync(key, batch, Margin, Cancel)).ShouldNotBeNull();
    }

    private async Task UploadedAsync(SourceKey key, long process, string id)
    {
        (await Store.TakeAsync(key, process, Margin, Cancel)).ShouldBeTrue();
        (await Store.FinishAsync(File(key, id), process, Cancel)).ShouldBeTrue();
    }

    private Task CancelAsync(string batch) => new PostgresBatchStore(Database).ApplyAsync(batch, BatchAction.Cancel, Cancel);

    private Task<long> RegisterAsync() => new PostgresProcessStore(Database).RegisterAsync(false, TimeSpan.FromMinutes(5), Cancel);

    private async Task<string> ImportAsync(bool delete, params EditInput[] inputs)
    {
        var batch = new NewBatch($"b{Guid.NewGuid():N}", "test", BatchDefaults.Empty) { DeleteUploads = delete };
        var items = inputs.Select((input, i) => new PlannedItem(
            i, $"{i}", input, "p", EditOptions.Parse("""{"model":"gpt-image-2"}"""), $"{i}", new Dictionary<string, string>()));
        await new PostgresBatchStore(Database).ImportAsync(batch, items.ToAsyncEnumerable(), Cancel);
        return batch.Id;
    }
}
