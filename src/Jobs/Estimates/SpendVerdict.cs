namespace Darkroom.Jobs.Estimates;

/// <summary>Whether a batch may be started.</summary>
public enum SpendVerdict
{
    /// <summary>It may.</summary>
    Go,

    /// <summary>A person must be asked; where there is none, it may not.</summary>
    Ask,

    /// <summary>A person is asked where there is one; else it may, and the reason is told.</summary>
    AskIfThere,

    /// <summary>It may not, whoever is asked.</summary>
    Refuse,
}
