using System.Text.Json;

namespace Darkroom.Worker.Client.Shapes;

/// <summary>Something that somebody did.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Via">cli, api or page.</param>
/// <param name="Action">What.</param>
/// <param name="Batch">To which batch.</param>
/// <param name="Detail">Particulars.</param>
public sealed record AuditShape(
    long Id,
    DateTimeOffset At,
    string Actor,
    string Via,
    string Action,
    string? Batch,
    JsonElement Detail);
