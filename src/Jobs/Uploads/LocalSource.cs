namespace Darkroom.Jobs.Uploads;

/// <summary>What a local file holds.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Sha256">Lower-case hex of its SHA-256.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="MediaType">Its type by its own header.</param>
internal sealed record LocalSource(string Path, string Sha256, long Bytes, string MediaType);
