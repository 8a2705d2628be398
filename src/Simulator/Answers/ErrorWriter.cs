using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Darkroom.Simulator.Answers;

/// <summary>Writes refusals.</summary>
internal static class ErrorWriter
{
    /// <summary>Writes a refusal as the service does.</summary>
    /// <param name="retryHeaders">Whether a wait goes into headers too.</param>
    public static async Task WriteAsync(HttpContext context, ServiceError error, bool retryHeaders)
    {
        context.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } wait && retryHeaders)
        {
            context.Response.Headers["retry-after-ms"] = ((long)Math.Ceiling(wait.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        await JsonAnswers.WriteAsync(context, writer => Write(writer, error));
    }

    /// <summary>Answers as a proxy in between would: a page that isn't JSON.</summary>
    public static Task WriteHtmlAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync(Page($"{status} {ReasonPhrases.GetReasonPhrase(status)}".TrimEnd()), context.RequestAborted);
    }

    /// <summary>A proxy's page.</summary>
    public static string Page(string title) => $"<html><head><title>{title}</title></head><body><h1>{title}</h1><hr>simulated proxy</body></html>";

    /// <summary>The error object, as <c>{"error":{…}}</c>.</summary>
    public static void Write(Utf8JsonWriter writer, ServiceError error)
    {
        writer.WriteStartObject();
        WriteMember(writer, error);
        writer.WriteEndObject();
    }

    /// <summary>The member <c>"error":{…}</c> alone, for events.</summary>
    public static void WriteMember(Utf8JsonWriter writer, ServiceError error)
    {
        writer.WriteStartObject("error");
        writer.WriteString("message", error.Message);
        writer.WriteString("type", error.Type);
        writer.WriteString("param", error.Param);
        writer.WriteString("code", error.Code);
        if (error.Categories is { } categories)
        {
            writer.WriteStartObject("moderation_details");
            writer.WriteString("moderation_stage", "input");
            writer.WriteStartArray("categories");
            foreach (var category in categories)
            {
                writer.WriteStringValue(category);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
