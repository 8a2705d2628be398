using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Darkroom.Simulator.Http;
using Darkroom.Simulator.Models;
using Darkroom.Simulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Edits;

/// <summary>Everything that an edit's answer says.</summary>
/// <param name="Images">In order.</param>
/// <param name="Partials">For each image, its partial images; empty without streaming.</param>
/// <param name="Shares">Each image's share of the usage: the input counts with the first.</param>
/// <param name="Usage">The whole call's, or null for a model without.</param>
/// <param name="Quality">Resolved.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Urls">For dall-e-2: where the images can be had, instead of base64; else null.</param>
internal sealed record EditAnswer(
    EditRequest Request,
    IReadOnlyList<AnswerImage> Images,
    IReadOnlyList<IReadOnlyList<AnswerImage>> Partials,
    IReadOnlyList<Usage> Shares,
    Usage? Usage,
    string Quality,
    int Width,
    int Height,
    long Created,
    IReadOnlyList<string>? Urls)
{
    /// <summary><c>background</c> of the answer.</summary>
    public string Background => Request.Transparent ? "transparent" : "opaque";

    /// <summary><c>output_format</c> of the answer.</summary>
    public string Format => Request.Format.ToString().ToLowerInvariant();

    /// <summary><c>size</c> of the answer.</summary>
    public string Size => $"{Width}x{Height}";
}

/// <summary>Writes an edit's answer as one JSON object (<c>ImagesResponse</c>), in chunks. The end after the last image is left unflushed.</summary>
internal static class WholeAnswer
{
    /// <summary>Writes it.</summary>
    /// <param name="cut">Whether to stop in the middle of the last image; the caller then drops the connection.</param>
    public static async Task WriteAsync(HttpContext context, EditAnswer answer, TokenRules rules, bool cut, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/json";
        var to = context.Response.BodyWriter;
        to.WriteText($"{{\"created\":{answer.Created},\"data\":[");
        for (var i = 0; i < answer.Images.Count; i++)
        {
            var last = i == answer.Images.Count - 1;
            if (answer.Urls is { } urls)
            {
                to.WriteText($"{{\"url\":\"{urls[i]}\"}}");
            }
            else
            {
                to.WriteText("{\"b64_json\":\"");
                await Base64Writer.WriteAsync(to, answer.Images[i], cut && last, cancellationToken);
                if (cut && last)
                {
                    return;
                }

                to.WriteText($"\"{UsageJson.MemberOfImage(answer.Shares[i], rules)}}}");
            }

            to.WriteText(last ? "]" : ",");
        }

        if (cut)
        {
            return;
        }

        if (!answer.Request.Model.IsDallE2)
        {
            var about = $",\"background\":\"{answer.Background}\",\"output_format\":\"{answer.Format}\",\"quality\":\"{answer.Quality}\",\"size\":\"{answer.Size}\"";
            to.WriteText($"{about}{UsageJson.Member(answer.Usage, answer.Images.Count, rules)}");
        }

        to.WriteText("}");
    }
}

/// <summary>Writes an edit's answer as server-sent events: partial images, one <c>completed</c> event per image, <c>[DONE]</c>. The end after the last image is left unflushed.</summary>
internal static class StreamedAnswer
{
    private const string Partial = "image_edit.partial_image", Completed = "image_edit.completed";

    /// <summary>Writes all events.</summary>
    /// <param name="cut">Whether to stop in the middle of the last image; the caller then drops the connection.</param>
    public static async Task WriteAsync(HttpContext context, EditAnswer answer, TokenRules rules, bool cut, CancellationToken cancellationToken)
    {
        var to = Begin(context);
        for (var i = 0; i < answer.Images.Count; i++)
        {
            for (var p = 0; p < answer.Partials[i].Count; p++)
            {
                await WriteEventAsync(to, Partial, answer, answer.Partials[i][p], $",\"partial_image_index\":{p}", half: false, cancellationToken);
            }

            var half = cut && i == answer.Images.Count - 1;
            var usage = UsageJson.Member(answer.Shares[i], 1, rules.Form == UsageForm.PerImage ? rules with { Form = UsageForm.OpenAI } : rules);
            await WriteEventAsync(to, Completed, answer, answer.Images[i], usage, half, cancellationToken);
        }

        if (!cut)
        {
            to.WriteText("data: [DONE]\n\n");
        }
    }

    /// <summary>Writes a first partial image, if asked for, and then the error that a generation ends in; status 200.</summary>
    public static async Task WriteErrorAsync(HttpContext context, EditAnswer answer, CancellationToken cancellationToken)
    {
        var to = Begin(context);
        foreach (var partial in answer.Partials[0].Take(1))
        {
            await WriteEventAsync(to, Partial, answer, partial, ",\"partial_image_index\":0", half: false, cancellationToken);
        }

        var error = new ServiceError(200, "image_generation_server_error", "image_generation_failed", "The image could not be generated.");
        var data = JsonAnswers.ToBytes(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", "error");
            ErrorWriter.WriteMember(writer, error);
            writer.WriteEndObject();
        });
        to.WriteText($"event: error\ndata: {Encoding.UTF8.GetString(data)}\n\n");
    }

    private static PipeWriter Begin(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        return context.Response.BodyWriter;
    }

    private static async Task WriteEventAsync(
        PipeWriter to, string type, EditAnswer answer, AnswerImage image, string more, bool half, CancellationToken cancellationToken)
    {
        to.WriteText($"event: {type}\ndata: {{\"type\":\"{type}\",\"b64_json\":\"");
        await Base64Writer.WriteAsync(to, image, half, cancellationToken);
        if (!half)
        {
            var about = $"\",\"created_at\":{answer.Created},\"size\":\"{answer.Size}\",\"quality\":\"{answer.Quality}\",\"background\":\"{answer.Background}\"";
            to.WriteText($"{about},\"output_format\":\"{answer.Format}\"{more}}}\n\n");
        }
    }
}

/// <summary>Writes an image as base64 piece by piece, never as one string.</summary>
internal static class Base64Writer
{
    /// <summary>Bytes of a file a piece; a multiple of three, so that only the last is padded.</summary>
    private const int Piece = 48 * 1024;

    /// <summary>Writes the whole image, or its first half.</summary>
    public static async Task WriteAsync(PipeWriter to, AnswerImage image, bool half, CancellationToken cancellationToken)
    {
        if (image.Base64 is { } ready)
        {
            await to.WriteAsync(ready.AsMemory(0, half ? ready.Length / 2 : ready.Length), cancellationToken);
            return;
        }

        var length = half ? image.File.Length / 6 * 3 : image.File.Length;
        for (var at = 0; at < length; at += Piece)
        {
            var piece = image.File.AsSpan(at, Math.Min(Piece, length - at));
            Base64.EncodeToUtf8(piece, to.GetSpan(Base64.GetMaxEncodedToUtf8Length(piece.Length)), out _, out var written);
            to.Advance(written);
            await to.FlushAsync(cancellationToken);
        }
    }
}
