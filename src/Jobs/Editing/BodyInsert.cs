namespace Darkroom.Jobs.Editing;

/// <summary>A long piece of a JSON string that is written straight to the network instead of being held in the body.</summary>
internal abstract class BodyInsert : IDisposable
{
    /// <summary>Bytes that it takes on the wire.</summary>
    public abstract long Length { get; }

    /// <summary>Writes it. May be called again: a handler may repeat a call on a new connection while nothing has been sent on the old one.</summary>
    public abstract Task WriteAsync(Stream stream, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
