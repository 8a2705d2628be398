using System.Text.Json;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests.Planning;
using Darkroom.Worker.Client.Shapes;
using Microsoft.AspNetCore.Http.Features;

namespace Darkroom.Worker.Api;

/// <summary>Reads small JSON bodies.</summary>
internal static class BodyReader
{
    private const int MaxBytes = 256 * 1024;
    private const int MostTold = 20;
    private const int MostName = 80;

    private static readonly JsonElement Empty = JsonSerializer.Deserialize<JsonElement>("{}");

    /// <summary>Reads an object; no body is an empty one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fields">All fields that it may have: one that nobody reads would steer nothing, and what it was to prevent would be paid for.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ApiException">It is something else, or has another field.</exception>
    public static async Task<JsonElement> ReadAsync(HttpRequest request, string[] fields, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size && !(size.MaxRequestBodySize < MaxBytes)) size.MaxRequestBodySize = MaxBytes;
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }) return Empty;
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        if (buffer.Length == 0) return Empty;
        try
        {
            var body = JsonSerializer.Deserialize<JsonElement>(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            if (body.ValueKind != JsonValueKind.Object) throw Problems.BadField("body", "must be a JSON object");
            CheckText(body, "body");
            if (Unknown(body.EnumerateObject().Select(field => field.Name), fields, "field") is { } refusal) throw refusal;
            return body;
        }
        catch (JsonException exception)
        {
            throw Problems.BadField("body", $"is no JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
        }
    }

    // The parser takes half a surrogate pair, and bytes that aren't UTF-8, for text until somebody asks for it.
    private static void CheckText(JsonElement value, string field)
    {
        if (value.ValueKind == JsonValueKind.String) TextDoor.Check(Read(value.GetString, field), field);
        else if (value.ValueKind == JsonValueKind.Array) foreach (var (at, item) in value.EnumerateArray().Index()) CheckText(item, $"{field}[{at}]");
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                var name = Read(() => property.Name, field)!;
                if (PlainText.FaultOf(name) is { } fault) throw Problems.BadField(field, $"a field's name {fault}");
                CheckText(property.Value, field == "body" ? name : $"{field}.{name}");
            }
        }
    }

    private static string? Read(Func<string?> text, string field)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            throw Problems.BadField(field, "has half of a surrogate pair (\\uD800 to \\uDFFF), or bytes that aren't UTF-8, in a text");
        }
    }

    /// <summary>Refuses a request that names what isn't known; null when all is.</summary>
    /// <param name="names">What the request names.</param>
    /// <param name="known">All that there is.</param>
    /// <param name="what">What they are.</param>
    public static ApiException? Unknown(IEnumerable<string> names, IReadOnlyList<string> known, string what)
    {
        var unknown = names.Distinct(StringComparer.Ordinal).Where(name => !known.Contains(name, StringComparer.Ordinal)).Take(MostTold).ToList();
        if (unknown.Count == 0) return null;
        var there = known.Count == 0 ? $"no {what} is taken here" : $"known are {string.Join(", ", known)}";
        FieldProblemShape[] problems = [.. unknown.Select(name => new FieldProblemShape(null, null, Short(name), $"there is no such {what}{NearestName.Hint(name, known)}; {there}"))];
        return new ApiException(Problems.Of(
            StatusCodes.Status400BadRequest, "invalid-request", "The request can't be used", $"{problems[0].Field}: {problems[0].Reason}{(problems.Length == 1 ? "" : $" (and {problems.Length - 1} more)")}. Nothing was done.", problems));
    }

    private static string Short(string name) => name.Length <= MostName ? name : name[..MostName] + "…";
}
