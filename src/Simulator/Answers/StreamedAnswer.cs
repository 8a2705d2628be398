using System.IO.Pipelines;
using System.Text;
using Darkroom.Simulator.Tokens;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Answers;

/// <summary>Writes an edit's answer as server-sent events (docs/endpoint.md, Streams): partial images, one <c>completed</c> an image, <c>[DONE]</c>. The end after the last image is left unflushed.</summary>
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
