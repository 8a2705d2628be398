namespace Darkroom.Worker.Limits;

/// <summary>A limits group was named that neither the model book nor the configuration nor the database has.</summary>
/// <param name="group">The name.</param>
/// <param name="known">The groups there are.</param>
public sealed class UnknownLimitsGroupException(string group, IReadOnlyCollection<string> known)
    : Exception($"there is no limits group '{group}'; there are {string.Join(", ", known)}");
