namespace Darkroom.Jobs.Browsing;

/// <summary>The order of a list of batches.</summary>
public enum BatchSort
{
    /// <summary>The newest first.</summary>
    Newest,

    /// <summary>The oldest first.</summary>
    Oldest,
}
