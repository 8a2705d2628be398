using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Darkroom.Jobs.Scratch;

namespace Darkroom.Jobs.Outputs;

/// <summary>
/// The worker's own disk for images that were paid for and that the store doesn't take: one folder per attempt, with the images and <c>attempt.json</c>. Folders are
/// readable by their user alone (0700, files 0600). An attempt's folder gets its name when it is whole.
/// </summary>
/// <param name="folder">Absolute; made when first needed.</param>
/// <param name="mostBytes">Total bytes that are kept; what would exceed it isn't kept.</param>
/// <param name="time">The clock.</param>
public sealed class KeptImages(string folder, long mostBytes, TimeProvider time)
{
    /// <summary>How long images are kept that no item can have any more, such as those of an item that was bought again.</summary>
    public static readonly TimeSpan LongestUnused = TimeSpan.FromDays(30);

    private const string RecordName = "attempt.json";

    // No call takes a day: an unfinished file that is older belongs to a process that died.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(1);

    private readonly Lock _keeping = new();

    /// <summary>Where the images are.</summary>
    public string Folder => folder;

    private string Incoming => Path.Combine(folder, ".incoming");

    /// <summary>Creates a file for an image that arrives; <see cref="Keep"/> moves it, and whoever created it deletes it otherwise.</summary>
    /// <exception cref="IOException">The disk takes no file.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public FileStream CreateIncoming()
    {
        PrivateFiles.CreateFolder(Incoming);
        return Create(Path.Combine(Incoming, Guid.NewGuid().ToString("N")));
    }

    /// <summary>Keeps all images of an answer until the store takes them. Safe to repeat for the same attempt.</summary>
    /// <returns>What is kept.</returns>
    /// <exception cref="IOException">The disk refused, or the limit is reached; nothing is kept.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written; nothing is kept.</exception>
    public KeptAttempt Keep(AttemptPlace place, OutputMetadata metadata, IReadOnlyList<FileStream> images)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(images);
        lock (_keeping)
        {
            var target = Path.Combine(folder, $"{place.BatchId}-{metadata.AttemptId}");
            if (Directory.Exists(target)) return Read(target) ?? throw new IOException($"{target} is there and can't be read.");
            var bytes = images.Sum(image => image.Length);
            if (List().Sum(kept => kept.Bytes) + bytes > mostBytes) throw new IOException($"{folder} holds as much as Storage__KeptBytes allows ({mostBytes} bytes)");
            var unfinished = Path.Combine(Incoming, $"{Guid.NewGuid():N}.attempt");
            PrivateFiles.CreateFolder(unfinished);
            var whole = false;
            try
            {
                var files = images.Select((image, index) => Move(image, unfinished, $"{index + 1}.bin")).ToList();
                var record = new KeptRecord(
                    place.BatchId, place.OutputName, place.Attempt, place.Format, metadata.AttemptId, metadata.RequestId, metadata.UsageJson,
                    metadata.EditKey, metadata.SourceVersion, time.GetUtcNow(), files);
                using (var file = Create(Path.Combine(unfinished, RecordName)))
                {
                    file.Write(JsonSerializer.SerializeToUtf8Bytes(record, KeptRecordJson.Default.KeptRecord));
                    file.Flush(flushToDisk: true);
                }

                Directory.Move(unfinished, target);
                whole = true;
                return record.In(target);
            }
            finally
            {
                // The sink still reads the images from their open handles.
                if (!whole) Directory.Delete(unfinished, recursive: true);
            }
        }
    }

    /// <summary>Everything that is kept, the oldest first.</summary>
    public IReadOnlyList<KeptAttempt> List()
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder).Where(path => !Path.GetFileName(path).StartsWith('.')).Select(Read).OfType<KeptAttempt>().OrderBy(kept => kept.KeptAt)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Opens a kept image, after comparing it with the hash it was kept with.</summary>
    /// <exception cref="ImageStoreException">It isn't there any more, or isn't what was kept.</exception>
    public static FileStream Open(KeptAttempt kept, KeptImage image)
    {
        ArgumentNullException.ThrowIfNull(kept);
        ArgumentNullException.ThrowIfNull(image);
        var path = Path.Combine(kept.Folder, image.File);
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (file.Length == image.Bytes && Convert.ToHexStringLower(SHA256.HashData(file)) == image.Sha256)
            {
                file.Position = 0;
                return file;
            }

            file.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageStoreException($"The kept image {path} can't be read: {e.Message}", e);
        }

        throw new ImageStoreException($"The kept image {path} isn't what was kept: its length or SHA-256 is another.") { IsFinal = true };
    }

    /// <summary>Removes what the store has now, or what nobody can use any more. What another process removed already is fine.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Remove(KeptAttempt kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        try
        {
            Directory.Delete(kept.Folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }

    /// <summary>Removes the files of answers whose process died while they arrived.</summary>
    public void RemoveAbandoned()
    {
        if (!Directory.Exists(Incoming)) return;
        var before = (time.GetUtcNow() - AbandonedAfter).UtcDateTime;
        foreach (var file in Directory.EnumerateFiles(Incoming))
            if (File.GetLastWriteTimeUtc(file) < before) File.Delete(file);
        foreach (var attempt in Directory.EnumerateDirectories(Incoming))
            if (Directory.GetLastWriteTimeUtc(attempt) < before) Directory.Delete(attempt, recursive: true);
    }

    private static KeptImage Move(FileStream image, string to, string name)
    {
        image.Flush(flushToDisk: true);
        image.Position = 0;
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(image));
        // Renamed under its open handle: the sink goes on reading from it.
        File.Move(image.Name, Path.Combine(to, name));
        return new KeptImage(name, image.Length, sha256);
    }

    private static KeptAttempt? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(path, RecordName)), KeptRecordJson.Default.KeptRecord)?.In(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // Another process removed it meanwhile, or it is none of ours.
            return null;
        }
    }

    private static FileStream Create(string path)
    {
        var options = PrivateFiles.Options(FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        options.BufferSize = 0;
        return new FileStream(path, options);
    }
}

