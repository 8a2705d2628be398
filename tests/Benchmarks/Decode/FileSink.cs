using Darkroom.Jobs.Outputs;

namespace Darkroom.Benchmarks.Decode;

/// <summary>The barest sink: one image into one file, as the plain way has it, without hash or commit.</summary>
internal sealed class FileSink(string path) : IOutputSink
{
    public ValueTask<Stream> OpenAsync(int index, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Stream>(new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 }));

    public Task<IReadOnlyList<StoredImage>> CommitAsync(OutputMetadata metadata, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoredImage>>([]);

    public Task<IReadOnlyList<string>> SetAsideAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
