namespace Darkroom.Worker.Client.Shapes;

/// <summary>Why items did not succeed.</summary>
/// <param name="Reason">CLASS/CODE, to filter by.</param>
/// <param name="Message">Of one of them.</param>
/// <param name="Items">How many.</param>
/// <param name="More">Whether there are more than that.</param>
public sealed record ReasonShape(
    string Reason,
    string Message,
    long Items,
    bool More);
