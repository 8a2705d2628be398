namespace Darkroom.Jobs.Schedules;

/// <summary>A manifest can't be had. The message repeats no signature.</summary>
/// <param name="message">Which, and why.</param>
/// <param name="mayPass">Whether another try may help.</param>
public sealed class ManifestUnavailableException(string message, bool mayPass) : Exception(message)
{
    /// <summary>Whether another try may help.</summary>
    public bool MayPass { get; } = mayPass;
}
