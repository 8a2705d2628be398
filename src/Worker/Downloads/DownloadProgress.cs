using System.Globalization;
using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Downloads;

/// <summary>How a download stands.</summary>
/// <param name="Sofar">What became of the files looked at.</param>
/// <param name="Images">Images done: fetched, or there already.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="TotalImages">Images that are wanted, or null while they are still being counted.</param>
/// <param name="TotalBytes">Their bytes.</param>
public sealed record DownloadProgress(DownloadResult Sofar, long Images, long Bytes, long? TotalImages, long? TotalBytes)
{
    /// <summary>Bytes a second now, or null.</summary>
    public double? Rate { get; init; }

    /// <summary>How much is done, 0 to 1, or null while that isn't known.</summary>
    public double? Share => TotalBytes is not { } total ? null : total == 0 ? 1 : (double)Bytes / total;

    /// <summary>Time left at this rate, or null when it can't be told.</summary>
    public TimeSpan? Left => TotalBytes is { } total && Rate is > 0 and { } rate ? TimeSpan.FromSeconds(Math.Max(0, total - Bytes) / rate) : null;

    /// <summary>Bytes as people read them.</summary>
    public static string Size(double bytes) => bytes switch
    {
        < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Images}{(TotalImages is { } images ? $"/{images}" : "")} images, {Size(Bytes)}{(TotalBytes is { } bytes ? $" of {Size(bytes)}" : "")}, "
        + $"{(Rate is { } rate ? Size(rate) : "–")}/s, {TimeLeft} left; {Sofar.Downloaded} downloaded, {Sofar.Skipped} there already, {Sofar.Failed} failed";

    private string TimeLeft => Left is { } left ? DurationText.Left(left) : "–";
}
