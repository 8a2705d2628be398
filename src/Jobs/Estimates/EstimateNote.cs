namespace Darkroom.Jobs.Estimates;

/// <summary>Something worth knowing of a manifest that keeps nothing from being sent. Said once, however many items it holds for.</summary>
/// <param name="Field">The field it is about, such as <c>options.model</c>, or null.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Items">How many items it holds for.</param>
/// <param name="FirstLine">1-based line of the first of them.</param>
public sealed record EstimateNote(string? Field, string Reason, long Items, int FirstLine);
