namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>What a column of a CSV manifest holds.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The option, tag or variable, or the column itself.</param>
internal sealed record CsvColumn(CsvColumnKind Kind, string Name);
