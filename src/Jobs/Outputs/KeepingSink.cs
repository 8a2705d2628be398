using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Outputs;

/// <summary>
/// Receives an answer into files on the worker's own disk and puts them into the store at the commit. When that disk takes no more, everything goes straight to the store,
/// and there is nothing to keep.
/// </summary>
internal sealed class KeepingSink(KeepingImageStore store, AttemptPlace place, IOutputSink direct, ILogger logger) : IOutputSink
{
    private readonly List<Received> _received = [];
    private IReadOnlyList<StoredImage>? _committed;
    private bool _isDirect;

    private ILogger Logger => logger;

    public bool KeepsPartials => direct.KeepsPartials;

    public ValueTask<Stream> OpenAsync(int index, CancellationToken cancellationToken)
    {
        var images = _received.Count(image => image.Number is null);
        if (index != images) throw new InvalidOperationException($"Image {index} was opened after {images}: images are opened one after another.");
        return OpenAsync(index, null, cancellationToken);
    }

    public ValueTask<Stream> OpenPartialAsync(int index, int number, CancellationToken cancellationToken)
    {
        if (!KeepsPartials) throw new NotSupportedException("This store keeps no partial images.");
        return OpenAsync(index, number, cancellationToken);
    }

    public async Task<IReadOnlyList<StoredImage>> CommitAsync(OutputMetadata metadata, CancellationToken cancellationToken)
    {
        if (_committed is not null) return _committed;
        RequireClosed();
        if (_isDirect) return _committed = await store.WaitAsync(() => direct.CommitAsync(metadata, cancellationToken), cancellationToken);
        KeptAttempt? kept = null;
        try
        {
            _committed = await PutAsync(direct, metadata, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The worker has to end at once. Recovery finds the images.
            Keep(metadata);
            throw;
        }
        catch (ImageStoreException fault)
        {
            // Before the wait: the worker may be killed while the store is away.
            kept = Keep(metadata);
            if (!fault.MayPass) throw Refused(fault, kept);
            try
            {
                _committed = await store.WaitAsync(() => PutAnewAsync(sink => PutAsync(sink, metadata, cancellationToken)), cancellationToken);
            }
            catch (ImageStoreException last)
            {
                throw Refused(last, kept);
            }
        }

        if (kept is not null) Remove(kept);
        return _committed;
    }

    public Task<IReadOnlyList<string>> SetAsideAsync(CancellationToken cancellationToken)
    {
        RequireClosed();
        return _isDirect
            ? store.WaitAsync(() => direct.SetAsideAsync(cancellationToken), cancellationToken)
            : store.WaitAsync(
                () => PutAnewAsync(async sink =>
                {
                    await CopyAsync(sink, partials: false, cancellationToken);
                    return await sink.SetAsideAsync(cancellationToken);
                }),
                cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var received in _received) received.Discard();
        await direct.DisposeAsync();
    }

    private async ValueTask<Stream> OpenAsync(int index, int? number, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_committed is not null) throw new InvalidOperationException("The images are committed already.");
        RequireClosed();
        var received = new Received(this, index, number);
        if (!_isDirect)
        {
            try
            {
                received.File = store.Kept.CreateIncoming();
                _received.Add(received);
                return received;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await GoDirectAsync(e, cancellationToken);
            }
        }

        received.Direct = await OpenDirectAsync(direct, received, cancellationToken);
        _received.Add(received);
        return received;
    }

    // What was received so far goes to the store, and the image that is still open stays open there.
    private async Task GoDirectAsync(Exception cause, CancellationToken cancellationToken)
    {
        Log.OwnDiskRefuses(logger, cause.Message);
        _isDirect = true;
        foreach (var received in _received)
        {
            received.Direct = await OpenDirectAsync(direct, received, cancellationToken);
            await received.SendToAsync(received.Direct, cancellationToken);
            if (received.IsClosed) await received.Direct.DisposeAsync();
            received.Discard();
        }
    }

