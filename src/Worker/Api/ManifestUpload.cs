using Darkroom.Jobs.Manifests;
using Darkroom.Worker.Cli;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Darkroom.Worker.Api;

/// <summary>A manifest that came in a request, kept in a temporary file, and what was asked with it. Never in memory as a whole.</summary>
internal sealed class ManifestUpload : IAsyncDisposable
{
    private const int MaxField = 256 * 1024;
    private const string ManifestField = "manifest";

    private ManifestUpload(ManifestFile manifest, string name, IReadOnlyList<KeyValuePair<string, string>> fields) => (Manifest, Name, Fields) = (manifest, name, fields);

    /// <summary>The manifest.</summary>
    public ManifestFile Manifest { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What was asked with it, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; }

    /// <summary>Reads a request: a bare body with fields in the query, or a form whose part <c>manifest</c> is the file, its fields before or after it.</summary>
    /// <exception cref="ApiException">There is no manifest, or the form can't be read.</exception>
    /// <exception cref="BadHttpRequestException">The body is too large.</exception>
    public static async Task<ManifestUpload> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var most = context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.MaxManifestBytes;
        var size = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        if (!size.IsReadOnly) size.MaxRequestBodySize = most;
        var fields = context.Request.Query.SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value ?? ""))).ToList();
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)) type = null;
        if (type?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true)
            return await ReadFormAsync(context.Request.Body, HeaderUtilities.RemoveQuotes(type.Boundary).Value, fields, cancellationToken);
        var source = new ManifestSource(ManifestField, null, FormatOf(type?.MediaType.Value));
        return new ManifestUpload(await ManifestFile.KeepAsync(context.Request.Body, source, cancellationToken), source.Name, fields);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Manifest.DisposeAsync();

    private static ManifestFormat? FormatOf(string? type) => type?.ToUpperInvariant() switch
    {
        "APPLICATION/JSON" => ManifestFormat.Json,
        "TEXT/CSV" => ManifestFormat.Csv,
        "APPLICATION/JSONL" or "APPLICATION/X-NDJSON" or "APPLICATION/NDJSON" => ManifestFormat.JsonLines,
        _ => null,
    };

    private static async Task<ManifestUpload> ReadFormAsync(Stream body, string? boundary, List<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 100) throw Problems.BadField("Content-Type", "a form needs its boundary");
        ManifestFile? manifest = null;
        var name = "";
        try
        {
            var reader = new MultipartReader(boundary, body);
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } part)
            {
                var field = ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) ? HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "" : "";
                TextDoor.Check(field, "body");
                if (field != ManifestField)
                {
                    fields.Add(KeyValuePair.Create(field, await ReadFieldAsync(part.Body, field, cancellationToken)));
                    continue;
                }

                if (manifest is not null) throw Problems.BadField(ManifestField, "is there twice");
                name = Path.GetFileName(HeaderUtilities.RemoveQuotes(disposition!.FileName).Value?.Replace('\\', '/')) is { Length: > 0 and <= 200 } given ? given : ManifestField;
                TextDoor.Check(name, "filename");
                manifest = await ManifestFile.KeepAsync(part.Body, new ManifestSource(name, null, ManifestSource.FormatOf(name) ?? FormatOf(part.ContentType)), cancellationToken);
            }

            return new ManifestUpload(manifest ?? throw Problems.BadField(ManifestField, "is missing: the form's part of this name is the file"), name, fields);
        }
        catch (Exception exception)
        {
            if (manifest is not null) await manifest.DisposeAsync();
            if (exception is InvalidDataException || (exception is IOException and not BadHttpRequestException)) throw Problems.BadField("body", $"the form can't be read: {exception.Message}");
            throw;
        }
    }

    private static async Task<string> ReadFieldAsync(Stream body, string field, CancellationToken cancellationToken)
    {
        using var text = new StreamReader(body);
        var buffer = new char[MaxField + 1];
        var length = await text.ReadBlockAsync(buffer, cancellationToken);
        if (length > MaxField) throw Problems.BadField(field, $"has more than {MaxField} characters");
        var value = new string(buffer, 0, length);
        TextDoor.Check(value, field);
        return value;
    }
}
