namespace Darkroom.Jobs.Browsing;

/// <summary>The order of a list of batches.</summary>
public enum BatchSort
{
    /// <summary>The newest first.</summary>
    Newest,

    /// <summary>The oldest first.</summary>
    Oldest,

    /// <summary>Those that cost most first.</summary>
    Cost,

    /// <summary>Those with most items still to do first.</summary>
    Left,

    /// <summary>Those with most items refused, failed or held first.</summary>
    Problems,
}
