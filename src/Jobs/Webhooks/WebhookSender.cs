using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Sources;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Webhooks;

/// <summary>Sends deliveries, under the rules of <see cref="GuardedHandler"/>. What it says of failures never holds an address or a secret.</summary>
public sealed class WebhookSender(IOptions<WebhooksOptions> webhooks, IOptions<SourcesOptions> sources, IHostResolver resolver, TimeProvider time) : IDisposable
{
    /// <summary>The header with the delivery's id.</summary>
    public const string DeliveryHeader = "Darkroom-Delivery";

    /// <summary>The header with the event's kind.</summary>
    public const string EventHeader = "Darkroom-Event";

    /// <summary>How long a receiver may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http = new(new GuardedHandler(new AddressPolicy(sources.Value), resolver), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>An address for people: what comes after the host may be a secret.</summary>
    public static string Shown(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.GetLeftPart(UriPartial.Authority) + (address.PathAndQuery.Length > 1 ? "/…" : "") : "(no address)";

    /// <summary>Sends a delivery once. Any 2xx answer within the time is delivery; redirects aren't followed.</summary>
    /// <exception cref="OperationCanceledException">Canceled by the caller.</exception>
    public async Task<WebhookResult> SendAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            if (webhooks.Value.SecretFor(delivery.Url) is not { } secret)
                return new WebhookResult(null, $"There is no secret to sign with: set {WebhooksOptions.Section}__{nameof(WebhooksOptions.Secret)}.");
            using var request = Request(delivery, secret);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)response.StatusCode;
            return new WebhookResult(status, response.IsSuccessStatusCode ? null : $"It answered with HTTP {status}.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or UnauthorizedAccessException or OperationCanceledException or UriFormatException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (late.IsCancellationRequested) return new WebhookResult(null, $"It didn't answer within {Patience.TotalSeconds:0} s.");
            return new WebhookResult(null, ForbiddenTargetException.Find(e)?.Message ?? SecretScrubber.Scrub(e.Message));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(WebhookDelivery delivery, string secret)
    {
        var body = Encoding.UTF8.GetBytes(delivery.Body);
        var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        UserAgent.AddTo(request);
        request.Headers.Add(DeliveryHeader, delivery.Id.ToString());
        request.Headers.Add(EventHeader, delivery.Kind);
        request.Headers.Add(WebhookSignature.Header, WebhookSignature.Create(secret, time.GetUtcNow(), body));
        return request;
    }
}
