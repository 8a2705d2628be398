namespace Darkroom.Jobs.Editing;

/// <summary>What an error answer says, unscrubbed: the service's own <c>{"error":{"message","type","param","code"}}</c>, or what others say in its place.</summary>
/// <param name="Message">What it says, or null.</param>
/// <param name="Type">Its kind, or null.</param>
/// <param name="Code">Its code, or null.</param>
/// <param name="Param">The parameter at fault, or null.</param>
/// <param name="ModerationJson">Raw <c>moderation_details</c>, or the same made of Azure's <c>content_filter_results</c>; or null.</param>
internal sealed record ErrorBody(string? Message, string? Type, string? Code, string? Param, string? ModerationJson)
{
    /// <summary>An answer without an error object.</summary>
    public static readonly ErrorBody Empty = new(null, null, null, null, null);

    /// <summary>
    /// Whether the service itself speaks: its JSON has an <c>error</c>, FastAPI's <c>detail</c>, or a message with a code. A page, nothing, or a bare
    /// <c>{"message":…}</c> is what gateways answer, who don't know what became of the call.
    /// </summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether the body names moderation anywhere: a code of it, also nested, or a category that was filtered.</summary>
    public bool IsModeration { get; init; }

    /// <summary>Whether a code or type is one of moderation's: OpenAI's, Azure's and LiteLLM's.</summary>
    public static bool NamesModeration(string? name) => name is not null && Plain(name) is
        "moderationblocked" or "contentpolicyviolation" or "contentpolicyviolationerror" or "contentfilter" or "contentfiltered" or "contentmoderation"
        or "responsibleaipolicyviolation";

    /// <summary>A name without what vendors write differently: <c>contentFilter</c> and <c>content_filter</c> are one.</summary>
    public static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}
