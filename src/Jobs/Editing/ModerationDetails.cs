using System.Text.Json;

namespace Darkroom.Jobs.Editing;

/// <summary>What a refusal by moderation says of itself: the service's <c>moderation_details</c>, in which anything may be missing.</summary>
/// <param name="Stage"><c>moderation_stage</c>: <c>input</c> or <c>output</c>; null when it isn't told.</param>
/// <param name="Categories">What it was refused for, as the service names it; empty when it isn't told.</param>
public sealed record ModerationDetails(string? Stage, IReadOnlyList<string> Categories)
{
    private static readonly ModerationDetails Untold = new(null, []);

    /// <summary>Reads it from an error's details.</summary>
    /// <param name="json">The details, JSON of whatever form, or null.</param>
    public static ModerationDetails Parse(string? json)
    {
        if (json is null) return Untold;
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) return Untold;
        var stage = root.TryGetProperty("moderation_stage", out var told) && told.ValueKind == JsonValueKind.String ? told.GetString() : null;
        return new ModerationDetails(stage, root.TryGetProperty("categories", out var categories) && categories.ValueKind == JsonValueKind.Array
            ? [.. categories.EnumerateArray().Where(category => category.ValueKind == JsonValueKind.String).Select(category => category.GetString()!)]
            : []);
    }
}