    private static ValueTask<Stream> OpenDirectAsync(IOutputSink sink, Received received, CancellationToken cancellationToken) => received.Number is { } number
        ? sink.OpenPartialAsync(received.Index, number, cancellationToken)
        : sink.OpenAsync(received.Index, cancellationToken);

    private async Task CopyAsync(IOutputSink sink, bool partials, CancellationToken cancellationToken)
    {
        foreach (var received in _received.Where(received => partials || received.Number is null))
        {
            await using var stream = await OpenDirectAsync(sink, received, cancellationToken);
            await received.SendToAsync(stream, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<StoredImage>> PutAsync(IOutputSink sink, OutputMetadata metadata, CancellationToken cancellationToken)
    {
        await CopyAsync(sink, partials: true, cancellationToken);
        return await sink.CommitAsync(metadata, cancellationToken);
    }

    private async Task<T> PutAnewAsync<T>(Func<IOutputSink, Task<T>> put)
    {
        await using var sink = store.Inner.OpenSink(place);
        return await put(sink);
    }

    private KeptAttempt? Keep(OutputMetadata metadata)
    {
        try
        {
            return store.Kept.Keep(place, metadata, [.. _received.Where(received => received.Number is null).Select(received => received.File!)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotKept(logger, store.Kept.Folder, e.Message);
            return null;
        }
    }

    private static ImageStoreException Refused(ImageStoreException fault, KeptAttempt? kept) => kept is null ? fault : new ImageStoreException(fault.Message, fault) { Kept = kept.Paths };

    private void Remove(KeptAttempt kept)
    {
        try
        {
            KeptImages.Remove(kept);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next sweep sees that the attempt has its images, and removes it.
            Log.NotKept(logger, kept.Folder, e.Message);
        }
    }

    private void RequireClosed()
    {
        if (_received is [.., { IsClosed: false } open]) throw new InvalidOperationException($"Image {open.Index} is still open.");
    }

    /// <summary>One image on the worker's own disk, or on its way straight to the store.</summary>
    private sealed class Received(KeepingSink sink, int index, int? number) : Stream
    {
        // Counted here: of a write that the disk refused, some may be in the file.
        private long _length;

        public int Index => index;

        public int? Number => number;

        public FileStream? File { get; set; }

        public Stream? Direct { get; set; }

        public bool IsClosed { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => !IsClosed;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            cancellationToken.ThrowIfCancellationRequested();
            if (Direct is null)
            {
                try
                {
                    RandomAccess.Write(File!.SafeFileHandle, buffer.Span, _length);
                    _length += buffer.Length;
                    return;
                }
                catch (IOException e)
                {
                    await sink.GoDirectAsync(e, cancellationToken);
                }
            }

            await Direct!.WriteAsync(buffer, cancellationToken);
            _length += buffer.Length;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Images are written with WriteAsync.");

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Direct?.FlushAsync(cancellationToken) ?? Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public async Task SendToAsync(Stream target, CancellationToken cancellationToken)
        {
            var buffer = new byte[Math.Min(_length, 81_920)];
            for (var at = 0L; at < _length;)
            {
                var read = RandomAccess.Read(File!.SafeFileHandle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, _length - at)), at);
                if (read == 0) throw new ImageStoreException($"{File.Name} lost its end while it was read.");
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                at += read;
            }
        }

        /// <summary>Removes the file; one that was kept has another name by now.</summary>
        public void Discard()
        {
            if (File is null) return;
            var name = File.Name;
            File.Dispose();
            File = null;
            try
            {
                System.IO.File.Delete(name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Left to the sweep of files whose process died.
                Log.OwnDiskRefuses(sink.Logger, e.Message);
            }
        }

        protected override void Dispose(bool disposing)
        {
            IsClosed = true;
            if (disposing) Direct?.Dispose();
            base.Dispose(disposing);
        }
    }
}
