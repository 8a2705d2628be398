namespace Darkroom.Jobs.Uploads;

/// <summary>What makes two uploads the same: the same bytes at the same endpoint for the same purpose.</summary>
/// <param name="Endpoint">The endpoint's address, with the purpose and the key's name as its fragment.</param>
/// <param name="Sha256">Lower-case hex of the content's SHA-256.</param>
public sealed record SourceKey(string Endpoint, string Sha256);
