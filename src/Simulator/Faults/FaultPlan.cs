using Darkroom.Simulator.Answers;

namespace Darkroom.Simulator.Faults;

/// <summary>What befalls one request, decided when it arrives.</summary>
/// <param name="Error">Answered instead of an edit, or null.</param>
/// <param name="Html">A proxy's page is answered.</param>
/// <param name="ResetBefore">The connection is reset before billing.</param>
/// <param name="Slow">Added to the edit's time.</param>
/// <param name="StreamError">A streamed answer ends in an error.</param>
/// <param name="ResetAfter">The connection is reset after billing.</param>
/// <param name="Cut">The answer breaks off in the middle.</param>
internal sealed record FaultPlan(ServiceError? Error, bool Html, bool ResetBefore, TimeSpan Slow, bool StreamError, bool ResetAfter, bool Cut)
{
    private const int HtmlSalt = 1, ResetBeforeSalt = 2, SlowSalt = 3, StreamErrorSalt = 4, ResetAfterSalt = 5, CutSalt = 6, JitterSalt = 7, TailSalt = 8;

    /// <summary>Decides for one request.</summary>
    public static FaultPlan For(SimulatorFaults faults, FaultDraw draw)
    {
        var status = faults.Statuses.OrderBy(s => s.Key).FirstOrDefault(s => draw.Strikes(s.Value, s.Key)).Key;
        return new(
            status is 429 or 503 && faults.RetryAfter is { } wait ? ServiceError.Injected(status)! with { RetryAfter = wait } : ServiceError.Injected(status),
            draw.Strikes(faults.Html, HtmlSalt),
            draw.Strikes(faults.ResetBefore, ResetBeforeSalt),
            draw.Strikes(faults.Slow, SlowSalt) ? faults.SlowBy : TimeSpan.Zero,
            draw.Strikes(faults.StreamError, StreamErrorSalt),
            draw.Strikes(faults.ResetAfter, ResetAfterSalt),
            draw.Strikes(faults.Cut, CutSalt));
    }

    /// <summary>How long an edit takes, without faults.</summary>
    public static TimeSpan Latency(SimulatorOptions options, FaultDraw draw)
    {
        var jitter = 1 + (options.LatencyJitter * ((2 * draw.Number(JitterSalt)) - 1));
        var tail = draw.Strikes(options.LatencyTail, TailSalt) ? 4 : 1;
        return options.Latency * jitter * tail;
    }
}
