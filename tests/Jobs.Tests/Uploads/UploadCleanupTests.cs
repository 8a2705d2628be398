using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Uploads;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Uploads;

public sealed class UploadCleanupTests
{
    private readonly IUploadedFileStore _store = Substitute.For<IUploadedFileStore>();
    private readonly IFileService _service = Substitute.For<IFileService>();

    [Fact]
    public async Task RunAsync_SomeCannotBeDeleted_RemovesTheOthers()
    {
        UploadedFile one = new(new SourceKey("e", "1"), "file-1", null), two = new(new SourceKey("e", "2"), "file-2", null);
        _service.Endpoint.Returns("e");
        _store.MarkUnusedAsync("e", Arg.Any<CancellationToken>()).Returns([one, two]);
        _service.DeleteAsync("file-1", Arg.Any<CancellationToken>()).Returns(new ServiceError(ErrorClasses.Server, null, "busy"));
        await Cleanup().RunAsync(TestContext.Current.CancellationToken);
        await _store.DidNotReceive().RemoveAsync(one, Arg.Any<CancellationToken>());
        await _store.Received(1).RemoveAsync(two, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task RunAsync_DatabaseAway_IsPutOff()
    {
        _store.MarkUnusedAsync(default!, default).ReturnsForAnyArgs<IReadOnlyList<UploadedFile>>(_ => throw new Away());
        await Cleanup().RunAsync(TestContext.Current.CancellationToken);
        await _service.DidNotReceiveWithAnyArgs().DeleteAsync(default!, default);
    }

    private UploadCleanup Cleanup() => new(_store, _service, NullLogger<UploadCleanup>.Instance);

    private sealed class Away : System.Data.Common.DbException
    {
        public override bool IsTransient => true;
    }
}
