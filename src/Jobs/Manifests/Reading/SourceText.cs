namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>A source as a row wrote it, not yet looked at.</summary>
internal readonly record struct SourceText(SourceForm Form, string Value)
{
    private const string FileIdPrefix = "file_id:";

    public static readonly SourceText Faulty = new(SourceForm.Faulty, "");

    /// <summary>
    /// Where there are no objects, in CSV and in flags, a file's id is told by its look: <c>file_id:ANYTHING</c>, or <c>file-…</c> of letters, digits, - and _
    /// alone (a path would have a dot).
    /// </summary>
    public static SourceText OfText(string text)
    {
        text = text.Trim();
        if (text.StartsWith(FileIdPrefix, StringComparison.Ordinal)) return new SourceText(SourceForm.FileId, text[FileIdPrefix.Length..]);
        var isId = text.StartsWith("file-", StringComparison.Ordinal) && text.Length > 5 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        return new SourceText(isId ? SourceForm.FileId : SourceForm.Plain, text);
    }
}
