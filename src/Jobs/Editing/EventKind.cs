namespace Darkroom.Jobs.Editing;

/// <summary>What a streamed event is to us.</summary>
internal enum EventKind
{
    /// <summary>Not told (yet).</summary>
    Untold,

    /// <summary>A finished image.</summary>
    Final,

    /// <summary>A preview.</summary>
    Partial,

    /// <summary>The call failed.</summary>
    Error,

    /// <summary>Something that we have no use for.</summary>
    Other,
}
