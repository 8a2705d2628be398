namespace Darkroom.Jobs.Outputs;

/// <summary>Makes links to files of the store. A link of a cloud store is a secret: who has it has the image.</summary>
public interface IOutputLinks
{
    /// <summary>When the links end, or null when they don't.</summary>
    DateTimeOffset? ExpiresAt { get; }

    /// <summary>The link to a file; whether it is there isn't looked at.</summary>
    Uri LinkTo(string path);
}
