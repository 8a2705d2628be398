using System.Net.Sockets;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Sources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Editing;

/// <summary>Makes edit calls over HTTP with a JSON body (docs/endpoint.md, Requests), or a form where the model wants one. Safe for concurrent use.</summary>
/// <remarks>
/// A cancellation by the caller is rethrown whenever it comes: the host cancels only when it must stop at once, and the attempt then stays
/// <c>sending</c>, which recovery deals with. The client's own timeout is an outcome. An answer with fewer or more images than asked for is a
/// success with that many, and an error event does not take away images that came whole before it.
/// </remarks>
public sealed class EditClient : IEditClient
{
    private readonly HttpClient _http;
    private readonly EndpointOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EditClient> _logger;
    private readonly IEndpointCredential _credential;
    private readonly SourceFetcher _sources;
    private readonly ImageDownload _images;
    private readonly Uri _address;
    private readonly OutcomeClassifier _classifier;
    private readonly LimitSignalReader _signals;

    /// <summary>Makes a client. Takes over <paramref name="http"/>'s timeout: only <see cref="EndpointOptions.Timeout"/> holds.</summary>
    /// <param name="http">A client over <see cref="EndpointHandler.Create"/>, not used before.</param>
    /// <param name="options">Where to send; validated.</param>
    /// <param name="time">The clock for timeouts and dates.</param>
    /// <param name="logger">The log.</param>
    /// <param name="credential">Authorizes the calls; the key of the options when null.</param>
    /// <param name="sources">Fetches sources for a form; public addresses only when null.</param>
    /// <param name="rules">The rules for images that answers name by address; the defaults when null.</param>
    /// <param name="resolver">Resolves their hosts; the system's when null.</param>
    public EditClient(
        HttpClient http, IOptions<EndpointOptions> options, TimeProvider time, ILogger<EditClient> logger, IEndpointCredential? credential = null,
        SourceFetcher? sources = null, SourcesOptions? rules = null, IHostResolver? resolver = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _http = http;
        // HttpClient's default of 100 s is shorter than many a call, and a call given up is paid for.
        _http.Timeout = Timeout.InfiniteTimeSpan;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _credential = credential ?? new EndpointKey(options);
        _sources = sources ?? SourceFetcher.CreateShut(time);
        rules ??= new SourcesOptions();
        var answers = new GuardedDownload(rules, resolver ?? new DnsHostResolver(), time, _options.TrustedHosts());
        // Paid for: the call's own time is all that counts.
        var bounds = new DownloadBounds(_options.MaxAnswerBytes, _options.Timeout, _options.Timeout, rules.MaxRedirects);
        _images = new ImageDownload(answers, bounds, rules.MaxPixels, time, logger);
        _address = _options.Resolve("images/edits");
        _classifier = new OutcomeClassifier(_options.ApiKey);
        _signals = new LimitSignalReader(time);
    }

    /// <inheritdoc/>
    public async Task<EditOutcome> SendAsync(EditRequest request, IOutputSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(sink);
        var started = _time.GetTimestamp();
        var (content, refusal) = await ContentAsync(request, cancellationToken);
        if (content is null) return Logged(refusal!, started);
        using (content)
        {
            var outcome = await SendAsync(request, content, sink, started, cancellationToken);
            return Logged(outcome, started);
        }
    }

    /// <summary>Whether an exception is the network's doing, rather than a bug or the store's.</summary>
    /// <remarks>A connection that is reset in the instant that it is made comes out of HttpClient as a bare <see cref="SocketException"/>.</remarks>
    internal static bool IsTransferFailure(Exception exception) =>
        exception is HttpRequestException or SocketException or IOException or OperationCanceledException or InvalidDataException or SourceReadException;

