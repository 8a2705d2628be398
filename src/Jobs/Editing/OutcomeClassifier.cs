using System.Globalization;
using System.Security.Authentication;
using System.Text.Json;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// The one place where status, error body and exception become an <see cref="EditOutcome"/>, by the table in docs/endpoint.md.
/// What the service says in <c>code</c> and <c>type</c> goes before the status; the status decides the rest.
/// </summary>
/// <param name="secret">The key, cut out of messages, or null.</param>
internal sealed class OutcomeClassifier(string? secret)
{
    private const string RedirectRefused = "A redirect was refused: a redirected call could be paid for twice.";

    private static readonly string[] ModerationWords =
    [
        "content_policy_violation", "ContentPolicyViolation", "ResponsibleAIPolicyViolation", "content management policy", "responsible AI polic", "as a result of our safety system",
        "blocked by our content filter",
    ];

    /// <summary>The outcome of an answer with an error status, or of an error event or object under status 200.</summary>
    public EditOutcome Classify(CallFailure failure)
    {
        var error = failure.Error;
        var wait = failure.Signals.RetryAfter;
        if (failure.Status is >= 300 and < 400) return EndpointWrong(failure, "redirect_refused", RedirectRefused);
        // Whoever answers so says that it did nothing, and be it a gateway.
        if (failure.Status is 501 or 511) return EndpointWrong(failure, "wrong_route");
        if (MayHaveWorked(failure)) return Unknown(failure);
        if (IsModeration(failure)) return new EditOutcome.Rejected(Make(ErrorClasses.Moderation, failure));
        if (failure.Status == 402 || QuotaWords.Found(error, error.Message ?? failure.Fallback)) return new EditOutcome.Halted(HaltReasons.Quota, Make(ErrorClasses.Quota, failure));
        if (Is(error, "rate_limit_exceeded") || Is(error, "slow_down")) return new EditOutcome.Throttled(Make(ErrorClasses.Throttled, failure), wait);
        if (Is(error, "server_is_overloaded") || Is(error, "image_generation_server_error") || Is(error, "server_error"))
            return ServerFailed(failure);
        if (Is(error, "model_not_found") || SetupFault.IsModelGone(failure)) return new EditOutcome.Halted(HaltReasons.ModelGone, Make(ErrorClasses.ModelGone, failure));
        if (SetupFault.IsWrongRoute(failure)) return EndpointWrong(failure, "wrong_route");
        if (SetupFault.RefusesForm(failure)) return EndpointWrong(failure, "wrong_form");
        return failure.Status switch
        {
            < 300 when Is(error, "image_generation_user_error") || Is(error, "invalid_request_error") => Refused(failure),
            < 300 => ServerFailed(failure),
            401 or 403 => new EditOutcome.Halted(HaltReasons.KeyRefused, Make(ErrorClasses.KeyRefused, failure)),
            429 => new EditOutcome.Throttled(Make(ErrorClasses.Throttled, failure), wait),
            408 or 409 or 425 or 499 or >= 500 => ServerFailed(failure),
            _ => Refused(failure),
        };
    }

    /// <summary>The outcome of an answer of status 200 that came whole or not and can't be used.</summary>
    /// <remarks>
    /// A whole answer without a usable image was probably paid for, and there is nothing to keep: <see cref="EditOutcome.Unknown"/>, class
    /// <see cref="ErrorClasses.BadAnswer"/>, so that its worst case is booked as unconfirmed and policy decides whether to call again.
    /// </remarks>
    public EditOutcome Unusable(Answer answer)
    {
        if (answer.Fault is { } fault) return new EditOutcome.Unknown(fault with { Message = SecretScrubber.Scrub(fault.Message, secret) });
        return answer.IsWhole
            ? new EditOutcome.Unknown(new ServiceError(ErrorClasses.BadAnswer, "no_image", "The answer is whole and has no image."))
            : new EditOutcome.Unknown(new ServiceError(ErrorClasses.UnknownOutcome, "cut_short", "The stream ended without a completed event."));
    }

    /// <summary>The outcome of an answer whose images aren't any: paid for, perhaps, and its bytes are worth a look.</summary>
    public EditOutcome Unreadable(ServiceError fault) => new EditOutcome.Unknown(fault with { Message = SecretScrubber.Scrub(fault.Message, secret) }) { LeavesBytes = true };

    /// <summary>The outcome of a call that no answer came of, or whose answer broke off.</summary>
    /// <param name="exception">What happened.</param>
    /// <param name="mayHaveLeft">Whether the body had begun to be sent. Until then the service has nothing that it could work on.</param>
    /// <param name="timeout">The time that had been allowed when it ran out, or null when it hadn't.</param>
    public EditOutcome Classify(Exception exception, bool mayHaveLeft, TimeSpan? timeout)
    {
        var code = timeout is null ? CodeOf(exception) : "timeout";
        var message = timeout is null ? Messages(exception) : $"No whole answer within {timeout.Value.TotalSeconds:0.###} s.";
        var error = new ServiceError(mayHaveLeft ? ErrorClasses.UnknownOutcome : ErrorClasses.NotSent, code, SecretScrubber.Scrub(message, secret));
        return mayHaveLeft ? new EditOutcome.Unknown(error) : new EditOutcome.NotSent(error);
    }

