using Darkroom.Jobs.Access;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Doctor;

/// <summary>
/// Asks the endpoint for its models, and sends its edit route a form that it has to refuse: both are free of charge, and tell whether the endpoint answers, takes
/// the key, and has the route.
/// </summary>
internal static class EndpointProbe
{
    private const int MostRead = 8 * 1024;
    private const int MostShown = 300;
    private const string CheckKey = "Check OPENAI_API_KEY, and that it belongs to this endpoint.";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Finding>> CheckAsync(EndpointOptions endpoint, IEndpointCredential credential, CancellationToken cancellationToken)
    {
        var local = Loopback.IsHost(new Uri(endpoint.BaseUrl).Host);
        if (!endpoint.Azure.UseEntraId && string.IsNullOrEmpty(endpoint.ApiKey) && !local) return [new Finding("key", false, "not set", "Set OPENAI_API_KEY (or Edit__ApiKey).")];
        using var client = new HttpClient(EndpointHandler.Create(), disposeHandler: true) { Timeout = Patience };
        try
        {
            var header = await credential.GetHeaderAsync(cancellationToken);
            using var ask = new HttpRequestMessage(HttpMethod.Get, endpoint.Resolve("models"));
            var models = await SendAsync(client, ask, header, cancellationToken);
            using var form = RefusedForm();
            using var post = new HttpRequestMessage(HttpMethod.Post, endpoint.Resolve("images/edits")) { Content = form };
            return Judge(endpoint, models, await SendAsync(client, post, header, cancellationToken));
        }
        catch (EndpointCredentialException exception)
        {
            return [new Finding("key", false, SecretScrubber.Scrub(exception.Message), "Check the account that Edit__Azure__UseEntraId finds: az login, AZURE_CLIENT_ID, or the identity of the machine.")];
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [new Finding("endpoint", false, $"{endpoint.BaseUrl}: {SecretScrubber.Scrub(exception.Message)}", "Check OPENAI_BASE_URL and the network.")];
        }
    }

    // No image, no prompt and no model, but a field that doesn't exist: nothing that any server could make, and bill, an image from.
    private static MultipartFormDataContent RefusedForm() => new() { { new StringContent("to be refused: it has no image and no prompt"), "darkroom_doctor" } };

    private static async Task<Answer> SendAsync(HttpClient client, HttpRequestMessage request, EndpointHeader? header, CancellationToken cancellationToken)
    {
        if (header is not null) request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MostRead];
        var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        var said = SecretScrubber.Scrub(Sentence(Encoding.UTF8.GetString(bytes, 0, read))).ReplaceLineEndings(" ");
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.MediaType ?? "", said.Length <= MostShown ? said : $"{said[..MostShown]}…", response.Headers.Location?.OriginalString);
    }

    // The message of an error in one of the usual shapes; else the text as it is.
    private static string Sentence(string body)
    {
        try
        {
            var said = JsonNode.Parse(body) as JsonObject;
            return (said?["error"] switch { JsonObject error => error["message"], var other => other } ?? said?["detail"] ?? said?["message"])?.ToString() ?? body;
        }
        catch (JsonException)
        {
            return body;
        }
    }

    private static IReadOnlyList<Finding> Judge(EndpointOptions endpoint, Answer models, Answer edits)
    {
        var route = $"POST {endpoint.Resolve("images/edits").GetLeftPart(UriPartial.Path)}";
        var check = $"Check OPENAI_BASE_URL: /images/edits is appended to it, so it usually ends in /v1; it is {SecretScrubber.Scrub(endpoint.BaseUrl)}.";
        var key = models.RefusesKey || edits.RefusesKey
            ? new Finding("key", false, $"refused ({(int)(models.RefusesKey ? models : edits).Status})", CheckKey)
            : new Finding("key", true, models.Status switch
            {
                HttpStatusCode.OK => "taken",
                HttpStatusCode.NotFound => "not checked: this endpoint lists no models",
                _ => $"not checked: the list of models answered {(int)models.Status}",
            });
        Finding Wrong(string detail) => new("endpoint", false, detail, check);
        return edits switch
        {
            { Status: HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Gone } => [Wrong($"The edit route isn't there: {route} answered {(int)edits.Status}{edits.Words}."), key],
            { Redirects: true } => [Wrong($"The edit route is elsewhere: {route} answered {(int)edits.Status}{(edits.Location is { } place ? $", to {SecretScrubber.Scrub(place)}" : "")}; calls follow no redirect."), key],
            { IsTrouble: true } => [new Finding("endpoint", false, $"{route} answered {(int)edits.Status}{edits.Words}.", "The endpoint has trouble; try again later."), key],
            { RefusesKey: false, IsPage: true } => [Wrong($"The edit route isn't there: {route} answered {(int)edits.Status} with a web page."), key],
            _ when models.IsTrouble || models.Status == HttpStatusCode.InternalServerError => [new Finding("endpoint", false, $"{endpoint.BaseUrl} answers ({(int)models.Status})", "The endpoint has trouble; try again later."), key],
            { RefusesKey: true } => [new Finding("endpoint", true, $"{endpoint.BaseUrl} answers ({(int)models.Status})"), key],
            _ => [new Finding("endpoint", true, $"{endpoint.BaseUrl} answers ({(int)models.Status}), and its edit route is there ({(int)edits.Status} to an empty form)"), key],
        };
    }

    private sealed record Answer(HttpStatusCode Status, string MediaType, string Said, string? Location)
    {
        public bool RefusesKey => Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

        public bool Redirects => (int)Status is >= 300 and < 400;

        public bool IsTrouble => Status is HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout || (int)Status > 504;

        public bool IsPage => MediaType.Contains("html", StringComparison.OrdinalIgnoreCase) || Said.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || Said.StartsWith("<html", StringComparison.OrdinalIgnoreCase);

        /// <summary>What the server said of it, if that is for people.</summary>
        public string Words => Said.Length > 0 && !IsPage ? $" ({Said})" : "";
    }
}
