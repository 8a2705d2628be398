namespace Darkroom.Jobs.Manifests;

/// <summary>How a manifest is written.</summary>
public enum ManifestFormat
{
    /// <summary>One JSON object a line (<c>.jsonl</c>, <c>.ndjson</c>).</summary>
    JsonLines,

    /// <summary>One JSON object with <c>items</c>, or a bare array of items (<c>.json</c>).</summary>
    Json,

    /// <summary>A header and one record an item (<c>.csv</c>).</summary>
    Csv,
}
