namespace Darkroom.Jobs.Manifests;

/// <summary>Something wrong with a manifest, and where.</summary>
/// <param name="File">The manifest's name as the user gave it.</param>
/// <param name="Line">1-based line where the row starts, or 0 when the problem is the whole file's.</param>
/// <param name="Field">The field at fault, such as <c>images[1]</c> or <c>options.size</c>, or null.</param>
/// <param name="Reason">What is wrong and what would be right, in one sentence.</param>
public sealed record ManifestProblem(string File, int Line, string? Field, string Reason)
{
    /// <summary><c>file:line: field: reason</c>.</summary>
    public override string ToString() => $"{File}{(Line > 0 ? $":{Line}" : "")}: {(Field is null ? "" : $"{Field}: ")}{Reason}";
}
