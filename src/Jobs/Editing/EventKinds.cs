namespace Darkroom.Jobs.Editing;

/// <summary>Reads event kinds off their names (docs/endpoint.md, Streams). By their ends, since servers differ in what they put before.</summary>
internal static class EventKinds
{
    /// <summary>The kind by an <c>event:</c> line or a <c>type</c>.</summary>
    public static EventKind Of(string? name)
    {
        if (string.IsNullOrEmpty(name) || name == "message") return EventKind.Untold;
        if (Is(name, "completed")) return EventKind.Final;
        if (Is(name, "partial_image")) return EventKind.Partial;
        return Is(name, "error") || Is(name, "failed") ? EventKind.Error : EventKind.Other;
    }

    private static bool Is(string name, string kind) =>
        name.EndsWith(kind, StringComparison.Ordinal) && (name.Length == kind.Length || name[^(kind.Length + 1)] == '.');
}
