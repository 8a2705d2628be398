using System.Globalization;
using System.Text.Json;
using Darkroom.Simulator.Answers;
using Darkroom.Simulator.Edits;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Files;

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
            form = await context.Request.ReadFormAsync(EditRequestReader.FormOptions, context.RequestAborted);
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

        var content = await EditRequestReader.ReadFileAsync(upload, context.RequestAborted);
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
