using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Client;

/// <summary>A worker's HTTP API. Its key is sent to the given address only: redirections aren't followed.</summary>
public sealed partial class DarkroomClient : IDisposable
{
    private const string ProblemTypes = "urn:darkroom:problem:";
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;

    /// <summary>Makes a client.</summary>
    /// <param name="address">The worker's address.</param>
    /// <param name="key">The access key, or null for a worker on this machine that has none.</param>
    public DarkroomClient(Uri address, string? key)
    {
        // Results of a large batch stream for as long as they take; each wait for an answer's head is bounded by the connection.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(15) };
        _http = new HttpClient(new ConnectionFaultHandler(handler)) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>The worker's address.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>Submits a manifest.</summary>
    /// <param name="fields">Flags by their names without dashes, as the command line takes them.</param>
    /// <param name="name">The manifest's file name.</param>
    /// <param name="manifest">Read to its end; stays open.</param>
    /// <param name="idempotencyKey">Repeating the submission with the same one gives the same batch.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ServerRefusedException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server can't be reached, or went away.</exception>
    public async Task<SubmittedShape> SubmitAsync(
        IEnumerable<KeyValuePair<string, string>> fields, string name, Stream manifest, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent();
        // Fields come before the file: the server reads them as they come.
        foreach (var (field, value) in fields) form.Add(new StringContent(value), $"\"{field}\"");
        var file = new StreamContent(new UnclosedStream(manifest));
        form.Add(file, "\"manifest\"", $"\"{name.Replace('"', '_')}\"");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batches") { Content = form };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await SendAsync<SubmittedShape>(request, cancellationToken);
    }

    /// <summary>A batch, or null.</summary>
    /// <exception cref="ServerRefusedException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server can't be reached, or went away.</exception>
    public Task<BatchShape?> FindBatchAsync(string batch, CancellationToken cancellationToken) => FindAsync<BatchShape>($"/v1/batches/{Uri.EscapeDataString(batch)}", cancellationToken);

    /// <summary>The newest batches.</summary>
    /// <exception cref="ServerRefusedException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server can't be reached, or went away.</exception>
    public async Task<IReadOnlyList<BatchShape>> ListBatchesAsync(int limit, CancellationToken cancellationToken)
    {
        const int MostOfAPage = 200;
        var batches = new List<BatchShape>();
        for (string? next = ""; next is not null && batches.Count < limit;)
        {
            var page = await GetAsync<BatchPageShape>(
                $"/v1/batches?limit={Math.Min(limit - batches.Count, MostOfAPage)}{(next.Length == 0 ? "" : $"&after={Uri.EscapeDataString(next)}")}", cancellationToken);
            batches.AddRange(page.Batches);
            next = page.Next;
        }

        return batches;
    }

    /// <summary>An action on a batch: <c>pause</c>, <c>resume</c>, <c>cancel</c>, <c>approve</c> or <c>retry</c>; null when there is no such batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="action">The action's name.</param>
    /// <param name="body">What goes with it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ServerRefusedException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server can't be reached, or went away.</exception>
    public Task<ActionShape?> ActAsync(string batch, string action, JsonObject? body, CancellationToken cancellationToken) =>
        PostAsync<ActionShape>($"/v1/batches/{Uri.EscapeDataString(batch)}/{action}", body, cancellationToken);

    /// <summary>An item by the manifest's id, or null.</summary>
    /// <exception cref="ServerRefusedException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server can't be reached, or went away.</exception>
    public async Task<ItemShape?> FindItemAsync(string batch, string key, CancellationToken cancellationToken) =>
        (await FindAsync<ItemPageShape>($"/v1/batches/{Uri.EscapeDataString(batch)}/items?key={Uri.EscapeDataString(key)}", cancellationToken))?.Items.FirstOrDefault();

    /// <summary>Puts one item back to pending; null when there is no such item.</summary>
    /// <exception cref="ServerRefusedException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server can't be reached, or went away.</exception>
    public Task<ActionShape?> RetryItemAsync(long item, JsonObject body, CancellationToken cancellationToken) =>
        PostAsync<ActionShape>($"/v1/items/{item}/retry", body, cancellationToken);

    /// <summary>A batch's results, streamed.</summary>
    /// <exception cref="ServerRefusedException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server can't be reached, or went away.</exception>
    public async IAsyncEnumerable<ResultShape> ReadResultsAsync(string batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/batches/{Uri.EscapeDataString(batch)}/results?format=jsonl");
        using var response = await SendInTimeAsync(request, cancellationToken);
        await ThrowIfRefusedAsync(response, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
            yield return ReadResult(line);
    }

    /// <summary>Usage by dimensions, as <c>report --format json</c> prints it.</summary>
    /// <exception cref="ServerRefusedException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server can't be reached, or went away.</exception>
    public Task<JsonArray> ReportAsync(string by, DateOnly? from, DateOnly? to, CancellationToken cancellationToken) => GetAsync<JsonArray>(
        $"/v1/reports/usage?by={Uri.EscapeDataString(by)}{(from is { } first ? $"&from={first:yyyy-MM-dd}" : "")}{(to is { } last ? $"&to={last:yyyy-MM-dd}" : "")}", cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        if ((int)response.StatusCode is >= 300 and < 400) throw new NotAWorkerException(Address, $"it answers {(int)response.StatusCode} and sends elsewhere, where no key is taken");
        ProblemShape? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync<ProblemShape>(ClientJson.Options, cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            // A proxy's page, perhaps: its status says what can be said.
        }

        // Other services have problems of their own, and "not found" of theirs says nothing of a batch.
        throw new ServerRefusedException(response.StatusCode, problem?.Type?.StartsWith(ProblemTypes, StringComparison.Ordinal) == true ? problem : null);
    }

    // What is only read is answered at once; a submission, or an action on a million items, takes its time.
    private async Task<HttpResponseMessage> SendInTimeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (request.Method == HttpMethod.Get) deadline.CancelAfter(AnswerTime);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotAWorkerException(Address, $"it hasn't answered within {AnswerTime.TotalSeconds:0} seconds");
        }
    }

    private NotAWorkerException Stranger(HttpResponseMessage response, Exception exception) => new(
        Address, $"it answers {(int)response.StatusCode} with {response.Content.Headers.ContentType?.MediaType ?? "no content type"}, and what this program expects isn't in it", exception);

    private ResultShape ReadResult(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<ResultShape>(line, ClientJson.Answers) ?? throw new JsonException("A result was expected.");
        }
        catch (JsonException exception)
        {
            throw new NotAWorkerException(Address, "a line of its results is none", exception);
        }
    }

    private Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => SendAsync<T>(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    private async Task<T?> FindAsync<T>(string path, CancellationToken cancellationToken) where T : class
    {
        try
        {
            return await GetAsync<T>(path, cancellationToken);
        }
        catch (ServerRefusedException exception) when (exception.Status == HttpStatusCode.NotFound && exception.Problem is not null)
        {
            return null;
        }
    }

    // Null when what it is about isn't there.
    private async Task<T?> PostAsync<T>(string path, JsonObject? body, CancellationToken cancellationToken) where T : class
    {
        try
        {
            return await SendAsync<T>(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body ?? []) }, cancellationToken);
        }
        catch (ServerRefusedException exception) when (exception.Status == HttpStatusCode.NotFound && exception.Problem is not null)
        {
            return null;
        }
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            using var response = await SendInTimeAsync(request, cancellationToken);
            await ThrowIfRefusedAsync(response, cancellationToken);
            try
            {
                return await response.Content.ReadFromJsonAsync<T>(ClientJson.Answers, cancellationToken) ?? throw new JsonException("The server sent an empty answer.");
            }
            catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
            {
                throw Stranger(response, exception);
            }
        }
    }
}
