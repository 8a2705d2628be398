namespace Darkroom.Jobs.Manifests;

/// <summary>Something wrong with one field of a row.</summary>
/// <param name="Field">The field at fault, such as <c>images[1]</c> or <c>options.size</c>, or null for the whole row.</param>
/// <param name="Reason">What is wrong and what would be right, in one sentence.</param>
public readonly record struct FieldFault(string? Field, string Reason);
