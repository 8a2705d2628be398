using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Editing;

/// <summary>Makes one edit call. Never retries: what an outcome leads to is decided elsewhere.</summary>
public interface IEditClient
{
    /// <summary>
    /// Sends the call and reads its answer as a stream; every image is decoded into <paramref name="sink"/> as it arrives.
    /// Expected failures are outcomes; an exception is a bug, a cancellation asked for by <paramref name="cancellationToken"/>
    /// before the request left, or an <see cref="ImageStoreException"/> of the sink.
    /// </summary>
    Task<EditOutcome> SendAsync(EditRequest request, IOutputSink sink, CancellationToken cancellationToken);
}