/// <summary>The images of one attempt on the worker's own disk.</summary>
/// <param name="Folder">The attempt's folder.</param>
/// <param name="Place">Where they belong in the store.</param>
/// <param name="Metadata">What they carry.</param>
/// <param name="KeptAt">Since when.</param>
/// <param name="Images">All images of the answer, in order.</param>
public sealed record KeptAttempt(string Folder, AttemptPlace Place, OutputMetadata Metadata, DateTimeOffset KeptAt, IReadOnlyList<KeptImage> Images)
{
    /// <summary>Bytes of all images.</summary>
    public long Bytes => Images.Sum(image => image.Bytes);

    /// <summary>The images' absolute paths.</summary>
    public IReadOnlyList<string> Paths => [.. Images.Select(image => Path.Combine(Folder, image.File))];
}

/// <summary>One kept image.</summary>
/// <param name="File">Its name in the attempt's folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record KeptImage(string File, long Bytes, string Sha256);

// What attempt.json holds. Another version of the program may read it, so its names are an API.
internal sealed record KeptRecord(
    string Batch, string OutputName, int Attempt, string Format, long AttemptId, string? RequestId, string? Usage, Guid? EditKey, Guid? SourceVersion, DateTimeOffset KeptAt,
    IReadOnlyList<KeptImage> Images)
{
    public KeptAttempt In(string folder) => new(
        folder, new AttemptPlace(Batch, OutputName, Attempt, Format),
        new OutputMetadata(AttemptId, Usage, Images.Count, RequestId) { EditKey = EditKey, SourceVersion = SourceVersion }, KeptAt, Images);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(KeptRecord))]
internal sealed partial class KeptRecordJson : JsonSerializerContext;
