namespace Darkroom.Simulator.Painting;

/// <summary>What of frame and label lies over a place.</summary>
internal enum LabelPart
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The frame around the picture.</summary>
    Frame,

    /// <summary>The band that the words stand on.</summary>
    Band,

    /// <summary>A letter.</summary>
    Letter,
}
