namespace Darkroom.Jobs.Reviews;

/// <summary>What a person thinks of an item's images. The names, in lower case, are stored and printed, so they are an API.</summary>
public enum Decision
{
    /// <summary>They can be used.</summary>
    Approved,

    /// <summary>They can't.</summary>
    Rejected,

    /// <summary>They are to be made again, as the note says.</summary>
    Redo,
}