    private async Task<(WovenContent? Content, EditOutcome? Refusal)> ContentAsync(EditRequest request, CancellationToken cancellationToken)
    {
        if (request.Form == RequestForm.Multipart) return await EditFormContent.CreateAsync(request, _options.Model, _sources, cancellationToken);
        var (content, error) = await EditRequestContent.CreateAsync(request, _options.Model, cancellationToken);
        return (content, error is null ? null : new EditOutcome.Rejected(error));
    }

    private async Task<EditOutcome> SendAsync(
        EditRequest request, WovenContent content, IOutputSink sink, long started, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        // Made when there is something to read: a call waits for its answer most of its time, and thousands do at once.
        AnswerReader? reader = null;
        HttpResponseMessage? response = null;
        try
        {
            using var message = await MessageAsync(content, either.Token);
            response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            _logger.Answered((int)response.StatusCode, Elapsed(started), RequestId(response) ?? Log.None);
            if (!response.IsSuccessStatusCode) return await RefusedAsync(response, content.HasStarted, either.Token);
            reader = new AnswerReader(sink, _options.MaxAnswerBytes);
            return await ReadAsync(request, response, reader, either.Token);
        }
        catch (EndpointCredentialException e)
        {
            return new EditOutcome.NotSent(new ServiceError(ErrorClasses.NotSent, "no_token", SecretScrubber.Scrub(e.Message)));
        }
        catch (Exception e) when (IsTransferFailure(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader is not null && Saved(request, reader, response!, e) is { } saved) return saved;
            if (content.SourceFailure is { } source) return new EditOutcome.Rejected(source);
            var outcome = _classifier.Classify(e, content.HasStarted, deadline.IsCancellationRequested ? _options.Timeout : null);
            return response is null ? outcome : Finish(outcome, response);
        }
        finally
        {
            response?.Dispose();
            if (reader is not null) await reader.DisposeAsync();
        }
    }

    // What came whole before the connection broke, if that is all that was asked for.
    private EditOutcome? Saved(EditRequest request, AnswerReader reader, HttpResponseMessage response, Exception fault)
    {
        var isWhole = reader.HasAll(request.Options.N) && reader.Answer.Urls.Count == 0;
        // A store that refused halts the batch, whatever the connection did after that.
        ThrowIfNotStored(reader, isWhole ? response : null);
        if (!isWhole) return null;
        _logger.BrokeAfterwards(reader.Answer.Images, SecretScrubber.Scrub(fault.Message));
        if (reader.Output.Unreadable is { } unreadable) return Finish(_classifier.Unreadable(unreadable), response);
        return Finish(new EditOutcome.Succeeded(reader.Answer.UsageJson, reader.Answer.Images), response);
    }

    private async Task<HttpRequestMessage> MessageAsync(WovenContent content, CancellationToken cancellationToken)
    {
        var header = await _credential.GetHeaderAsync(cancellationToken);
        var message = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
        UserAgent.AddTo(message);
        message.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (header is not null) message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return message;
    }

    private async Task<EditOutcome> ReadAsync(EditRequest request, HttpResponseMessage response, AnswerReader reader, CancellationToken cancellationToken)
    {
        var events = request.Options.Stream || response.Content.Headers.ContentType?.MediaType is "text/event-stream";
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await reader.ReadAsync(body, events, cancellationToken);
        var answer = reader.Answer;
        ThrowIfNotStored(reader, response);
        if (answer.Fault is not null && !reader.HasAll(request.Options.N)) return Finish(_classifier.Unusable(answer), response);
        foreach (var url in answer.Urls)
        {
            var fault = await FetchAsync(url, reader, response, cancellationToken);
            // Before anything else: what the store refused is lost, whatever became of this image.
            ThrowIfNotStored(reader, response);
            if (fault is not null) return Finish(_classifier.Unusable(answer with { Fault = fault }), response);
        }

        if (reader.Output.Unreadable is { } unreadable) return Finish(_classifier.Unreadable(unreadable), response);
        var images = reader.Output.Images;
        if (images == 0 && answer.Error is { } error)
        {
            var failure = new CallFailure(200, error, "The answer has an error without a message, and no image.", _signals.Read(response.Headers, error.Message), HasLeft: true);
            return Finish(_classifier.Classify(failure), response, error.Message);
        }

        if (images == 0) return Finish(_classifier.Unusable(answer), response);

        if (images != request.Options.N) _logger.OtherCount(request.Options.N, images, RequestId(response) ?? Log.None);
        return Finish(new EditOutcome.Succeeded(answer.UsageJson, images), response);
    }

