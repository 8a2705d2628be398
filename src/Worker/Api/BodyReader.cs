using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Darkroom.Worker.Api;

/// <summary>Reads small JSON bodies.</summary>
internal static class BodyReader
{
    private const int MaxBytes = 256 * 1024;

    private static readonly JsonElement Empty = JsonSerializer.Deserialize<JsonElement>("{}");

    /// <summary>Reads an object; no body is an empty one.</summary>
    /// <exception cref="ApiException">It is something else.</exception>
    public static async Task<JsonElement> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxBytes;
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }) return Empty;
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        if (buffer.Length == 0) return Empty;
        try
        {
            var body = JsonSerializer.Deserialize<JsonElement>(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            return body.ValueKind == JsonValueKind.Object ? body : throw Problems.BadField("body", "must be a JSON object");
        }
        catch (JsonException exception)
        {
            throw Problems.BadField("body", $"is no JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
        }
    }
}
