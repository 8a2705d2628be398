using System.Net;
using System.Net.Sockets;
using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Doctor;

/// <summary>Asks the endpoint for its models: free of charge, and it tells whether it answers and takes the key.</summary>
internal static class EndpointProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Finding>> CheckAsync(EndpointOptions endpoint, IEndpointCredential credential, CancellationToken cancellationToken)
    {
        var local = new Uri(endpoint.BaseUrl).IsLoopback;
        if (!endpoint.Azure.UseEntraId && string.IsNullOrEmpty(endpoint.ApiKey) && !local) return [new Finding("key", false, "not set", "Set OPENAI_API_KEY (or Edit__ApiKey).")];
        using var client = new HttpClient(EndpointHandler.Create(), disposeHandler: true) { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint.Resolve("models"));
        try
        {
            if (await credential.GetHeaderAsync(cancellationToken) is { } header) request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var answers = new Finding("endpoint", true, $"{endpoint.BaseUrl} answers ({(int)response.StatusCode})");
            return response.StatusCode switch
            {
                HttpStatusCode.OK => [answers, new Finding("key", true, "taken")],
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                    [answers, new Finding("key", false, $"refused ({(int)response.StatusCode})", "Check OPENAI_API_KEY, and that it belongs to this endpoint.")],
                HttpStatusCode.NotFound =>
                    [answers, new Finding("key", true, "not checked: this endpoint lists no models")],
                _ => [answers with { IsGood = false, Cure = "The endpoint has trouble; try again later." }],
            };
        }
        catch (EndpointCredentialException exception)
        {
            return [new Finding("key", false, SecretScrubber.Scrub(exception.Message), "Check the account that Edit__Azure__UseEntraId finds: az login, AZURE_CLIENT_ID, or the identity of the machine.")];
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [new Finding("endpoint", false, $"{endpoint.BaseUrl}: {SecretScrubber.Scrub(exception.Message)}", "Check OPENAI_BASE_URL and the network.")];
        }
    }
}
