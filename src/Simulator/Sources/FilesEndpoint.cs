using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Darkroom.Simulator.Http;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Sources;

/// <summary>A file that was uploaded.</summary>
/// <param name="ExpiresAt">When it is gone, or null for never.</param>
internal sealed record StoredFile(string Id, byte[] Content, string Name, string Purpose, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>Uploaded files, in memory.</summary>
internal sealed class FileStore(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, StoredFile> files = new(StringComparer.Ordinal);
    private long count;

    /// <summary>Keeps a file.</summary>
    /// <param name="lifetime">How long, or null for good.</param>
    public StoredFile Add(byte[] content, string name, string purpose, TimeSpan? lifetime)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"file-{Interlocked.Increment(ref count):D24}");
        var now = time.GetUtcNow();
        return files[id] = new(id, content, name, purpose, now, now + lifetime);
    }

    /// <summary>A file that is there and has not expired, or null.</summary>
    public StoredFile? Find(string id)
    {
        if (files.TryGetValue(id, out var file) && file.ExpiresAt <= time.GetUtcNow())
        {
            files.TryRemove(id, out _);
            return null;
        }

        return file;
    }

    /// <summary>Drops a file.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string id) => Find(id) is not null && files.TryRemove(id, out _);
}

/// <summary>/v1/files: upload, look up, fetch and delete.</summary>
internal sealed class FilesEndpoint(FileStore files)
{
    private const int MinLifetime = 3600, MaxLifetime = 2_592_000;
    private const long MaxBytes = 512L * 1024 * 1024;

    private static readonly string[] Purposes = ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"];

    /// <summary>POST /v1/files.</summary>
    public async Task UploadAsync(HttpContext context)
    {
        if (await AddAsync(context) is { } error)
        {
            await ErrorWriter.WriteAsync(context, error, retryHeaders: false);
        }
    }

    /// <summary>GET /v1/files/{id}.</summary>
    public Task GetAsync(HttpContext context) => OnFileAsync(context, file => JsonAnswers.WriteAsync(context, writer => Write(writer, file)));

    /// <summary>GET /v1/files/{id}/content.</summary>
    public Task GetContentAsync(HttpContext context) => OnFileAsync(context, async file =>
    {
        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(file.Content, context.RequestAborted);
    });

    /// <summary>DELETE /v1/files/{id}.</summary>
    public Task DeleteAsync(HttpContext context) => OnFileAsync(context, file =>
    {
        var deleted = files.Remove(file.Id);
        return JsonAnswers.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id", file.Id);
            writer.WriteString("object", "file");
            writer.WriteBoolean("deleted", deleted);
            writer.WriteEndObject();
        });
    });

    private static void Write(Utf8JsonWriter writer, StoredFile file)
    {
        writer.WriteStartObject();
        writer.WriteString("id", file.Id);
        writer.WriteString("object", "file");
        writer.WriteNumber("bytes", file.Content.Length);
        writer.WriteNumber("created_at", file.CreatedAt.ToUnixTimeSeconds());
        if (file.ExpiresAt is { } end)
        {
            writer.WriteNumber("expires_at", end.ToUnixTimeSeconds());
        }

        writer.WriteString("filename", file.Name);
        writer.WriteString("purpose", file.Purpose);
        writer.WriteString("status", "processed");
        writer.WriteEndObject();
    }

    private Task OnFileAsync(HttpContext context, Func<StoredFile, Task> handle)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        return files.Find(id) is { } file
            ? handle(file)
            : ErrorWriter.WriteAsync(context, ServiceError.NotFound($"No such File object: {id}", "id"), retryHeaders: false);
    }

    private async Task<ServiceError?> AddAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            return ServiceError.BadRequest("unsupported_content_type", "Send the file as multipart/form-data.", null);
        }

        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(Forms.Options, context.RequestAborted);
        }
        catch (InvalidDataException e)
        {
            return ServiceError.BadRequest("invalid_form", $"The form can't be read: {e.Message}", null);
        }

        var purpose = form["purpose"].ToString();
        if (form.Files.GetFile("file") is not { Length: <= MaxBytes } upload)
        {
            return ServiceError.BadRequest("missing_required_parameter", "Missing required parameter: 'file' (at most 512 MB).", "file");
        }

        if (!Purposes.Contains(purpose, StringComparer.Ordinal))
        {
            return ServiceError.BadRequest("invalid_value", $"Invalid value: '{purpose}'. Supported values are: {string.Join(", ", Purposes.Select(p => $"'{p}'"))}.", "purpose");
        }

        if (!TryReadLifetime(form, out var lifetime))
        {
            return ServiceError.BadRequest(
                "invalid_value", $"Invalid 'expires_after': the anchor must be 'created_at' and the seconds {MinLifetime} to {MaxLifetime}.", "expires_after");
        }

        var content = await Forms.ReadFileAsync(upload, context.RequestAborted);
        var file = files.Add(content, upload.FileName, purpose, lifetime);
        await JsonAnswers.WriteAsync(context, writer => Write(writer, file));
        return null;
    }

    private static bool TryReadLifetime(IFormCollection form, out TimeSpan? lifetime)
    {
        lifetime = null;
        var anchor = form["expires_after[anchor]"].ToString();
        var seconds = form["expires_after[seconds]"].ToString();
        if (anchor.Length == 0 && seconds.Length == 0)
        {
            return true;
        }

        var fine = int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= MinLifetime and <= MaxLifetime;
        lifetime = TimeSpan.FromSeconds(count);
        return fine && anchor == "created_at";
    }
}
