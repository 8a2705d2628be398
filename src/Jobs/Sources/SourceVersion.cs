namespace Darkroom.Jobs.Sources;

/// <summary>
/// What a source held when it was looked at. Two equal versions of one source mean the same picture; versions of different kinds can't be compared, and then
/// the pictures have to be taken for different ones.
/// </summary>
/// <param name="Kind">How <paramref name="Value"/> was found.</param>
/// <param name="Value">The strong ETag with its quotes, the lower-case hex of the SHA-256, or the id of the uploaded file. Holds no secret.</param>
public sealed record SourceVersion(SourceVersionKind Kind, string Value)
{
    /// <summary><c>etag:"0x8D…"</c>, <c>sha256:1f…</c> or <c>file:file-1</c>: fit to stand in a fingerprint.</summary>
    public override string ToString() => $"{Kind switch { SourceVersionKind.ETag => "etag", SourceVersionKind.Sha256 => "sha256", _ => "file" }}:{Value}";
}
