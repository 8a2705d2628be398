using Darkroom.Simulator.Accounts;
using Darkroom.Simulator.Limits;

namespace Darkroom.Simulator.Edits;

/// <summary>
/// One edit call's stay. It ends just before the last bytes of the answer leave, not after: a client that has read its answer and sends the next
/// request at once must not be counted twice.
/// </summary>
internal sealed class Visit(SimulatorAccount account, AccountLimits limits) : IDisposable
{
    private bool limited;
    private bool left;

    /// <summary>The call's place in the order of arrival.</summary>
    public long Place { get; } = account.Arrive();

    /// <summary>Asks the limits; see <see cref="AccountLimits.Enter"/>.</summary>
    public LimitRefusal? Enter(int images)
    {
        if (limits.Enter(images, out var at) is { } refusal)
        {
            return refusal;
        }

        limited = true;
        account.Accept(at, images);
        return null;
    }

    /// <summary>Ends the stay, once.</summary>
    public void Dispose()
    {
        if (left)
        {
            return;
        }

        left = true;
        account.Leave();
        if (limited)
        {
            limits.Leave();
        }
    }
}
