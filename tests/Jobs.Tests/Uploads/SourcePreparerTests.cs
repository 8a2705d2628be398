using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Uploads;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Uploads;

public sealed class SourcePreparerTests : IAsyncLifetime
{
    private static readonly byte[] PngHead = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 0, 0, 0, 1, 0, 8, 6, 0, 0, 0];

    private readonly string _folder = Directory.CreateTempSubdirectory("darkroom-uploads-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UploadedFile> _files = new(StringComparer.Ordinal);
    private readonly IUploadedFileStore _store = Substitute.For<IUploadedFileStore>();
    private readonly IFileService _service = Substitute.For<IFileService>();
    private readonly SourceFetcher _fetcher = new(Options.Create(new SourcesOptions()), new DnsHostResolver(), TimeProvider.System);
    private readonly WorkerProcess _process;
    private int _uploads;
    private Func<SourceKey, UploadedFile?> _use;
    private Func<SourceKey, bool> _take;
    private Func<UploadedFile, bool> _finish;

    public SourcePreparerTests()
    {
        var processes = Substitute.For<IProcessStore>();
        processes.RegisterAsync(default, default, default).ReturnsForAnyArgs(1);
        _process = new WorkerProcess(processes, Options.Create(new WorkerOptions()), _time, NullLogger<WorkerProcess>.Instance);
        _store.GetSharedPathsAsync("b", 8, Arg.Any<CancellationToken>()).Returns(_ => _shared);
        _use = key => _files.GetValueOrDefault(key.Sha256);
        _take = key => !_files.ContainsKey(key.Sha256);
        _finish = file => _files.TryAdd(file.Key.Sha256, file);
        _store.UseAsync(default!, default!, default, default).ReturnsForAnyArgs(c => _use(c.Arg<SourceKey>()));
        _store.TakeAsync(default!, default, default, default).ReturnsForAnyArgs(c => _take(c.Arg<SourceKey>()));
        _store.FinishAsync(default!, default, default).ReturnsForAnyArgs(c => _finish(c.Arg<UploadedFile>()));
        _store.ForgetAsync(default!, default).ReturnsForAnyArgs(Task.CompletedTask).AndDoes(c => _files.Remove(c.Arg<UploadedFile>().Key.Sha256));
        _service.Endpoint.Returns("http://x#vision");
        _service.UploadAsync(default!, default!, default!, default).ReturnsForAnyArgs(c => (new UploadedFile(c.Arg<SourceKey>(), $"file-{++_uploads}", _time.GetUtcNow().AddDays(1)), (EditOutcome?)null));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _process.RegisterAsync(false, Cancel);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task PrepareAsync_NothingLocal_AsksNobody()
    {
        var item = Item(new EditInput([ImageReference.Url("https://x.test/a.png")], ImageReference.File("file-own")));
        (await Preparer().PrepareAsync(item, Cancel)).Input.ShouldBe(item.Input);
        _store.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact]
    public async Task PrepareAsync_FileOfFewItems_StaysInline()
    {
        var item = Item(new EditInput([Local("a.png", 1000)], null));
        var prepared = await Preparer().PrepareAsync(item, Cancel);
        (prepared.Input.Images[0], prepared.Uploads.Count, _uploads).ShouldBe((item.Input.Images[0], 0, 0));
    }

    [Fact]
    public async Task PrepareAsync_FileOfManyItems_IsUploadedOnceForAllAtOnce()
    {
        var mask = Local("mask.png", 1000);
        _shared.Add(mask.Value);
        var preparer = Preparer();
        var all = await Task.WhenAll(Enumerable.Range(1, 50).Select(id => Task.Run(() => preparer.PrepareAsync(Item(new EditInput([ImageReference.Url("https://x.test/a.png")], mask), id), Cancel))));
        all.ShouldAllBe(p => p.Input.Mask == ImageReference.File("file-1") && p.Input.Images[0].Kind == ImageReferenceKind.Url);
        _uploads.ShouldBe(1);
        await _store.ReceivedWithAnyArgs(1).GetSharedPathsAsync(default!, default, default);
    }

    [Fact]
    public async Task PrepareAsync_SameContentUnderTwoNames_IsOneUpload()
    {
        ImageReference one = Local("one.png", 1000), two = Local("two.png", 1000);
        _shared.UnionWith([one.Value, two.Value]);
        (await Preparer().PrepareAsync(Item(new EditInput([one, two], null)), Cancel)).Input.Images.ShouldBe([ImageReference.File("file-1"), ImageReference.File("file-1")]);
    }

    [Fact]
    public async Task PrepareAsync_TooLargeForADataUrl_IsUploadedThoughItIsOneItems()
    {
        var item = Item(new EditInput([Local("large.png", 15_800_000)], null));
        (await Preparer().PrepareAsync(item, Cancel)).Input.Images.ShouldBe([ImageReference.File("file-1")]);
    }

    [Theory]
    [InlineData(0)]
    public async Task PrepareAsync_SharingOff_UploadsOnlyWhatIsTooLarge(int from)
    {
        var small = Local("small.png", 1000);
        _shared.Add(small.Value);
        var prepared = await Preparer(o => o.UploadSharedFrom = from).PrepareAsync(Item(new EditInput([small, Local("large.png", 15_800_000)], null)), Cancel);
        prepared.Input.Images.ShouldBe([small, ImageReference.File("file-1")]);
    }

    [Theory]
    [InlineData("missing.png", -1)]
    [InlineData("page.png", 0)]
    public async Task PrepareAsync_FileThatIsNoImage_IsLeftForTheCallToRefuse(string name, int length)
    {
        var reference = length < 0 ? ImageReference.Local(Path.Combine(_folder, name)) : ImageReference.Local(Write(name, "<html>"u8.ToArray()));
        _shared.Add(reference.Value);
        (await Preparer().PrepareAsync(Item(new EditInput([reference], null)), Cancel)).Input.Images.ShouldBe([reference]);
    }

    [Fact]
    public async Task PrepareAsync_ModelThatTakesForms_UploadsNothing()
    {
        var image = Local("a.png", 1000);
        _shared.Add(image.Value);
        (await Preparer().PrepareAsync(Item(new EditInput([image], null)) with { Model = "dall-e-2" }, Cancel)).Input.Images.ShouldBe([image]);
    }

    [Fact]
    public async Task PrepareAsync_NoFilesApi_GoesInlineAndAsksOnlyOnce()
    {
        var image = Local("a.png", 1000);
        _shared.Add(image.Value);
        Refuse(new EditOutcome.Rejected(new ServiceError(ErrorClasses.InvalidRequest, "not_found", "no such path")));
        var preparer = Preparer();
        for (var i = 0; i < 3; i++) (await preparer.PrepareAsync(Item(new EditInput([image], null)), Cancel)).ShouldSatisfyAllConditions(p => p.Failure.ShouldBeNull(), p => p.Input.Images.ShouldBe([image]));
        await _service.ReceivedWithAnyArgs(1).UploadAsync(default!, default!, default!, default);
        (await preparer.PrepareAsync(Item(new EditInput([Local("large.png", 15_800_000)], null)), Cancel)).Failure.ShouldBeOfType<EditOutcome.Rejected>();
    }

    [Fact]
    public async Task PrepareAsync_ServiceInTrouble_IsAFailureAndLeavesTheUploadToOthers()
    {
        var image = Local("a.png", 1000);
        _shared.Add(image.Value);
        Refuse(new EditOutcome.Throttled(new ServiceError(ErrorClasses.Throttled, null, "slow"), TimeSpan.FromSeconds(3)));
        (await Preparer().PrepareAsync(Item(new EditInput([image], null)), Cancel)).Failure.ShouldBeOfType<EditOutcome.Throttled>();
        await _store.ReceivedWithAnyArgs(1).GiveUpAsync(default!, default, default);
    }

    [Fact]
    public async Task PrepareAsync_AnotherProcessUploads_WaitsForIt()
    {
        var image = Local("a.png", 1000);
        _shared.Add(image.Value);
        var asked = 0;
        _take = _ => Interlocked.Increment(ref asked) < 0;
        var preparing = Preparer().PrepareAsync(Item(new EditInput([image], null)), Cancel);
        while (Volatile.Read(ref asked) < 3)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        preparing.IsCompleted.ShouldBeFalse();
        _use = key => new UploadedFile(key, "file-theirs", null);
        while (!preparing.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        (await preparing).Input.Images.ShouldBe([ImageReference.File("file-theirs")]);
        _uploads.ShouldBe(0);
    }

    [Fact]
    public async Task PrepareAsync_StoppedWhileWaiting_LeavesNothingBehind()
    {
        var image = Local("a.png", 1000);
        _shared.Add(image.Value);
        _take = _ => false;
        using var stop = new CancellationTokenSource();
        var preparing = Preparer().PrepareAsync(Item(new EditInput([image], null)), stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => preparing);
    }

    [Fact]
    public async Task PrepareAsync_TakenOverMeanwhile_DeletesItsOwnAndTakesTheOthers()
    {
        var image = Local("a.png", 1000);
        _shared.Add(image.Value);
        _finish = file =>
        {
            _files[file.Key.Sha256] = file with { FileId = "file-theirs" };
            return false;
        };
        (await Preparer().PrepareAsync(Item(new EditInput([image], null)), Cancel)).Input.Images.ShouldBe([ImageReference.File("file-theirs")]);
        await _service.Received(1).DeleteAsync("file-1", Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task PrepareAsync_FileThatEndsSoon_IsLookedUpAnew()
    {
        var image = Local("a.png", 1000);
        _shared.Add(image.Value);
        var preparer = Preparer();
        await preparer.PrepareAsync(Item(new EditInput([image], null)), Cancel);
        _time.Advance(TimeSpan.FromHours(23));
        await preparer.PrepareAsync(Item(new EditInput([image], null)), Cancel);
        await _store.ReceivedWithAnyArgs(2).UseAsync(default!, default!, default, default);
        _time.Advance(TimeSpan.FromMinutes(46));
        _files.Clear();
        (await preparer.PrepareAsync(Item(new EditInput([image], null)), Cancel)).Input.Images.ShouldBe([ImageReference.File("file-2")]);
    }

    [Fact]
    public async Task PrepareAsync_FileThatChanged_IsAnotherUpload()
    {
        var image = Local("a.png", 1000);
        _shared.Add(image.Value);
        var preparer = Preparer();
        await preparer.PrepareAsync(Item(new EditInput([image], null)), Cancel);
        Local("a.png", 2000);
        (await preparer.PrepareAsync(Item(new EditInput([image], null)), Cancel)).Input.Images.ShouldBe([ImageReference.File("file-2")]);
    }

    [Fact]
    public async Task ForgetAsync_OnceAnItem_GrantsAnotherCallAndAnotherUpload()
    {
        var image = Local("a.png", 1000);
        _shared.Add(image.Value);
        var preparer = Preparer();
        var item = Item(new EditInput([image], null));
        var prepared = await preparer.PrepareAsync(item, Cancel);
        (await preparer.ForgetAsync(item, prepared, Cancel)).ShouldBeTrue();
        var again = await preparer.PrepareAsync(item, Cancel);
        again.Input.Images.ShouldBe([ImageReference.File("file-2")]);
        (await preparer.ForgetAsync(item, again, Cancel)).ShouldBeFalse();
        (await preparer.ForgetAsync(Item(item.Input, 2), again, Cancel)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(400, "file_not_found", "gone", null, true)]
    [InlineData(400, null, "No such file: 'file-1'.", null, true)]
    [InlineData(400, null, "bad", "images[0].file_id", true)]
    [InlineData(404, "not_found", "No such File object", null, true)]
    [InlineData(400, "invalid_value", "size is wrong", "size", false)]
    [InlineData(404, "not_found", "No such path", null, false)]
    public void AreRefusedBy_Refusal_IsByWhatItSays(int status, string? code, string message, string? param, bool refused)
    {
        var outcome = new EditOutcome.Rejected(new ServiceError(ErrorClasses.InvalidRequest, code, message) { Param = param }) { HttpStatus = status };
        var input = new EditInput([ImageReference.File("file-1")], null);
        new PreparedSources(input, [new UploadedFile(new SourceKey("e", "s"), "file-1", null)]).AreRefusedBy(outcome).ShouldBe(refused);
        new PreparedSources(input, []).AreRefusedBy(outcome).ShouldBeFalse("the user's own id is the user's own mistake");
    }

    private static ClaimedItem Item(EditInput input, long id = 1) => new()
    {
        Id = id,
        BatchId = "b",
        Key = "k",
        State = ItemState.Pending,
        Model = "gpt-image-2",
        Input = input,
        Prompt = "p",
        Options = EditOptions.None,
        OutputName = "k",
        Tags = new Dictionary<string, string>(),
        Calls = 0,
        Attempts = 0,
        Unknowns = 0,
        Unsent = 0,
        LeaseToken = 1,
        OnUnknown = OnUnknown.Retry,
        MaxAttempts = 5,
    };

    private void Refuse(EditOutcome outcome) => _service.UploadAsync(default!, default!, default!, default).ReturnsForAnyArgs((null, outcome));

    private SourcePreparer Preparer(Action<EndpointOptions>? change = null)
    {
        var options = new EndpointOptions();
        change?.Invoke(options);
        return new SourcePreparer(_store, _service, _process, ModelBook.BuiltIn, Options.Create(options), _fetcher, _time, new RepeatedWarnings(_time, NullLogger<RepeatedWarnings>.Instance), NullLogger<SourcePreparer>.Instance);
    }

    private ImageReference Local(string name, int length) => ImageReference.Local(Write(name, [.. PngHead, .. new byte[length - PngHead.Length]]));

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
