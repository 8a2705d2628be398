namespace Darkroom.Worker.Downloads;

/// <summary>What became of a download.</summary>
/// <param name="Downloaded">Files that were fetched.</param>
/// <param name="Skipped">Files that were there already, whole.</param>
/// <param name="Failed">Files that couldn't be fetched, or aren't what was stored.</param>
/// <param name="Bytes">Bytes fetched.</param>
public sealed record DownloadResult(long Downloaded, long Skipped, long Failed, long Bytes);