    private async Task<ServiceError?> FetchAsync(string url, AnswerReader reader, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await _images.FetchAsync(url, reader.Output, cancellationToken);
        }
        catch (ImageStoreException full)
        {
            // The temporary folder, before the store was reached.
            throw Paid(full, reader.Answer, response);
        }
    }

    private void ThrowIfNotStored(AnswerReader reader, HttpResponseMessage? response)
    {
        if (reader.Output.Failure is { } failure) throw Paid(failure, reader.Answer, response);
    }

    // With what was paid for, if the answer, whose response is given then, was read to its end.
    private ImageStoreException Paid(ImageStoreException failure, Answer answer, HttpResponseMessage? response)
    {
        var images = answer.Images + answer.Urls.Count;
        return answer.Fault is null && images > 0 && response is not null
            ? new ImageStoreException(failure.Message, failure) { Answer = (EditOutcome.Succeeded)Finish(new EditOutcome.Succeeded(answer.UsageJson, images), response) }
            : failure;
    }

    private async Task<EditOutcome> RefusedAsync(HttpResponseMessage response, bool hasLeft, CancellationToken cancellationToken)
    {
        var (error, fallback) = await ErrorAnswerReader.ReadAsync(response, cancellationToken);
        var failure = new CallFailure((int)response.StatusCode, error, fallback, _signals.Read(response.Headers, error.Message), hasLeft);
        var outcome = _classifier.Classify(failure);
        // What was called is what a person has to mend.
        if (outcome is EditOutcome.Halted { Reason: HaltReasons.EndpointWrong } wrong)
            outcome = wrong with { Error = wrong.Error with { Message = SecretScrubber.Scrub($"POST {_options.Place} answered {failure.Status}: {wrong.Error.Message}", _options.ApiKey) } };
        return Finish(outcome, response, error.Message);
    }

    private EditOutcome Finish(EditOutcome outcome, HttpResponseMessage response, string? message = null) => outcome with
    {
        HttpStatus = (int)response.StatusCode,
        RequestId = RequestId(response),
        Limits = _signals.Read(response.Headers, message).Limits,
    };

    private static string? RequestId(HttpResponseMessage response)
    {
        foreach (var name in (string[])["x-request-id", "apim-request-id", "x-ms-request-id"])
        {
            if (!response.Headers.NonValidated.TryGetValues(name, out var values) || values.FirstOrDefault() is not { Length: > 0 } id) continue;
            var clean = SecretScrubber.Scrub(id);
            return clean.Length <= 200 ? clean : clean[..200];
        }

        return null;
    }

    private EditOutcome Logged(EditOutcome outcome, long started)
    {
        if (outcome is EditOutcome.Succeeded done)
            _logger.Edited(done.Images, Elapsed(started), done.RequestId ?? Log.None);
        else if (outcome is EditOutcome.Unknown { Error: var lost })
            _logger.OutcomeUnknown(lost.Name, Elapsed(started), outcome.HttpStatus ?? (object)Log.None, outcome.RequestId ?? Log.None, lost.Message);
        else if (outcome.ErrorOrNull is { } error)
            _logger.NotEdited(outcome.GetType().Name, error.Name, outcome.HttpStatus ?? (object)Log.None, outcome.RequestId ?? Log.None, error.Message);
        return outcome;
    }

    private long Elapsed(long started) => (long)_time.GetElapsedTime(started).TotalMilliseconds;
}
