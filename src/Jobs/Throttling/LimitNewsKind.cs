namespace Darkroom.Jobs.Throttling;

/// <summary>What kind of answer told something of the limits.</summary>
public enum LimitNewsKind
{
    /// <summary>Any but the following.</summary>
    Answered,

    /// <summary>Refused because a limit was reached (429).</summary>
    Throttled,

    /// <summary>Refused because the service is short of breath (503, slow_down): the pace is halved and comes back step by step.</summary>
    Slowed,
}
