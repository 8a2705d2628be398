namespace Darkroom.Jobs.Sources;

/// <summary>Takes a download as it comes.</summary>
public interface IDownloadTarget
{
    /// <summary>Takes a piece; the first piece of a download may be any length but zero.</summary>
    /// <returns>Why no more is wanted, or null.</returns>
    ValueTask<DownloadFault?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}
