using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>Keeps images in memory, and fails when a test says so.</summary>
internal sealed class MemorySink : IOutputSink
{
    private bool _open;

    public List<byte[]> Images { get; } = [];

    public List<int> Opened { get; } = [];

    public Exception? WriteFailure { get; init; }

    /// <summary>How many images are taken before <see cref="WriteFailure"/>.</summary>
    public int TakesBefore { get; init; }

    public Exception? OpenFailure { get; init; }

    public bool KeepBytes { get; init; } = true;

    public long Total { get; private set; }

    public bool KeepsPartials { get; init; }

    public List<(int Index, int Number, byte[] Bytes)> Partials { get; } = [];

    public ValueTask<Stream> OpenAsync(int index, CancellationToken cancellationToken)
    {
        if (OpenFailure is not null) throw OpenFailure;
        _open.ShouldBeFalse("images are opened one after another");
        index.ShouldBe(Opened.Count);
        _open = true;
        Opened.Add(index);
        return ValueTask.FromResult<Stream>(new Entry(this, Images.Add));
    }

    public ValueTask<Stream> OpenPartialAsync(int index, int number, CancellationToken cancellationToken)
    {
        if (OpenFailure is not null) throw OpenFailure;
        _open.ShouldBeFalse("a partial image is opened between images");
        index.ShouldBe(Images.Count);
        _open = true;
        return ValueTask.FromResult<Stream>(new Entry(this, bytes => Partials.Add((index, number, bytes))));
    }

    public Task<IReadOnlyList<StoredImage>> CommitAsync(OutputMetadata metadata, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The client never commits.");

    public Task<IReadOnlyList<string>> SetAsideAsync(CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The client never sets aside.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Entry(MemorySink sink, Action<byte[]> done) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (sink.WriteFailure is not null && sink.Images.Count >= sink.TakesBefore) throw sink.WriteFailure;
            sink.Total += buffer.Length;
            if (sink.KeepBytes) Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            sink._open = false;
            done(ToArray());
            return base.DisposeAsync();
        }
    }
}
