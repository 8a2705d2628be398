using System.Text;
using System.Text.Json;
using Darkroom.Simulator.Tokens;

namespace Darkroom.Simulator.Answers;

/// <summary>Usage in the service's shape.</summary>
internal static class UsageJson
{
    /// <summary>Writes the object.</summary>
    public static void Write(Utf8JsonWriter writer, Usage usage, TokenRules rules)
    {
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens", usage.InputText + usage.InputImage);
        writer.WriteStartObject("input_tokens_details");
        writer.WriteNumber("image_tokens", usage.InputImage);
        writer.WriteNumber("text_tokens", usage.InputText);
        writer.WriteEndObject();
        writer.WriteNumber("output_tokens", usage.Output);
        writer.WriteNumber("total_tokens", usage.Total);
        if (rules.OutputDetails)
        {
            writer.WriteStartObject("output_tokens_details");
            writer.WriteNumber("image_tokens", usage.Output);
            writer.WriteNumber("text_tokens", 0);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>The object as text, or null.</summary>
    public static string? Text(Usage? usage, TokenRules rules) =>
        usage is null ? null : Encoding.UTF8.GetString(JsonAnswers.ToBytes(w => Write(w, usage, rules)));
}
