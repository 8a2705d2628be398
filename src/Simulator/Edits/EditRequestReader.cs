using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Simulator.Answers;
using Darkroom.Simulator.Sources;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Darkroom.Simulator.Edits;

/// <summary>Reads an edit request, JSON or form.</summary>
internal static class EditRequestReader
{
    /// <summary>The largest body that is taken: a file's 512 MB, or sixteen data URLs.</summary>
    public const long MaxBody = 600_000_000;

    /// <summary>Form limits as wide as the body's.</summary>
    public static readonly FormOptions FormOptions = new() { MultipartBodyLengthLimit = MaxBody, ValueLengthLimit = 1 << 20 };

    private static readonly string[] Numbers = ["n", "output_compression", "partial_images"];

    /// <summary>Reads and checks the request.</summary>
    public static async Task<EditRead> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.HasJsonContentType())
            {
                using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellationToken);
                return body.RootElement.ValueKind == JsonValueKind.Object
                    ? EditRules.ReadJson(body.RootElement)
                    : ServiceError.BadRequest("invalid_type", "The body of the request must be a JSON object.", null);
            }

            if (request.HasFormContentType)
            {
                return await ReadFormAsync(request, cancellationToken);
            }
        }
        catch (JsonException e)
        {
            return ServiceError.BadRequest("invalid_json", $"The body of the request is not valid JSON (line {e.LineNumber + 1}).", null);
        }
        catch (InvalidDataException e)
        {
            return ServiceError.BadRequest("invalid_form", $"The form can't be read: {e.Message}", null);
        }

        return ServiceError.BadRequest("unsupported_content_type", $"Unsupported content type: '{request.ContentType}'. Send application/json or multipart/form-data.", null);
    }

    /// <summary>A form's file as bytes.</summary>
    public static async Task<byte[]> ReadFileAsync(IFormFile file, CancellationToken cancellationToken)
    {
        var content = new byte[file.Length];
        await using var from = file.OpenReadStream();
        await from.ReadExactlyAsync(content, cancellationToken);
        return content;
    }

    private static async Task<EditRead> ReadFormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormAsync(FormOptions, cancellationToken);
        var images = new List<ImageReference>();
        ImageReference? mask = null;
        foreach (var file in form.Files)
        {
            var reference = new ImageReference(null, null, await ReadFileAsync(file, cancellationToken), file.Name);
            switch (file.Name)
            {
                case "image" or "image[]":
                    images.Add(reference);
                    break;
                case "mask":
                    mask = reference;
                    break;
                default:
                    return ServiceError.BadRequest("unknown_parameter", $"Unknown parameter: '{file.Name}'.", file.Name);
            }
        }

        var texts = new JsonObject();
        foreach (var (name, values) in form)
        {
            texts[name] = ToJson(name, values.ToString());
        }

        return EditRules.ReadForm(JsonSerializer.SerializeToElement(texts, JsonSerializerOptions.Default), images, mask);
    }

    /// <summary>A form has only texts; what the contract calls a number or a boolean becomes one where it can.</summary>
    private static JsonValue ToJson(string name, string text)
    {
        if (Numbers.Contains(name) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return JsonValue.Create(number);
        }

        return name == "stream" && bool.TryParse(text, out var flag) ? JsonValue.Create(flag) : JsonValue.Create(text);
    }
}
