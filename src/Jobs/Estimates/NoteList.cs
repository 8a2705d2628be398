namespace Darkroom.Jobs.Estimates;

/// <summary>Notes, each kept once. Past the bound a new one is dropped: a thousand different ones are more than anybody reads.</summary>
internal sealed class NoteList
{
    private const int Most = 1000;

    private readonly Dictionary<(string?, string), NoteCount> _notes = [];

    /// <summary>The counter of a note, or null when there are too many.</summary>
    public NoteCount? Of(string? field, string reason)
    {
        if (_notes.TryGetValue((field, reason), out var note)) return note;
        if (_notes.Count >= Most) return null;
        return _notes[(field, reason)] = new NoteCount(field, reason);
    }

    public IReadOnlyList<EstimateNote> ToList() => [.. _notes.Values.Select(note => note.ToNote()).OrderBy(note => note.FirstLine)];
}
