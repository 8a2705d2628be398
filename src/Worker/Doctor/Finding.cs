namespace Darkroom.Worker.Doctor;

/// <summary>What one check found.</summary>
/// <param name="Check">What was checked.</param>
/// <param name="IsGood">Whether it is in order.</param>
/// <param name="Detail">What was seen, without secrets.</param>
/// <param name="Cure">What to do, or null when nothing is.</param>
public sealed record Finding(string Check, bool IsGood, string Detail, string? Cure = null);
