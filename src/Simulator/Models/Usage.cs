using System.Text;
using System.Text.Json;
using Darkroom.Simulator.Http;

namespace Darkroom.Simulator.Models;

/// <summary>The <c>usage</c> of an answer, or one image's share of it.</summary>
/// <param name="InputText">Text tokens of the prompt.</param>
/// <param name="InputImage">Image tokens of the sources.</param>
/// <param name="Output">Output tokens, all of them image tokens.</param>
internal sealed record Usage(long InputText, long InputImage, long Output)
{
    /// <summary>Everything.</summary>
    public long Total => InputText + InputImage + Output;
}

/// <summary>The forms in which servers of this kind report <c>usage</c>.</summary>
public enum UsageForm
{
    /// <summary><c>input_tokens</c>, <c>output_tokens</c>, and their details.</summary>
    OpenAI,

    /// <summary>No <c>usage</c> at all.</summary>
    None,

    /// <summary><c>"usage": null</c>.</summary>
    Null,

    /// <summary><c>"usage": {}</c>.</summary>
    Empty,

    /// <summary>The service's names, all zero.</summary>
    Zero,

    /// <summary>The names of chat: <c>prompt_tokens</c>, <c>completion_tokens</c>, with details of the same kind.</summary>
    Chat,

    /// <summary>The names of chat with the details of images, and the names of images at zero beside them.</summary>
    Mixed,

    /// <summary>A usage beside each image of <c>data</c>, and none for the whole. In a stream: as the service tells it.</summary>
    PerImage,

    /// <summary>What went in; nothing came out.</summary>
    InputOnly,

    /// <summary>The number of images alone.</summary>
    ImageCount,
}

/// <summary>Usage as servers tell it.</summary>
internal static class UsageJson
{
    /// <summary>The object in the service's shape, as the account keeps it; or null.</summary>
    public static string? Text(Usage? usage, TokenRules rules) =>
        usage is null ? null : ToText(writer => Write(writer, usage.InputText, usage.InputImage, usage.Output, rules.OutputDetails, "input", "output"));

    /// <summary>The member of an answer, or of an event, with its comma; empty where the form has none.</summary>
    /// <param name="images">How many images it is of.</param>
    public static string Member(Usage? usage, int images, TokenRules rules) => usage is null || InForm(usage, images, rules) is not { } json ? "" : $",\"usage\":{json}";

    /// <summary>The member of one image in <c>data</c>, with its comma; empty where the form has none.</summary>
    public static string MemberOfImage(Usage share, TokenRules rules) => rules.Form == UsageForm.PerImage ? $",\"usage\":{Text(share, rules)}" : "";

    private static string? InForm(Usage usage, int images, TokenRules rules) => rules.Form switch
    {
        UsageForm.OpenAI => Text(usage, rules),
        UsageForm.Null => "null",
        UsageForm.Empty => "{}",
        UsageForm.Zero => Text(new Usage(0, 0, 0), rules),
        UsageForm.Chat => ToText(writer => Write(writer, usage.InputText, usage.InputImage, usage.Output, details: true, "prompt", "completion")),
        UsageForm.Mixed => ToText(writer => WriteMixed(writer, usage)),
        UsageForm.InputOnly => ToText(writer => Write(writer, usage.InputText, usage.InputImage, 0, details: false, "input", "output")),
        UsageForm.ImageCount => $"{{\"image_count\":{images}}}",
        _ => null,
    };

    private static void Write(Utf8JsonWriter writer, long inputText, long inputImage, long output, bool details, string input, string outputName)
    {
        writer.WriteStartObject();
        writer.WriteNumber($"{input}_tokens", inputText + inputImage);
        WriteDetails(writer, input, inputText, inputImage);
        writer.WriteNumber($"{outputName}_tokens", output);
        writer.WriteNumber("total_tokens", inputText + inputImage + output);
        if (details) WriteDetails(writer, outputName, 0, output);
        writer.WriteEndObject();
    }

    private static void WriteMixed(Utf8JsonWriter writer, Usage usage)
    {
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens", 0);
        writer.WriteNumber("output_tokens", 0);
        writer.WriteNumber("prompt_tokens", usage.InputText + usage.InputImage);
        writer.WriteNumber("completion_tokens", usage.Output);
        writer.WriteNumber("total_tokens", usage.Total);
        WriteDetails(writer, "input", usage.InputText, usage.InputImage);
        writer.WriteStartObject("prompt_tokens_details");
        writer.WriteNumber("cached_tokens", 0);
        writer.WriteNumber("audio_tokens", 0);
        writer.WriteEndObject();
        writer.WriteNull("completion_tokens_details");
        writer.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter writer, string of, long text, long image)
    {
        writer.WriteStartObject($"{of}_tokens_details");
        writer.WriteNumber("image_tokens", image);
        writer.WriteNumber("text_tokens", text);
        writer.WriteEndObject();
    }

    private static string ToText(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(JsonAnswers.ToBytes(write));
}