    /// <summary>
    /// Whether the service may have done the work, and bill it, whatever the answer says: a gateway gave up waiting for it, or somebody answers in its place. A 4xx by
    /// which a request is turned away stays one, also with a page for a body.
    /// </summary>
    private static bool MayHaveWorked(CallFailure failure)
    {
        if (!failure.HasLeft) return false;
        if (HasGivenUp(failure.Status)) return true;
        if (failure.Status is not (< 300 or 409 or 425 or >= 500)) return false;
        // Proxies that answer as the service does put the status of their upstream into the code.
        return !failure.Error.IsOwn || (int.TryParse(failure.Error.Code, NumberStyles.None, CultureInfo.InvariantCulture, out var upstream) && HasGivenUp(upstream));
    }

    // 499 is nginx's and some proxies' for a caller that left, 520 to 527 are Cloudflare's for an origin that didn't answer, 598 and 599 other proxies' timeouts.
    private static bool HasGivenUp(int status) => status is 408 or 499 or 504 or (>= 520 and <= 527) or 598 or 599;

    private EditOutcome.Unknown Unknown(CallFailure failure)
    {
        var isAnswer = failure.Status < 300;
        var error = Make(
            isAnswer ? ErrorClasses.BadAnswer : ErrorClasses.UnknownOutcome, failure,
            failure.Error.Code ?? failure.Error.Type ?? (isAnswer ? "no_image" : string.Create(CultureInfo.InvariantCulture, $"http_{failure.Status}")));
        return new EditOutcome.Unknown(error) { RetryAfter = failure.Signals.RetryAfter, ForbidsRetry = failure.Signals.ShouldRetry == false };
    }

    // Some servers have words for it and no code. Only where an answer is a refusal: the words may stand in any text.
    private static bool IsModeration(CallFailure failure) =>
        failure.Error.IsModeration || ErrorBody.NamesModeration(failure.Error.Code) || ErrorBody.NamesModeration(failure.Error.Type)
        || (failure.Status is < 300 or 400 or 403 or 422 && failure.Error.Message is { } said && ModerationWords.Any(words => said.Contains(words, StringComparison.OrdinalIgnoreCase)));

    private static bool Is(ErrorBody error, string name) =>
        string.Equals(error.Code, name, StringComparison.OrdinalIgnoreCase) || string.Equals(error.Type, name, StringComparison.OrdinalIgnoreCase);

    // The service's own code stays; ours stands in where it gave none.
    private EditOutcome.Halted EndpointWrong(CallFailure failure, string code, string? message = null) =>
        new(HaltReasons.EndpointWrong, Make(ErrorClasses.EndpointWrong, failure, message is null ? failure.Error.Code ?? code : code, message));

    // x-should-retry is the service's own word on whether another call can come to something.
    private EditOutcome ServerFailed(CallFailure failure) => failure.Signals.ShouldRetry == false
        ? new EditOutcome.Rejected(Make(ErrorClasses.Server, failure))
        : new EditOutcome.ServerFailed(Make(ErrorClasses.Server, failure), failure.Signals.RetryAfter);

    private EditOutcome Refused(CallFailure failure) => failure.Signals.ShouldRetry == true
        ? new EditOutcome.ServerFailed(Make(ErrorClasses.Server, failure), failure.Signals.RetryAfter)
        : new EditOutcome.Rejected(Make(ErrorClasses.InvalidRequest, failure));

    private ServiceError Make(string errorClass, CallFailure failure, string? code = null, string? message = null)
    {
        var error = failure.Error;
        return new ServiceError(errorClass, Name(code ?? error.Code ?? error.Type), SecretScrubber.Scrub(message ?? error.Message ?? failure.Fallback, secret))
        {
            Type = Name(error.Type),
            Param = Name(error.Param),
            DetailsJson = Details(error.ModerationJson),
        };
    }

    private string? Name(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var clean = SecretScrubber.Scrub(text, secret);
        return clean.Length <= 200 ? clean : clean[..200];
    }

    private string? Details(string? json)
    {
        if (json is null) return null;
        var clean = SecretScrubber.CutSecrets(json, secret);
        try
        {
            using var document = JsonDocument.Parse(clean);
            return clean;
        }
        catch (JsonException)
        {
            // A secret stood where cutting it out breaks the JSON: details are not worth keeping it for.
            return null;
        }
    }

    private static string CodeOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException!)
        {
            if (cause is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } request) return Snake(request.HttpRequestError);
            if (cause is HttpIOException { HttpRequestError: not HttpRequestError.Unknown } io) return Snake(io.HttpRequestError);
            if (cause is TimeoutException) return "connect_timeout";
            if (cause is AuthenticationException) return "secure_connection_error";
        }

        return "connection_lost";
    }

    private static string Snake(HttpRequestError error) => JsonNamingPolicy.SnakeCaseLower.ConvertName(error.ToString());

    private static string Messages(Exception exception) => exception.InnerException is { } inner && inner.Message != exception.Message
        ? $"{exception.Message} {Messages(inner)}"
        : exception.Message;
}
