using System.Text.Json;

namespace Darkroom.Worker.Client.Shapes;

/// <summary>Why something went wrong.</summary>
/// <param name="Class">What kind of error.</param>
/// <param name="Code">The code of the service.</param>
/// <param name="Message">In words.</param>
/// <param name="RequestId">What an appeal needs.</param>
/// <param name="Details">Particulars.</param>
public sealed record ErrorShape(
    string Class,
    string? Code,
    string Message,
    string? RequestId,
    JsonElement? Details);
