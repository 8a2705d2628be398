using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Darkroom.Jobs.Editing;

/// <summary>The JSON body of an edit call (docs/endpoint.md, Requests).</summary>
internal sealed class EditRequestContent : WovenContent
{
    private const int LongText = 4096;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private EditRequestContent() => Headers.ContentType = new MediaTypeHeaderValue("application/json");

    /// <summary>Lays the body out and opens its files.</summary>
    /// <param name="request">What to ask for.</param>
    /// <param name="defaultModel">The model when the request names none.</param>
    /// <param name="cancellationToken">Cancels the reading of files.</param>
    /// <returns>The body, or the error of class <c>source</c>.</returns>
    public static async Task<(EditRequestContent? Content, ServiceError? Error)> CreateAsync(
        EditRequest request, string defaultModel, CancellationToken cancellationToken)
    {
        var content = new EditRequestContent();
        ServiceError? error = null;
        var made = false;
        try
        {
            error = await content.LayOutAsync(request, defaultModel, cancellationToken);
            made = error is null;
        }
        finally
        {
            if (!made) content.Dispose();
        }

        return made ? (content, null) : (null, error);
    }

    private async Task<ServiceError?> LayOutAsync(EditRequest request, string defaultModel, CancellationToken cancellationToken)
    {
        using var writer = new Utf8JsonWriter(Body, WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartArray("images");
        foreach (var image in request.Input.Images)
            if (await WriteImageAsync(writer, image, cancellationToken) is { } error) return error;
        writer.WriteEndArray();
        if (request.Input.Mask is { } mask)
        {
            writer.WritePropertyName("mask");
            if (await WriteImageAsync(writer, mask, cancellationToken) is { } error) return error;
        }

        writer.WriteString("prompt", request.Prompt);
        if (request.Options.Model is null) writer.WriteString("model", defaultModel);
        foreach (var (name, value) in request.Options.Values)
        {
            // These three are the input's and the prompt's own; twice the same name would mean whatever the server makes of it.
            if (name is "images" or "mask" or "prompt") continue;
            if (name == "model" && request.Options.Model is null) continue;
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
        EndLayout();
        return null;
    }

    private async Task<ServiceError?> WriteImageAsync(Utf8JsonWriter writer, ImageReference image, CancellationToken cancellationToken)
    {
        writer.WriteStartObject();
        switch (image.Kind)
        {
            case ImageReferenceKind.FileId:
                writer.WriteString("file_id", image.Value);
                break;
            case ImageReferenceKind.Url when image.Value.Length > SourceFile.MaxDataUrl:
                return SourceFile.Refused("source_too_large", $"A URL has {image.Value.Length} characters; at most {SourceFile.MaxDataUrl} can be sent.");
            case ImageReferenceKind.Url when image.Value.Length > LongText && TextInsert.Fits(image.Value):
                await InsertAsync(writer, "", new TextInsert(image.Value), cancellationToken);
                break;
            case ImageReferenceKind.Url:
                writer.WriteString("image_url", image.Value);
                break;
            default:
                var (file, error) = await SourceFile.OpenAsync(image.Value, cancellationToken);
                if (file is null) return error;
                await InsertAsync(writer, file.DataUrlHead, file, cancellationToken);
                break;
        }

        writer.WriteEndObject();
        return null;
    }

    private async Task InsertAsync(Utf8JsonWriter writer, string head, BodyInsert insert, CancellationToken cancellationToken)
    {
        writer.WriteString("image_url", head);
        Keep(insert);
        await writer.FlushAsync(cancellationToken);
        // The closing quote is the last byte; the insert goes before it.
        Place(Body.WrittenCount - 1);
    }
}
