using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Editing;

/// <summary>Everything that one call to <c>POST /v1/images/edits</c> says.</summary>
/// <param name="Input">The pictures; local paths are read and inlined as the body is written.</param>
/// <param name="Prompt">1 to 32,000 characters.</param>
/// <param name="Options">The options; <c>model</c> is always among them.</param>
public sealed record EditRequest(EditInput Input, string Prompt, EditOptions Options)
{
    /// <summary>How the model wants its request written.</summary>
    public RequestForm Form { get; init; }
}
