using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Darkroom.Jobs.Images;
using Darkroom.Jobs.Sources;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// The <c>multipart/form-data</c> body of an edit call: the parameters as texts, <c>image</c> (<c>image[]</c> when there are
/// several) and <c>mask</c> as files (docs/endpoint.md, Requests). The files' bytes are needed here: an http(s) source is fetched first.
/// </summary>
internal sealed class EditFormContent : WovenContent
{
    private readonly string _boundary = $"darkroom-{Guid.NewGuid():N}";

    private EditFormContent()
    {
        Headers.ContentType = new MediaTypeHeaderValue("multipart/form-data");
        Headers.ContentType.Parameters.Add(new NameValueHeaderValue("boundary", _boundary));
    }

    /// <summary>Lays the body out, opens its files and fetches those that aren't here.</summary>
    /// <param name="request">What to ask for.</param>
    /// <param name="defaultModel">The model when the request names none.</param>
    /// <param name="sources">Fetches sources.</param>
    /// <param name="cancellationToken">Cancels reading and fetching.</param>
    /// <returns>The body, or what a missing source means.</returns>
    public static async Task<(WovenContent? Content, EditOutcome? Refusal)> CreateAsync(
        EditRequest request, string defaultModel, SourceFetcher sources, CancellationToken cancellationToken)
    {
        var content = new EditFormContent();
        EditOutcome? refusal = null;
        var made = false;
        try
        {
            refusal = await content.LayOutAsync(request, defaultModel, sources, cancellationToken);
            made = refusal is null;
        }
        finally
        {
            if (!made) content.Dispose();
        }

        return made ? (content, null) : (null, refusal);
    }

    private async Task<EditOutcome?> LayOutAsync(EditRequest request, string defaultModel, SourceFetcher sources, CancellationToken cancellationToken)
    {
        WriteField("model", request.Options.Model ?? defaultModel);
        WriteField("prompt", request.Prompt);
        foreach (var (name, value) in request.Options.Values)
            if (name is not ("model" or "prompt" or "images" or "image" or "image[]" or "mask")) WriteField(name, Text(value));
        var images = request.Input.Images;
        for (var i = 0; i < images.Count; i++)
        {
            var name = images.Count == 1 ? "image" : "image[]";
            if (await WriteFileAsync(name, $"image {(i + 1).ToString(CultureInfo.InvariantCulture)}", images[i], sources, cancellationToken) is { } refusal)
                return refusal;
        }

        if (request.Input.Mask is { } mask && await WriteFileAsync("mask", "the mask", mask, sources, cancellationToken) is { } maskRefusal) return maskRefusal;
        Write($"--{_boundary}--\r\n");
        EndLayout();
        return null;
    }

    private async Task<EditOutcome?> WriteFileAsync(string field, string what, ImageReference image, SourceFetcher sources, CancellationToken cancellationToken)
    {
        switch (image.Kind)
        {
            case ImageReferenceKind.FileId:
                return Rejected("source_unusable", $"The source of {what} is an uploaded file's id, and this model takes only the image itself.");
            case ImageReferenceKind.Url when image.Value.StartsWith("data:", StringComparison.OrdinalIgnoreCase):
                if (Decode(image.Value) is not { } bytes) return Rejected("source_not_image", $"The data URL of {what} is no base64.");
                if (ImageHeader.Read(bytes) is not { } header) return Rejected("source_not_image", $"The data URL of {what} {FileKind.Of(bytes).NotInputImage}.");
                Weave(field, header.MediaType, new BytesInsert(bytes));
                return null;
            case ImageReferenceKind.Url:
                return await FetchAsync(field, what, image.Value, sources, cancellationToken);
            default:
                var (file, error) = await SourceFile.OpenRawAsync(image.Value, cancellationToken);
                if (file is null) return new EditOutcome.Rejected(error!);
                Weave(field, file.MediaType, file);
                return null;
        }
    }

    private async Task<EditOutcome?> FetchAsync(string field, string what, string url, SourceFetcher sources, CancellationToken cancellationToken)
    {
        var (image, fault) = await sources.FetchAsync(url, cancellationToken);
        if (image is null) return SourceFetcher.OutcomeOf(fault!, what);
        // What is open stays readable when the name of the temporary file goes.
        using (image)
        {
            var (file, error) = await SourceFile.OpenRawAsync(image.Path, cancellationToken);
            if (file is null) return new EditOutcome.Rejected(error!);
            Weave(field, file.MediaType, file);
            return null;
        }
    }

    private void Weave(string field, string mediaType, BodyInsert insert)
    {
        Keep(insert);
        // The name is ours: a path is nobody's business, and servers go by the ending.
        Write($"--{_boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{field.TrimEnd('[', ']')}.{mediaType["image/".Length..]}\"\r\n");
        Write($"Content-Type: {mediaType}\r\n\r\n");
        Place(Body.WrittenCount);
        Write("\r\n");
    }

    private void WriteField(string name, string value) =>
        Write($"--{_boundary}\r\nContent-Disposition: form-data; name=\"{Escape(name)}\"\r\n\r\n{value}\r\n");

    private void Write(string text) => Encoding.UTF8.GetBytes(text, Body);

    // As browsers do it (the HTML standard's multipart/form-data encoding algorithm).
    private static string Escape(string name) => name
        .Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal).Replace("\"", "%22", StringComparison.Ordinal);

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static byte[]? Decode(string dataUrl)
    {
        var comma = dataUrl.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !dataUrl.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase)) return null;
        var text = dataUrl.AsSpan(comma + 1);
        if (!Base64.IsValid(text, out var length)) return null;
        var bytes = new byte[length];
        return Convert.TryFromBase64Chars(text, bytes, out _) ? bytes : null;
    }

    private static EditOutcome.Rejected Rejected(string code, string message) => new(SourceFile.Refused(code, message));
}
