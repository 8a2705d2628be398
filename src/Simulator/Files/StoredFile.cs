namespace Darkroom.Simulator.Files;

/// <summary>A file that was uploaded.</summary>
/// <param name="ExpiresAt">When it is gone, or null for never.</param>
internal sealed record StoredFile(string Id, byte[] Content, string Name, string Purpose, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
