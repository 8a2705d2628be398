namespace Darkroom.Jobs.Sources;

/// <summary>Why something wasn't fetched.</summary>
/// <param name="Code">One of the codes here.</param>
/// <param name="Message">A sentence without a subject, such as <c>answers with HTTP 404</c>. Never repeats an address: it may be signed.</param>
/// <param name="MayPass">Whether another try may help.</param>
public sealed record DownloadFault(string Code, string Message, bool MayPass = false)
{
    /// <summary>The rules refuse the address, or one that it redirects to.</summary>
    public const string Refused = "source_refused";

    /// <summary>It didn't come.</summary>
    public const string NotFetched = "source_not_fetched";

    /// <summary>It has more bytes, or claims more pixels, than allowed.</summary>
    public const string TooLarge = "source_too_large";

    /// <summary>It is no PNG, JPEG or WebP image.</summary>
    public const string NotImage = "source_not_image";
}
