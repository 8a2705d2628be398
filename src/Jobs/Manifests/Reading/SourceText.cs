namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>A source as a row wrote it, not yet looked at.</summary>
internal readonly record struct SourceText(SourceForm Form, string Value)
{
    public static readonly SourceText Faulty = new(SourceForm.Faulty, "");
}
