using System.Security.Cryptography;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Tests.Editing;
using Darkroom.Jobs.Tests.Sources;
using Darkroom.Jobs.Uploads;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Uploads;

public sealed class RemoteSourcesTests : IAsyncLifetime
{
    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UploadedFile> _files = new(StringComparer.Ordinal);
    private readonly IUploadedFileStore _store = Substitute.For<IUploadedFileStore>();
    private readonly IFileService _service = Substitute.For<IFileService>();
    private readonly WorkerProcess _process;

    public RemoteSourcesTests()
    {
        var processes = Substitute.For<IProcessStore>();
        processes.RegisterAsync(default, default, default).ReturnsForAnyArgs(1);
        _process = new WorkerProcess(processes, Options.Create(new WorkerOptions()), TimeProvider.System, NullLogger<WorkerProcess>.Instance);
        _store.GetSharedPathsAsync("b", 8, Arg.Any<CancellationToken>()).Returns(_ => _shared);
        _store.UseAsync(default!, default!, default, default).ReturnsForAnyArgs(c => _files.GetValueOrDefault(c.Arg<SourceKey>().Sha256));
        _store.TakeAsync(default!, default, default, default).ReturnsForAnyArgs(c => !_files.ContainsKey(c.Arg<SourceKey>().Sha256));
        _store.FinishAsync(default!, default, default).ReturnsForAnyArgs(c => _files.TryAdd(c.Arg<UploadedFile>().Key.Sha256, c.Arg<UploadedFile>()));
        _service.Endpoint.Returns("http://x#vision");
        _service.UploadAsync(default!, default!, default!, default).ReturnsForAnyArgs(c => (new UploadedFile(c.Arg<SourceKey>(), "file-1", null), (EditOutcome?)null));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _process.RegisterAsync(false, Cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task PrepareAsync_FetchedByTheService_TouchesNothing()
    {
        await using var shop = new ScriptedServer(FetchWorld.Picture());
        var item = Item(new EditInput([ImageReference.Url(shop.Address)], null)) with { FetchedBy = FetchedBy.Service };
        using var prepared = await Preparer().PrepareAsync(item, Cancel);
        (prepared.Input, shop.Heads.Count).ShouldBe((item.Input, 0));
    }

    [Fact]
    public async Task PrepareAsync_FetchedByTheWorker_LiesHereUntilTheCallHasEnded()
    {
        await using var shop = new ScriptedServer(FetchWorld.Picture(), FetchWorld.Picture(Pictures.Png(2, 2)));
        var inline = ImageReference.Url("data:image/png;base64,AAAA");
        var first = ImageReference.Url($"{shop.Address}a?sig=planted");
        var item = Item(new EditInput([first, inline, ImageReference.File("own")], ImageReference.Url($"{shop.Address}m")));
        var prepared = await Preparer().PrepareAsync(item, Cancel);
        var (image, mask) = (prepared.Input.Images[0], prepared.Input.Mask!);
        (image.Kind, mask.Kind, prepared.Input.Images[1], prepared.Input.Images[2]).ShouldBe((ImageReferenceKind.LocalPath, ImageReferenceKind.LocalPath, inline, ImageReference.File("own")));
        (await File.ReadAllBytesAsync(image.Value, Cancel)).ShouldBe(Pictures.Png());
        (await File.ReadAllBytesAsync(mask.Value, Cancel)).ShouldBe(Pictures.Png(2, 2));
        prepared.Versions[first].ShouldBe(new SourceVersion(SourceVersionKind.Sha256, Convert.ToHexStringLower(SHA256.HashData(Pictures.Png()))));
        var (imageFile, maskFile) = (WhatIsAt(image).ShouldNotBeNull(), WhatIsAt(mask).ShouldNotBeNull());
        prepared.Dispose();
        // Another test's file may have come by the same number.
        WhatIsAt(image).ShouldNotBe(imageFile);
        WhatIsAt(mask).ShouldNotBe(maskFile);
    }

    [Fact]
    public async Task PrepareAsync_SharedByMany_IsFetchedAndUploadedOnce()
    {
        await using var shop = new ScriptedServer(FetchWorld.Picture());
        _shared.Add(shop.Address);
        var preparer = Preparer();
        var all = await Task.WhenAll(Enumerable.Range(1, 30).Select(id => preparer.PrepareAsync(Item(new EditInput([ImageReference.Url(shop.Address)], null), id), Cancel)));
        all.ShouldAllBe(prepared => prepared.Input.Images[0] == ImageReference.File("file-1") && prepared.Versions.Count == 1);
        shop.Heads.Count.ShouldBe(1);
        await _service.ReceivedWithAnyArgs(1).UploadAsync(default!, default!, default!, default);
    }

    [Fact]
    public async Task PrepareAsync_SharedWithoutAFilesApi_IsInline()
    {
        _service.UploadAsync(default!, default!, default!, default).ReturnsForAnyArgs(
            (null, new EditOutcome.Rejected(new ServiceError(ErrorClasses.InvalidRequest, "not_found", "no such path")) { HttpStatus = 404 }));
        await using var shop = new ScriptedServer(FetchWorld.Picture());
        _shared.Add(shop.Address);
        using var prepared = await Preparer().PrepareAsync(Item(new EditInput([ImageReference.Url(shop.Address)], null)), Cancel);
        prepared.Input.Images[0].Kind.ShouldBe(ImageReferenceKind.LocalPath);
    }

    [Theory]
    [InlineData("404 Not Found", typeof(EditOutcome.Rejected))]
    [InlineData("503 Busy", typeof(EditOutcome.ServerFailed))]
    public async Task PrepareAsync_SecondSourceThatDoesNotCome_FailsTheItemAndLeavesNoFile(string status, Type outcome)
    {
        await using var shop = new ScriptedServer(FetchWorld.Picture(), ScriptedServer.Answer(status, "Content-Length: 0\r\n", []));
        using var prepared = await Preparer().PrepareAsync(
            Item(new EditInput([ImageReference.Url($"{shop.Address}a"), ImageReference.Url($"{shop.Address}b?sig=planted")], null)), Cancel);
        prepared.Failure.ShouldBeOfType(outcome);
        prepared.Failure!.ErrorOrNull!.Message.ShouldBe($"The source of image 2 answers with HTTP {status[..3]}.");
        prepared.Temporary.ShouldBeEmpty();
    }

    [Fact]
    public async Task PrepareAsync_BlobAddress_IsNeverLeftToTheService()
    {
        var item = Item(new EditInput([ImageReference.Url("az://shop/pics/a.png")], null)) with { FetchedBy = FetchedBy.Service };
        using var prepared = await Preparer().PrepareAsync(item, Cancel);
        prepared.Failure.ShouldBeOfType<EditOutcome.Rejected>().Error.Code.ShouldBe(DownloadFault.Refused);
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
        FetchedBy = FetchedBy.Worker,
    };

    // On Linux a path of an open file without a name: the link tells which one it is.
    private static string? WhatIsAt(ImageReference image) => File.Exists(image.Value) ? new FileInfo(image.Value).LinkTarget ?? image.Value : null;

    private SourcePreparer Preparer() => new(
        _store, _service, _process, ModelBook.BuiltIn, Options.Create(new EndpointOptions()), FetchWorld.Fetcher(FetchWorld.Allow("127.0.0.1")), TimeProvider.System,
        new RepeatedWarnings(TimeProvider.System, NullLogger<RepeatedWarnings>.Instance), NullLogger<SourcePreparer>.Instance);
}
