namespace Darkroom.Jobs.Manifests;

/// <summary>Where a manifest comes from.</summary>
/// <param name="Name">Its name as the user gave it; problems are reported under it.</param>
/// <param name="BaseFolder">Absolute folder that local paths are read relative to, or null: local paths are refused
/// (a manifest that came over the network).</param>
/// <param name="Format">How it is written, or null to find out from its first bytes.</param>
public sealed record ManifestSource(string Name, string? BaseFolder, ManifestFormat? Format)
{
    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInputName = "-";

    /// <summary>A file: the format by its extension, local paths relative to its own folder.</summary>
    public static ManifestSource OfFile(string path) => new(path, Path.GetDirectoryName(Path.GetFullPath(path)), FormatOf(path));

    /// <summary>Standard input: the format by its first bytes, local paths relative to <paramref name="currentFolder"/>.</summary>
    public static ManifestSource StandardInput(string currentFolder) => new(StandardInputName, Path.GetFullPath(currentFolder), null);

    /// <summary>The format that a file's extension tells, or null when it doesn't.</summary>
    public static ManifestFormat? FormatOf(string name) => Path.GetExtension(name).ToUpperInvariant() switch
    {
        ".JSONL" or ".NDJSON" => ManifestFormat.JsonLines,
        ".JSON" => ManifestFormat.Json,
        ".CSV" => ManifestFormat.Csv,
        _ => null,
    };
}
