namespace Darkroom.Jobs.Editing;

/// <summary>What an error is to us. Stored and printed, so an API, pinned by a test.</summary>
public static class ErrorClasses
{
    /// <summary>The service's moderation refused the prompt or an image.</summary>
    public const string Moderation = "moderation";

    /// <summary>The request is wrong and would be wrong again.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>A source can't be had (read, fetched) or isn't an image.</summary>
    public const string Source = "source";

    /// <summary>Too fast; comes right by waiting.</summary>
    public const string Throttled = "throttled";

    /// <summary>No money or quota left.</summary>
    public const string Quota = "quota";

    /// <summary>The key is missing, wrong or not allowed.</summary>
    public const string KeyRefused = "key_refused";

    /// <summary>The model isn't there (any more).</summary>
    public const string ModelGone = "model_gone";

    /// <summary>The endpoint has no such route, or doesn't take the form of the request.</summary>
    public const string EndpointWrong = "endpoint_wrong";

    /// <summary>The service failed.</summary>
    public const string Server = "server_error";

    /// <summary>The request never reached the service.</summary>
    public const string NotSent = "not_sent";

    /// <summary>Sent, and no whole answer came.</summary>
    public const string UnknownOutcome = "unknown_outcome";

    /// <summary>The answer was whole and makes no sense (no image in it, broken base64, too large).</summary>
    public const string BadAnswer = "bad_answer";

    /// <summary>A fault of Darkroom's own.</summary>
    public const string Internal = "internal";

    /// <summary>The image store refused a write.</summary>
    public const string Store = "store";
}
