namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>The kinds of columns.</summary>
internal enum CsvColumnKind
{
    Id,
    Image,
    Images,
    Mask,
    Prompt,
    Output,
    Option,
    Tag,
    Variable,

    /// <summary>Without a name in the header; nothing may stand in it.</summary>
    Nameless,
}
