namespace Darkroom.Jobs.Editing;

/// <summary>An error object as the service sent it: <c>{"error":{"message","type","param","code"}}</c>, unscrubbed.</summary>
/// <param name="Message">What it says, or null.</param>
/// <param name="Type">Its kind, or null.</param>
/// <param name="Code">Its code, or null.</param>
/// <param name="Param">The parameter at fault, or null.</param>
/// <param name="ModerationJson">Raw <c>moderation_details</c>, or null.</param>
internal sealed record ErrorBody(string? Message, string? Type, string? Code, string? Param, string? ModerationJson)
{
    /// <summary>An answer without an error object.</summary>
    public static readonly ErrorBody Empty = new(null, null, null, null, null);
}
