using System.Text.Json.Serialization;

namespace Darkroom.Worker.Client.Shapes;

/// <summary>What came of an action.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="State">Where it stands now.</param>
/// <param name="Items">How many items changed; of a resume, those that it put back.</param>
public sealed record ActionShape(
    string Batch,
    string State,
    long Items)
{
    /// <summary>What a person should know of it besides, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    /// <summary>The states that a retry looked for; null for other actions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? LookedFor { get; init; }

    /// <summary>How many items are in which states, when a retry found none to put back; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ItemCountsShape? Counts { get; init; }
}
