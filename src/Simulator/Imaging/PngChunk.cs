using System.Buffers.Binary;
using System.Text;

namespace Darkroom.Simulator.Imaging;

/// <summary>PNG's frame: length, type, data, CRC-32 (PNG specification, section 5.3).</summary>
internal static class PngChunk
{
    private static readonly uint[][] Tables = BuildTables();

    /// <summary>The eight bytes that every PNG begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Writes one chunk.</summary>
    /// <param name="type">Four ASCII letters.</param>
    public static void Write(Stream to, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        to.Write(word);
        Encoding.ASCII.GetBytes(type, word);
        to.Write(word);
        to.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(word, ~Crc(data, Crc(word, uint.MaxValue)));
        to.Write(word);
    }

    private static uint Crc(ReadOnlySpan<byte> data, uint crc)
    {
        // Four bytes a step: the check over a padded megabyte must not cost more than its transfer.
        var i = 0;
        for (; i + 4 <= data.Length; i += 4)
        {
            crc ^= BinaryPrimitives.ReadUInt32LittleEndian(data[i..]);
            crc = Tables[3][crc & 255] ^ Tables[2][(crc >> 8) & 255] ^ Tables[1][(crc >> 16) & 255] ^ Tables[0][crc >> 24];
        }

        for (; i < data.Length; i++)
        {
            crc = Tables[0][(crc ^ data[i]) & 255] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[][] BuildTables()
    {
        var tables = new uint[4][];
        for (var t = 0; t < tables.Length; t++)
        {
            tables[t] = new uint[256];
        }

        for (var i = 0u; i < 256; i++)
        {
            var c = i;
            for (var bit = 0; bit < 8; bit++)
            {
                c = (c & 1) == 0 ? c >> 1 : 0xEDB88320u ^ (c >> 1);
            }

            tables[0][i] = c;
        }

        for (var i = 0; i < 256; i++)
        {
            for (var t = 1; t < tables.Length; t++)
            {
                var before = tables[t - 1][i];
                tables[t][i] = (before >> 8) ^ tables[0][before & 255];
            }
        }

        return tables;
    }
}
