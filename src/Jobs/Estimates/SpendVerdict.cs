namespace Darkroom.Jobs.Estimates;

/// <summary>Whether a batch may be started.</summary>
public enum SpendVerdict
{
    /// <summary>It may.</summary>
    Go,

    /// <summary>A person must be asked.</summary>
    Ask,

    /// <summary>It may not, whoever is asked.</summary>
    Refuse,
}
