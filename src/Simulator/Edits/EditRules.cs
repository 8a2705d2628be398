using System.Text.Json;
using Darkroom.Simulator.Imaging;
using Darkroom.Simulator.Models;
using Darkroom.Simulator.Sources;

namespace Darkroom.Simulator.Edits;

/// <summary>The rules of the request: "Requests" in docs/endpoint.md.</summary>
internal static class EditRules
{
    private const int MaxPrompt = 32_000, MaxDallE2Prompt = 1000, MaxN = 10, MaxPartials = 3;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "images", "prompt", "background", "input_fidelity", "mask", "model", "moderation", "n", "output_compression", "output_format", "partial_images",
        "quality", "size", "stream", "user",
    };

    private static readonly HashSet<string> KnownToDallE2 = new(StringComparer.Ordinal) { "prompt", "model", "n", "size", "user", "quality", "response_format" };

    /// <summary>Checks a JSON body.</summary>
    public static EditRead ReadJson(JsonElement body)
    {
        var fields = new FieldReader(body);
        var model = ReadModel(fields);
        if (model.IsDallE2)
        {
            fields.Refuse("invalid_value", "Invalid value: 'dall-e-2'. This model takes multipart/form-data only.", "model");
        }

        fields.RefuseUnknown(Known);
        return Finish(fields, model, ReferenceFields.Images(fields), ReferenceFields.Mask(fields));
    }

    /// <summary>Checks a form: its texts as a JSON object, its files beside it.</summary>
    public static EditRead ReadForm(JsonElement texts, IReadOnlyList<ImageReference> images, ImageReference? mask)
    {
        var fields = new FieldReader(texts);
        var model = ReadModel(fields);
        fields.RefuseUnknown(model.IsDallE2 ? KnownToDallE2 : Known);
        var most = model.IsDallE2 ? 1 : ReferenceFields.MaxImages;
        if (images.Count == 0)
        {
            fields.Refuse("missing_required_parameter", "Missing required parameter: 'image'.", "image");
        }
        else if (images.Count > most)
        {
            fields.Refuse(
                "array_above_max_length",
                $"Invalid 'image': array too long. Expected an array with maximum length {most}, but got an array with length {images.Count} instead.", "image");
        }

        return Finish(fields, model, images, mask);
    }

    private static ModelTraits ReadModel(FieldReader fields) => ModelTraits.Of(fields.Text("model", 256) ?? ModelTraits.Default);

    private static EditRead Finish(FieldReader fields, ModelTraits model, IReadOnlyList<ImageReference> images, ImageReference? mask)
    {
        var prompt = fields.Text("prompt", model.IsDallE2 ? MaxDallE2Prompt : MaxPrompt);
        if (prompt is null)
        {
            fields.Refuse("missing_required_parameter", "Missing required parameter: 'prompt'.", "prompt");
        }

        var n = fields.Whole("n", 1, MaxN) ?? 1;
        var size = SizeRules.Read(fields, model);
        var quality = fields.Choice("quality", [.. model.Qualities, "auto"]) ?? "auto";
        var format = fields.Choice("output_format", "png", "jpeg", "webp") ?? "png";
        var compression = fields.Whole("output_compression", 0, 100);
        var background = fields.Choice("background", "transparent", "opaque", "auto");
        var fidelity = ReadFidelity(fields, model);
        fields.Choice("moderation", "low", "auto");
        fields.Text("user", int.MaxValue);
        var stream = fields.Flag("stream") ?? false;
        var partials = fields.Whole("partial_images", 0, MaxPartials) ?? 0;
        var asUrl = model.IsDallE2 && fields.Choice("response_format", "url", "b64_json") is null or "url";

        // The contract's own example sends 100 with png, so only less is refused.
        if (format == "png" && compression < 100)
        {
            fields.Refuse("invalid_value", "Compression below 100 needs the output format 'jpeg' or 'webp'.", "output_compression");
        }

        if (background == "transparent" && format == "jpeg")
        {
            fields.Refuse("invalid_value", "A transparent background needs the output format 'png' or 'webp'.", "background");
        }

        if (fields.Error is { } error)
        {
            return error;
        }

        return new EditRequest(
            model, prompt!, images, mask, n, size, quality, Enum.Parse<PictureFormat>(format, ignoreCase: true), background == "transparent",
            fidelity == "high", stream, partials, asUrl);
    }

    private static string? ReadFidelity(FieldReader fields, ModelTraits model)
    {
        var fidelity = fields.Choice("input_fidelity", "high", "low");
        if (fidelity is not null && model.RefusesInputFidelity)
        {
            fields.Refuse("unsupported_parameter", $"The parameter 'input_fidelity' is not supported by the model '{model.Name}'.", "input_fidelity");
        }
        else if (fidelity == "high" && model.RefusesHighFidelity)
        {
            fields.RefuseValue("input_fidelity", fidelity, ["low"]);
        }

        return fidelity;
    }
}
