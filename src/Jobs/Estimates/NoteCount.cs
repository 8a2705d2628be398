namespace Darkroom.Jobs.Estimates;

/// <summary>A note and for how many items it was said.</summary>
internal sealed class NoteCount(string? field, string reason)
{
    private long _items;
    private int _firstLine;

    public void Count(int line)
    {
        if (_items++ == 0) _firstLine = line;
    }

    public EstimateNote ToNote() => new(field, reason, _items, _firstLine);
}
