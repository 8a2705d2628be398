using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenAI;
using OpenAI.Files;

namespace Darkroom.Jobs.Uploads;

/// <summary>The Files API through the <c>OpenAI</c> package, at the endpoint of the edits and with their key or token.</summary>
public sealed class OpenAIFileService : IFileService
{
    private readonly EndpointOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<OpenAIFileService> _logger;
    private readonly OutcomeClassifier _classifier;
    private readonly LimitSignalReader _signals;
    private readonly OpenAIFileClient _files;

    /// <summary>Makes one.</summary>
    /// <param name="http">A client over <see cref="EndpointHandler.Create"/>, without a timeout of its own.</param>
    /// <param name="options">The endpoint; validated.</param>
    /// <param name="credential">Authorizes the calls.</param>
    /// <param name="scope">The endpoint's key.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public OpenAIFileService(HttpClient http, IOptions<EndpointOptions> options, IEndpointCredential credential, LimitScope scope, TimeProvider time, ILogger<OpenAIFileService> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time, _logger) = (options.Value, time, logger);
        _classifier = new OutcomeClassifier(_options.ApiKey);
        _signals = new LimitSignalReader(time);
        var address = new Uri(new Uri(_options.BaseUrl).GetLeftPart(UriPartial.Path));
        // A file belongs to the key's account: another account's calls can't name it.
        Endpoint = $"{address.AbsoluteUri.TrimEnd('/')}#{_options.UploadPurpose}@{scope.KeyName}";
#pragma warning disable OPENAI001 // The one constructor that lets a header other than a bearer key in; the version is pinned, and a test calls it.
        _files = new OpenAIFileClient(new EndpointPolicy(_options, address, credential), new OpenAIClientOptions
        {
            Endpoint = address,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = _options.Timeout,
        });
#pragma warning restore OPENAI001
    }

    /// <inheritdoc/>
    public string Endpoint { get; }

    /// <inheritdoc/>
    public async Task<(UploadedFile? File, EditOutcome? Failure)> UploadAsync(Stream content, SourceKey key, string mediaType, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var bytes = content.Length;
        using var form = Form(content, mediaType);
        var asked = _time.GetUtcNow();
        var (answer, failure) = await CallAsync(
            async request => await _files.UploadFileAsync(
                BinaryContent.Create(await form.ReadAsStreamAsync(cancellationToken)), form.Headers.ContentType!.ToString(), request),
            cancellationToken);
        if (answer is not { } body) return (null, failure);
        if (Text(body, "id") is not { Length: > 0 } id)
            return (null, new EditOutcome.ServerFailed(new ServiceError(ErrorClasses.BadAnswer, "no_file_id", "The upload's answer names no file."), RetryAfter: null));
        Log.Uploaded(_logger, bytes, id);
        // A server that doesn't say when the file ends was told when it should.
        var end = body.TryGetProperty("expires_at", out var told) && told.ValueKind == JsonValueKind.Number && told.TryGetInt64(out var seconds) && seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : asked + _options.UploadLifetime;
        return (new UploadedFile(key, id, end), null);
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> DeleteAsync(string fileId, CancellationToken cancellationToken)
    {
        var (_, failure) = await CallAsync(request => _files.DeleteFileAsync(fileId, request), cancellationToken);
        return failure is null or EditOutcome.Rejected { HttpStatus: 404 } ? null : failure.ErrorOrNull;
    }

    private MultipartFormDataContent Form(Stream content, string mediaType)
    {
        var file = new StreamContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        var seconds = ((long)_options.UploadLifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new MultipartFormDataContent
        {
            { new StringContent(_options.UploadPurpose), "\"purpose\"" },
            { new StringContent("created_at"), "\"expires_after[anchor]\"" },
            { new StringContent(seconds), "\"expires_after[seconds]\"" },
            { file, "\"file\"", $"image.{mediaType["image/".Length..]}" },
        };
    }

    private async Task<(JsonElement? Answer, EditOutcome? Failure)> CallAsync(Func<RequestOptions, Task<ClientResult>> call, CancellationToken cancellationToken)
    {
        var request = new RequestOptions { ErrorOptions = ClientErrorBehaviors.NoThrow, BufferResponse = false, CancellationToken = cancellationToken };
        try
        {
            var result = await call(request);
            using var response = result.GetRawResponse();
            var body = await ReadAsync(response.ContentStream, cancellationToken);
            return response.Status is >= 200 and < 300 ? (Parse(body), null) : (null, Refused(response, body));
        }
        catch (EndpointCredentialException e)
        {
            return (null, new EditOutcome.NotSent(new ServiceError(ErrorClasses.NotSent, "no_token", SecretScrubber.Scrub(e.Message))));
        }
        catch (Exception e) when (e is ClientResultException || EditClient.IsTransferFailure(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Whatever became of the upload, the edit itself never left, and an upload costs nothing.
            return (null, _classifier.Classify(e, mayHaveLeft: false, timeout: null));
        }
    }

    private EditOutcome Refused(PipelineResponse response, byte[] body)
    {
        using var headers = new HttpResponseMessage();
        foreach (var (name, value) in response.Headers) headers.Headers.TryAddWithoutValidation(name, value);
        var error = AnswerParser.ParseError(body) ?? ErrorBody.Empty;
        // A key that may edit and not upload is no reason to stop the batch.
        var status = response.Status == 403 ? 400 : response.Status;
        var failure = new CallFailure(status, error, $"HTTP {response.Status} from the Files API.", _signals.Read(headers.Headers, error.Message), HasLeft: false);
        var outcome = _classifier.Classify(failure);
        // An endpoint without a Files API may edit all the same: what fits is sent inline.
        if (outcome is EditOutcome.Halted { Reason: HaltReasons.EndpointWrong } none) outcome = new EditOutcome.Rejected(none.Error with { Class = ErrorClasses.InvalidRequest });
        return outcome with { HttpStatus = response.Status };
    }

    private static async Task<byte[]> ReadAsync(Stream? stream, CancellationToken cancellationToken)
    {
        if (stream is null) return [];
        var buffer = new byte[ErrorAnswerReader.MaxBytes];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer[..length];
    }

    private static JsonElement Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body);
        }
        catch (JsonException)
        {
            // Not JSON: an answer without an id, which is what the caller makes of it.
            return default;
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
