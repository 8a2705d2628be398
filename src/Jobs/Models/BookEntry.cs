namespace Darkroom.Jobs.Models;

/// <summary>One object of a book after merging; each member knows the file that it came from.</summary>
internal sealed record BookEntry(JsonPlace Place, Dictionary<string, JsonPlace> Members)
{
    /// <summary>A member that must be there.</summary>
    public JsonPlace Need(string name) => Get(name) ?? throw Place.Fault($"needs {name}");

    /// <summary>A member, or null when it is not there or null.</summary>
    public JsonPlace? Get(string name) => Members.TryGetValue(name, out var place) && !place.IsNull ? place : null;
}
