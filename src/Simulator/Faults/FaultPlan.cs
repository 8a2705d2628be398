using Darkroom.Simulator.Answers;

namespace Darkroom.Simulator.Faults;

/// <summary>What befalls one request, decided when it arrives.</summary>
/// <param name="Error">Answered instead of an edit, or null.</param>
/// <param name="Html">A proxy's page is answered.</param>
/// <param name="ResetBefore">The connection is reset before billing.</param>
/// <param name="Slow">Added to the edit's time.</param>
/// <param name="StreamError">A streamed answer ends in an error.</param>
/// <param name="GatewayStatus">A gateway's page is answered with this status after billing; or null.</param>
/// <param name="ResetAfter">The connection is reset after billing.</param>
/// <param name="NotImage">The answer's images are pages.</param>
/// <param name="Cut">The answer breaks off in the middle.</param>
internal sealed record FaultPlan(
    ServiceError? Error, bool Html, bool ResetBefore, TimeSpan Slow, bool StreamError, int? GatewayStatus, bool ResetAfter, bool NotImage, bool Cut)
{
    private const int HtmlSalt = 1, ResetBeforeSalt = 2, SlowSalt = 3, StreamErrorSalt = 4, ResetAfterSalt = 5, CutSalt = 6, JitterSalt = 7, TailSalt = 8, NotImageSalt = 9;

    // The same status before and after billing is drawn for apart.
    private const int AfterSalt = 1000;

    /// <summary>Decides for one request.</summary>
    public static FaultPlan For(SimulatorFaults faults, FaultDraw draw)
    {
        return new(
            Struck(faults.Statuses, 0) is var status && status is 429 or 503 && faults.RetryAfter is { } wait ? ServiceError.Injected(status)! with { RetryAfter = wait } : ServiceError.Injected(status),
            draw.Strikes(faults.Html, HtmlSalt),
            draw.Strikes(faults.ResetBefore, ResetBeforeSalt),
            draw.Strikes(faults.Slow, SlowSalt) ? faults.SlowBy : TimeSpan.Zero,
            draw.Strikes(faults.StreamError, StreamErrorSalt),
            Struck(faults.StatusesAfter, AfterSalt) is var gateway and > 0 ? gateway : null,
            draw.Strikes(faults.ResetAfter, ResetAfterSalt),
            draw.Strikes(faults.NotImage, NotImageSalt),
            draw.Strikes(faults.Cut, CutSalt));

        // 0 for none.
        int Struck(IReadOnlyDictionary<int, double> statuses, int salt) =>
            statuses.OrderBy(status => status.Key).FirstOrDefault(status => draw.Strikes(status.Value, salt + status.Key)).Key;
    }

    /// <summary>How long an edit takes, without faults.</summary>
    public static TimeSpan Latency(SimulatorOptions options, FaultDraw draw)
    {
        var jitter = 1 + (options.LatencyJitter * ((2 * draw.Number(JitterSalt)) - 1));
        var tail = draw.Strikes(options.LatencyTail, TailSalt) ? 4 : 1;
        return options.Latency * jitter * tail;
    }
}
