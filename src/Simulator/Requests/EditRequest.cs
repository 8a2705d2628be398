using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Simulator.Http;
using Darkroom.Simulator.Models;
using Darkroom.Simulator.Pictures;
using Darkroom.Simulator.Sources;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Requests;

/// <summary>An edit request that passed every rule.</summary>
/// <param name="Size">Width and height, or null for auto.</param>
/// <param name="Quality">As sent; <c>auto</c> when absent.</param>
/// <param name="Compression"><c>output_compression</c>, 0 to 100; 90 when absent.</param>
/// <param name="HighFidelity">Whether <c>input_fidelity</c> is high.</param>
/// <param name="AsUrl">dall-e-2: answer with a URL instead of base64.</param>
internal sealed record EditRequest(
    ModelTraits Model,
    string Prompt,
    IReadOnlyList<ImageReference> Images,
    ImageReference? Mask,
    int N,
    (int Width, int Height)? Size,
    string Quality,
    PictureFormat Format,
    int Compression,
    bool Transparent,
    bool HighFidelity,
    bool Stream,
    int PartialImages,
    bool AsUrl);

/// <summary>A valid request, or what is wrong with it.</summary>
internal readonly record struct EditRead(EditRequest? Request, ServiceError? Error)
{
    public static implicit operator EditRead(EditRequest request) => new(request, null);

    public static implicit operator EditRead(ServiceError error) => new(null, error);
}

/// <summary>Reads an edit request, JSON or form.</summary>
internal static class EditRequestReader
{
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

    private static async Task<EditRead> ReadFormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormAsync(Forms.Options, cancellationToken);
        var images = new List<ImageReference>();
        ImageReference? mask = null;
        foreach (var file in form.Files)
        {
            var reference = new ImageReference(null, null, await Forms.ReadFileAsync(file, cancellationToken), file.Name);
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
