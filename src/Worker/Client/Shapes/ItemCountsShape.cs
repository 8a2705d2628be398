namespace Darkroom.Worker.Client.Shapes;

/// <summary>How many items stand where.</summary>
/// <param name="Total">All.</param>
/// <param name="Pending">Waiting.</param>
/// <param name="Sending">In flight.</param>
/// <param name="Succeeded">Edited.</param>
/// <param name="Reused">Bought before.</param>
/// <param name="Rejected">Refused for good.</param>
/// <param name="Failed">Attempts spent.</param>
/// <param name="Held">A person decides.</param>
/// <param name="Canceled">Called off.</param>
public sealed record ItemCountsShape(
    long Total,
    long Pending,
    long Sending,
    long Succeeded,
    long Reused,
    long Rejected,
    long Failed,
    long Held,
    long Canceled);
