namespace Darkroom.Jobs.Models;

/// <summary>What <see cref="ModelBookReader"/> read: the parts of a book and their merged JSON.</summary>
internal sealed record BookContent(DateOnly Date, IReadOnlyList<ModelFamily> Families, IReadOnlyList<ModelEntry> Models, string Json);
