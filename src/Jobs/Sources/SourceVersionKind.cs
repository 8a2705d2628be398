namespace Darkroom.Jobs.Sources;

/// <summary>What a <see cref="SourceVersion"/> is.</summary>
public enum SourceVersionKind
{
    /// <summary>The strong ETag that the source's server gave.</summary>
    ETag,

    /// <summary>The hash of the source's bytes.</summary>
    Sha256,

    /// <summary>The id of a file at the service, which never changes what it holds.</summary>
    FileId,
}
