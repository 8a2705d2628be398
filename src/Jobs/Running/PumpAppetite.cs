using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Running;

/// <summary>How many items of a lane are worth claiming: claims that only wait for the limiter keep other processes and a pause from having them.</summary>
public sealed class PumpAppetite(ILimiter limiter, ModelBook book)
{
    // Before the first item the model, and with it the limits group, isn't known.
    private const int First = 8;

    /// <summary>At most so many now.</summary>
    public int Of(PumpLane lane) => lane.LastModel is { } model ? limiter.Appetite(book.Find(model).LimitsGroup) : First;
}
