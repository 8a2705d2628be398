namespace Darkroom.Jobs.Images;

/// <summary>
/// Finds the header of a file of which only some bytes are read: a JPEG's size may stand behind megabytes of previews, profiles and depth maps, whose segments tell how
/// long they are and needn't be read. Give <see cref="Look"/> the bytes at <see cref="At"/> until it says that it is done.
/// </summary>
public sealed class ImageHeaderSearch
{
    private int _orientation = 1;

    /// <summary>Where in the file the next look begins.</summary>
    public long At { get; private set; }

    /// <summary>How many bytes the next look needs; fewer where the file ends.</summary>
    public int Wanted => At == 0 ? ImageHeader.EnoughBytes : FileKind.EnoughBytes;

    /// <summary>The header, or null: it isn't found yet, or the file has none that is known.</summary>
    public ImageHeader? Header { get; private set; }

    /// <summary>Looks at the bytes at <see cref="At"/>.</summary>
    /// <returns>Whether that was all.</returns>
    public bool Look(ReadOnlySpan<byte> bytes)
    {
        var isFirst = At == 0;
        if (isFirst && (bytes.Length < 3 || bytes[0] != 0xFF || bytes[1] != 0xD8 || bytes[2] != 0xFF))
        {
            Header = ImageHeader.Read(bytes);
            return true;
        }

        Header = ImageHeader.ReadJpeg(bytes, isFirst ? 2 : 0, ref _orientation, out var next);
        if (Header is not null || next == 0) return true;
        At += next;
        return false;
    }
}
