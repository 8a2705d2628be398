using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// The JSON body of an edit call (images-edits-contract.md, Body Parameters). Everything short is laid out beforehand; files and long data URLs are
/// woven in while it is written, so the length is known and no image is held in memory.
/// </summary>
internal sealed class EditRequestContent : HttpContent
{
    private const int LongText = 4096;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private readonly List<(int Offset, BodyInsert Insert)> _inserts = [];

    private EditRequestContent() => Headers.ContentType = new MediaTypeHeaderValue("application/json");

    /// <summary>Whether the body has begun to be sent. Until then the service has nothing that it could work on.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Why a source failed while the body was being sent, or null. The body then never was whole.</summary>
    public ServiceError? SourceFailure { get; private set; }

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

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        HasStarted = true;
        var at = 0;
        foreach (var (offset, insert) in _inserts)
        {
            await stream.WriteAsync(_body.WrittenMemory[at..offset], cancellationToken);
            try
            {
                await insert.WriteAsync(stream, cancellationToken);
            }
            catch (SourceReadException e)
            {
                SourceFailure = SourceFile.Refused("source_changed", e.Message);
                throw;
            }

            at = offset;
        }

        await stream.WriteAsync(_body.WrittenMemory[at..], cancellationToken);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _body.WrittenCount + _inserts.Sum(i => i.Insert.Length);
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var (_, insert) in _inserts) insert.Dispose();
        base.Dispose(disposing);
    }

    private async Task<ServiceError?> LayOutAsync(EditRequest request, string defaultModel, CancellationToken cancellationToken)
    {
        using var writer = new Utf8JsonWriter(_body, WriterOptions);
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
        // The closing quote is the last byte; the insert goes before it. Listed first, so that it is closed whatever happens.
        _inserts.Add((0, insert));
        await writer.FlushAsync(cancellationToken);
        _inserts[^1] = (_body.WrittenCount - 1, insert);
    }
}
