namespace Darkroom.Simulator.Accounts;

/// <summary>One edit call that the account was charged for.</summary>
/// <param name="Sequence">1 for the first that was billed.</param>
/// <param name="RequestId">The answer's <c>x-request-id</c>.</param>
/// <param name="At">When it was billed.</param>
/// <param name="Model">As sent, or the default.</param>
/// <param name="Prompt">As sent.</param>
/// <param name="PromptSha256">Of its UTF-8, lower-case hex.</param>
/// <param name="Sources">The input images in order: the URL as sent, <c>file:ID</c>, or for inline bytes <c>sha256:HEX</c>.</param>
/// <param name="SourcesSha256">Of the sources' strings, joined by line feeds, lower-case hex.</param>
/// <param name="Mask">The mask's string, or null.</param>
/// <param name="N">Images billed.</param>
/// <param name="UsageJson">The raw <c>usage</c> of the whole call, or null for a model without.</param>
/// <param name="ImageSha256">Of each image's file, lower-case hex, in order.</param>
/// <param name="Delivered">Whether the whole answer left (set just before its last bytes do); false as well while it is still being sent.</param>
public sealed record BilledEdit(
    long Sequence,
    string RequestId,
    DateTimeOffset At,
    string Model,
    string Prompt,
    string PromptSha256,
    IReadOnlyList<string> Sources,
    string SourcesSha256,
    string? Mask,
    int N,
    string? UsageJson,
    IReadOnlyList<string> ImageSha256,
    bool Delivered);
