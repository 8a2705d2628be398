namespace Darkroom.Jobs.Running;

/// <summary>How long a loop waits that looks for something to do: the longer the longer there was nothing, so that a worker without work asks little.</summary>
/// <param name="least">After something was done.</param>
/// <param name="most">At most.</param>
public sealed class IdlePause(TimeSpan least, TimeSpan most)
{
    private readonly TimeSpan _least = least;
    private TimeSpan _pause = least;

    /// <summary>The next wait; each without anything done is twice the one before.</summary>
    public TimeSpan Next(bool done)
    {
        _pause = done ? _least : _pause * 2 < most ? _pause * 2 : most;
        return _pause;
    }
}
