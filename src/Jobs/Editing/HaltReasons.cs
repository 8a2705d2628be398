namespace Darkroom.Jobs.Editing;

/// <summary>Why the system stopped a batch. Stored and printed, so an API.</summary>
public static class HaltReasons
{
    /// <summary>Quota, credit or a spend limit at the service is used up.</summary>
    public const string Quota = "quota";

    /// <summary>The service refused every call for its limits, for as long as <c>Limits:GROUP:ThrottledFor</c>.</summary>
    public const string Throttled = "throttled";

    /// <summary>The key was refused.</summary>
    public const string KeyRefused = "key_refused";

    /// <summary>The model doesn't exist (any more).</summary>
    public const string ModelGone = "model_gone";

    /// <summary>A budget of ours is reached.</summary>
    public const string Budget = "budget";

    /// <summary>The endpoint has no such route, or doesn't take the form of the request.</summary>
    public const string EndpointWrong = "endpoint_wrong";

    /// <summary>Too many answers ended alike, and none well (<see cref="Running.BreakerOptions"/>).</summary>
    public const string RefusedAlike = "refused_alike";

    /// <summary>The endpoint can't be reached.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The image store doesn't take writes.</summary>
    public const string Store = "store";
}
