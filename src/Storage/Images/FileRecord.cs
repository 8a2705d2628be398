using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>
/// What lies at <c>.meta/PATH.json</c> for an attempt, PATH being that of its first image. It is created once and before any image is visible: it
/// is the claim on the place. Persisted, so its names are an API.
/// </summary>
/// <param name="AttemptId">The attempt that paid.</param>
/// <param name="RequestId">The service's request id.</param>
/// <param name="Usage">The raw usage, as text: it is kept as it came.</param>
/// <param name="Images">Every image of the attempt.</param>
internal sealed record FileRecord(long AttemptId, string? RequestId, string? Usage, IReadOnlyList<StoredImage> Images)
{
    /// <summary>What the edit asked for, as reuse finds it later; or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? EditKey { get; init; }

    /// <summary>What its sources were before the call, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? SourceVersion { get; init; }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, FileRecordJson.Default.FileRecord);

    /// <summary>Reads a record.</summary>
    /// <returns>Null when there is none, or it is no record (a file cut short by a loss of power, where the store isn't durable).</returns>
    public static FileRecord? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), FileRecordJson.Default.FileRecord) is { Images: [_, ..] } record ? record : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>True when a file holds exactly the bytes that a record speaks of.</summary>
    public static bool Holds(string file, StoredImage image)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
            return stream.Length == image.Bytes && Convert.ToHexStringLower(SHA256.HashData(stream)) == image.Sha256;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}
