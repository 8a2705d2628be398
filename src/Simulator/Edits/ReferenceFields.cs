using System.Text.Json;
using Darkroom.Simulator.Sources;

namespace Darkroom.Simulator.Edits;

/// <summary>Reads <c>images</c> and <c>mask</c> of a JSON body.</summary>
internal static class ReferenceFields
{
    /// <summary>The most input images (docs/endpoint.md, Requests).</summary>
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
