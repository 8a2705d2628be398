using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Manifests;

/// <summary>What a JSON manifest says of the whole batch, before its <c>items</c>. Other forms have no head.</summary>
/// <param name="Name">The batch's name, or null.</param>
/// <param name="Prompt">Template for rows without a prompt, or null.</param>
/// <param name="Options">Options of every row.</param>
/// <param name="Tags">Tags of every row.</param>
public sealed record ManifestHead(string? Name, string? Prompt, EditOptions Options, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Nothing said.</summary>
    public static readonly ManifestHead Empty = new(null, null, EditOptions.None, BatchDefaults.Empty.Tags);

    /// <summary>What rows fall back on: this head with the command line's flags over it.</summary>
    public BatchDefaults Under(BatchDefaults flags)
    {
        var tags = new Dictionary<string, string>(Tags, StringComparer.Ordinal);
        foreach (var (name, value) in flags.Tags) tags[name] = value;
        return flags with { Prompt = flags.Prompt ?? Prompt, Options = Options.With(flags.Options), Tags = tags };
    }
}
