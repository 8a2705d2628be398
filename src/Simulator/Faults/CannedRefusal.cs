using System.Text;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Faults;

/// <summary>What other servers, and proxies, answer to every call where the set-up is wrong, in their own words.</summary>
/// <param name="Name">What the fault <c>refuse=NAME</c> calls it.</param>
internal sealed record CannedRefusal(string Name, int Status, string ContentType, string Body)
{
    private const string Json = "application/json";

    private static readonly CannedRefusal[] All =
    [
        new("route", 404, Json, """{"error":{"message":"Invalid URL (POST /v1/images/edits)","type":"invalid_request_error","param":null,"code":null}}"""),
        new("route-page", 404, "text/html", "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1><hr>nginx</body></html>"),
        new("route-detail", 404, Json, """{"detail":"Not Found"}"""),
        new("deployment", 404, Json, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"""),
        new("resource", 404, Json, """{"error":{"code":"404","message":"Resource not found"}}"""),
        new("method", 405, Json, """{"detail":"Method Not Allowed"}"""),
        new("redirect", 307, "text/plain", ""),
        new("media-type", 415, "text/plain", "Unsupported Media Type"),
        new("content-type", 400, Json, """{"error":{"message":"Unsupported content type: this API method only accepts 'multipart/form-data' requests.","type":"invalid_request_error","param":null,"code":"unsupported_content_type"}}"""),
        new("form", 422, Json, """{"detail":[{"type":"missing","loc":["body","image"],"msg":"Field required","input":null},{"type":"missing","loc":["body","prompt"],"msg":"Field required","input":null}]}"""),
        new("upload", 422, Json, """{"error":{"message":"'image' must be provided as a multipart file upload","type":"invalid_request_error","param":"image","code":"422"}}"""),
        new("value", 400, Json, """{"error":{"message":"Invalid value: '1024x1024'. Supported values are: '512x512'.","type":"invalid_request_error","param":"size","code":"invalid_value"}}"""),
        new("page", 200, "text/html", "<html><body>Welcome to the portal</body></html>"),
    ];

    /// <summary>The names, for help.</summary>
    public static IEnumerable<string> Names => All.Select(refusal => refusal.Name);

    /// <summary>The refusal of a name, or null.</summary>
    public static CannedRefusal? Find(string? name) => Array.Find(All, refusal => refusal.Name == name);

    /// <summary>Answers with it. The body is taken first, as a proxy does, so that no client meets a reset.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.StatusCode = Status;
        context.Response.ContentType = ContentType;
        if (Status == StatusCodes.Status307TemporaryRedirect) context.Response.Headers.Location = "/elsewhere";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Body), context.RequestAborted);
    }
}
