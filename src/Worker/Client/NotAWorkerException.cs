namespace Darkroom.Worker.Client;

/// <summary>What answers at the server's address is no Darkroom worker, or one of another version that this program doesn't understand.</summary>
public sealed class NotAWorkerException(Uri address, string what, Exception? inner = null)
    : Exception($"{address.GetLeftPart(UriPartial.Authority)} isn't a Darkroom worker that this program understands: {what}. Check --server.", inner);
