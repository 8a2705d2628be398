namespace Darkroom.Jobs.Uploads;

/// <summary>A file that the service has.</summary>
/// <param name="Key">What it holds, and where.</param>
/// <param name="FileId">The service's id of it.</param>
/// <param name="ExpiresAt">When the service drops it, or null when it keeps it for good.</param>
public sealed record UploadedFile(SourceKey Key, string FileId, DateTimeOffset? ExpiresAt);
