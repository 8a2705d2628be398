using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Darkroom.Simulator.Http;

/// <summary>A refusal in the service's words: <c>{"error":{"message","type","param","code"}}</c>.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="RetryAfter">How long to wait, for a 429; goes into headers when these are on.</param>
/// <param name="Categories">For moderation: what it was refused for; adds <c>moderation_details</c>.</param>
internal sealed record ServiceError(
    int Status, string Type, string? Code, string Message, string? Param = null, TimeSpan? RetryAfter = null, IReadOnlyList<string>? Categories = null)
{
    private const string Invalid = "invalid_request_error";

    /// <summary>What the account counts it under.</summary>
    public string Class => Code ?? Type;

    /// <summary>400 <c>invalid_request_error</c>.</summary>
    public static ServiceError BadRequest(string code, string message, string? param) => new(400, Invalid, code, message, param);

    /// <summary>400 for a source that could not be downloaded.</summary>
    public static ServiceError Unreachable(string file, string reason, string param) =>
        BadRequest("invalid_image_url", $"Error while downloading {file}. {reason}", param);

    /// <summary>400 for bytes that are no picture, or not one that can be used here.</summary>
    public static ServiceError BadImage(string message, string param) => new(400, "image_generation_user_error", "invalid_image_file", message, param);

    /// <summary>400 for a prompt that the safety system refuses.</summary>
    public static ServiceError Moderated() => new(
        400, "image_generation_user_error", "moderation_blocked", "The safety system refused this request because of its prompt.", Categories: ["violence"]);

    /// <summary>404 for a model that isn't there (any more).</summary>
    public static ServiceError ModelGone(string name) =>
        new(404, Invalid, "model_not_found", $"The model '{name}' does not exist or you do not have access to it.", "model");

    /// <summary>404 for something that isn't there.</summary>
    public static ServiceError NotFound(string message, string? param = null) => new(404, Invalid, "not_found", message, param);

    /// <summary>401 without or with a wrong key.</summary>
    public static ServiceError Unauthorized(string? key) => key is null
        ? new(401, Invalid, null, "No API key was provided. Send it as a header: Authorization: Bearer YOUR_KEY.")
        : new(401, Invalid, "invalid_api_key", $"Incorrect API key provided: {(key.Length > 8 ? $"{key[..3]}***{key[^4..]}" : "***")}.");

    /// <summary>429 for an account that has run out of money.</summary>
    public static ServiceError QuotaSpent() =>
        new(429, "insufficient_quota", "insufficient_quota", "The current quota is exceeded; check the plan and billing details.");

    /// <summary>An injected failure of the service, by status; null for a status that it has no words for.</summary>
    public static ServiceError? Injected(int status) => status switch
    {
        408 => new(408, "server_error", "request_timeout", "The request took too long to arrive."),
        409 => new(409, "server_error", "conflict", "The request conflicts with another one; try again."),
        429 => new(429, "requests", "slow_down", "Too many requests are being made at once; slow down and try again.", RetryAfter: TimeSpan.FromSeconds(1)),
        500 => new(500, "server_error", "server_error", "The server had an error while processing the request."),
        502 => new(502, "server_error", "bad_gateway", "The gateway got no valid answer from the server."),
        503 => new(503, "service_unavailable_error", "server_is_overloaded", "The servers are overloaded at the moment; try again later."),
        504 => new(504, "server_error", "gateway_timeout", "The gateway got no answer from the server in time."),
        _ => null,
    };
}

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
