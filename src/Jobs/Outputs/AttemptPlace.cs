using Darkroom.Jobs.Images;

namespace Darkroom.Jobs.Outputs;

/// <summary>Names the places in the store of one attempt's images; the same attempt always gives the same places.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="OutputName">
/// The item's output name, unique in its batch, safe as a path. One that begins with <c>/</c> comes of a template and stands for the whole path up to the image's number:
/// <c>/shoes/BATCH/SKU-1_</c>. No other name can begin so.
/// </param>
/// <param name="Attempt">1-based number of the attempt within its item.</param>
/// <param name="Format">The images' format: the one asked for, until the bytes tell.</param>
public sealed record AttemptPlace(string BatchId, string OutputName, int Attempt, string Format)
{
    /// <summary>What the paths of files begin with that a service answered as images and that aren't: kept for a look, and never outputs.</summary>
    public const string AsideRoot = "unreadable/";

    /// <summary>The places where this attempt's images may be: a service may answer another format than the one asked for, and a path's ending says what the bytes are.</summary>
    public IEnumerable<AttemptPlace> InEveryFormat => [this, .. ImageFormats.Known.Where(format => ImageFormats.ExtensionOf(format) != Extension).Select(format => this with { Format = format })];

    /// <summary>
    /// The path of an image: <c>BATCH/NAME-N.EXT</c>, and <c>BATCH/NAME-N.ATTEMPT.EXT</c> for a later attempt, so that attempts never share a
    /// place. The number is always there: without it, item <c>a</c> with two images and item <c>a-1</c> would meet.
    /// </summary>
    /// <param name="index">0-based; printed 1-based.</param>
    public string PathOf(int index) => Attempt == 1
        ? $"{Stem}{index + 1}.{Extension}"
        : $"{Stem}{index + 1}.{Attempt}.{Extension}";

    /// <summary>
    /// The path of a partial image: <c>BATCH/NAME-N.partialK.EXT</c>, and <c>BATCH/NAME-N.ATTEMPT.partialK.EXT</c> for a later attempt. No item's output
    /// can have it: behind its last hyphen an output has digits and dots alone.
    /// </summary>
    /// <param name="index">0-based index of the final image that it came before; printed 1-based.</param>
    /// <param name="number">0-based; printed 1-based.</param>
    public string PartialPathOf(int index, int number)
    {
        var path = PathOf(index);
        return $"{path[..^(Extension.Length + 1)]}.partial{number + 1}.{Extension}";
    }

    /// <summary>The path of an answer's file that is no image: <c>unreadable/BATCH/NAME-N.bin</c>, and <c>unreadable/BATCH/NAME-N.ATTEMPT.bin</c> for a later attempt.</summary>
    /// <param name="index">0-based; printed 1-based.</param>
    public string AsidePathOf(int index)
    {
        var path = PathOf(index);
        return $"{AsideRoot}{path[..^Extension.Length]}bin";
    }

    /// <summary>What the paths of all images of the item begin with, at every attempt.</summary>
    public string Stem => StemOf(BatchId, OutputName);

    /// <summary>The <see cref="Stem"/> of a batch's output name.</summary>
    public static string StemOf(string batchId, string outputName) => outputName is ['/', ..] ? outputName[1..] : $"{batchId}/{outputName}-";

    private string Extension => ImageFormats.ExtensionOf(Format);
}
