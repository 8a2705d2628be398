using System.Text.Json;
using Darkroom.Simulator.Models;
using Darkroom.Simulator.Pictures;
using Darkroom.Simulator.Sources;

namespace Darkroom.Simulator.Requests;

/// <summary>The rules that a request must keep, as the service's published schema and its observed answers have them.</summary>
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
            model, prompt!, images, mask, n, size, quality, Enum.Parse<PictureFormat>(format, ignoreCase: true), compression ?? 90, background == "transparent",
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

/// <summary>Reads <c>images</c> and <c>mask</c> of a JSON body.</summary>
internal static class ReferenceFields
{
    /// <summary>The most input images of one request.</summary>
    public const int MaxImages = 16;

    private static readonly string[] Known = ["image_url", "file_id"];

    /// <summary>The input images; empty when they are wrong, which the reader then says.</summary>
    public static IReadOnlyList<ImageReference> Images(FieldReader fields)
    {
        if (!fields.Has("images", out var list))
        {
            fields.Refuse("missing_required_parameter", "Missing required parameter: 'images'.", "images");
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            fields.RefuseType("images", "an array", list);
            return [];
        }

        var count = list.GetArrayLength();
        if (count == 0)
        {
            fields.Refuse("empty_array", "Invalid 'images': empty array. Expected an array with minimum length 1, but got an empty array instead.", "images");
        }
        else if (count > MaxImages)
        {
            fields.Refuse(
                "array_above_max_length",
                $"Invalid 'images': array too long. Expected an array with maximum length {MaxImages}, but got an array with length {count} instead.", "images");
        }

        return [.. list.EnumerateArray().Select((image, i) => One(fields, image, $"images[{i}]")).OfType<ImageReference>()];
    }

    /// <summary>The mask, or null.</summary>
    public static ImageReference? Mask(FieldReader fields) => fields.Has("mask", out var mask) ? One(fields, mask, "mask") : null;

    private static ImageReference? One(FieldReader fields, JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            fields.RefuseType(name, "an object", value);
            return null;
        }

        var own = new FieldReader(value);
        own.RefuseUnknown(Known, name + ".");
        var url = own.Text("image_url", DataUrl.MaxLength);
        var file = own.Text("file_id", 512);
        if (own.Error is { } error)
        {
            var param = error.Param!.StartsWith(name, StringComparison.Ordinal) ? error.Param : $"{name}.{error.Param}";
            fields.Refuse(error.Code!, error.Message.Replace($"'{error.Param}'", $"'{param}'", StringComparison.Ordinal), param);
            return null;
        }

        if (url is null == file is null)
        {
            fields.Refuse("invalid_value", $"Invalid '{name}': provide exactly one of 'image_url' or 'file_id'.", name);
            return null;
        }

        if (url is not null && !DataUrl.Is(url) && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https")))
        {
            fields.Refuse("invalid_value", $"Invalid '{name}.image_url': expected an http(s) URL or a base64 data URL.", $"{name}.image_url");
            return null;
        }

        return new(url, file, null, url is null ? $"{name}.file_id" : $"{name}.image_url");
    }
}

/// <summary>Finds forbidden words.</summary>
internal static class ModerationRules
{
    /// <summary>Whether a word stands in a prompt, whole and in any case.</summary>
    public static bool IsRefused(string prompt, IEnumerable<string> words) => words.Any(word => Contains(prompt, word));

    private static bool Contains(string prompt, string word)
    {
        for (var at = 0; (at = prompt.IndexOf(word, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + word.Length;
            if ((at == 0 || !char.IsLetterOrDigit(prompt[at - 1])) && (end == prompt.Length || !char.IsLetterOrDigit(prompt[end])))
            {
                return true;
            }
        }

        return false;
    }
}
