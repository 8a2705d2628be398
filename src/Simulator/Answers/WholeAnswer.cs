using Darkroom.Simulator.Tokens;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Answers;

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
