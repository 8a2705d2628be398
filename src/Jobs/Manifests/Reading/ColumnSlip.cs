namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>A column whose name is a slip of a known one.</summary>
/// <param name="Name">As it stands in the header.</param>
/// <param name="Meant">The known name.</param>
/// <param name="Line">The header's line.</param>
internal sealed record ColumnSlip(string Name, string Meant, int Line);
