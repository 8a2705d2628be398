using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>
/// Remembers which line took which id and which output name, at 32 bytes a slot: the first 128 bits of a folded name's SHA-256 stand for it. Among a
/// million names the odds that two different ones meet are 10^12 / 2^129, about 10^-27, and nobody can make two that do.
/// Output names are taken folded, without case and in one form of Unicode: Windows and macOS would keep one file where two names fold to the same. Ids differ as they are
/// written; 32 bits more of their own hash tell those apart that fold to the same. Ids are kept by the output name that is derived from them, which is one to one, so
/// that an item without a name of its own takes one slot, not two.
/// </summary>
internal sealed class UniqueNames
{
    private const double MostFilled = 0.8;

    private Slot[] _slots = new Slot[1024];
    private int _count;

    /// <summary>Takes an id for a line. Gives the line that has it already, or 0.</summary>
    /// <param name="derivedName">The output name derived from the id.</param>
    /// <param name="line">1-based.</param>
    public int TakeId(string derivedName, int line)
    {
        ref var slot = ref Find(Fold(derivedName));
        var check = Check(derivedName);
        // Another id has the place that both fold to: this one gets a place by its own letters, at a name that no path can have.
        if (slot.IdLine != 0 && slot.IdCheck != check) slot = ref Find("\0" + derivedName);
        if (slot.IdLine != 0) return slot.IdLine;
        (slot.IdLine, slot.IdCheck) = (line, check);
        return 0;
    }

    /// <summary>Takes an output name for a line. Gives the line that has it already, or 0.</summary>
    /// <param name="name">The name.</param>
    /// <param name="line">1-based.</param>
    /// <param name="isSame">Whether it is taken by the same letters, rather than by others that fold to the same.</param>
    public int TakeOutput(string name, int line, out bool isSame)
    {
        ref var slot = ref Find(Fold(name));
        var check = Check(name);
        isSame = slot.OutputCheck == check;
        if (slot.OutputLine != 0) return slot.OutputLine;
        (slot.OutputLine, slot.OutputCheck) = (line, check);
        return 0;
    }

    // As file systems do that don't tell case: by the simple upper case of each character. Text that isn't valid was refused before.
    private static string Fold(string name) => CanonicalForm.Decompose(name).ToUpperInvariant();

    private static uint Check(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(name.AsSpan()), hash);
        return BinaryPrimitives.ReadUInt32LittleEndian(hash[16..]);
    }

    private ref Slot Find(string name)
    {
        if (_count >= _slots.Length * MostFilled) Grow();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(name.AsSpan()), hash);
        var (high, low) = (BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]));
        ref var slot = ref Locate(_slots, high, low);
        if (slot.IsFree)
        {
            (slot.High, slot.Low) = (high, low);
            _count++;
        }

        return ref slot;
    }

    private static ref Slot Locate(Slot[] slots, ulong high, ulong low)
    {
        // The upper half of the product spreads a hash over any number of slots, so the table can grow by half and not by double.
        var at = (int)Math.BigMul(high, (ulong)slots.Length, out _);
        while (!slots[at].IsFree && (slots[at].High != high || slots[at].Low != low)) at = at + 1 == slots.Length ? 0 : at + 1;
        return ref slots[at];
    }

    private void Grow()
    {
        var grown = new Slot[_slots.Length + (_slots.Length / 2)];
        foreach (var slot in _slots)
            if (!slot.IsFree) Locate(grown, slot.High, slot.Low) = slot;
        _slots = grown;
    }

    private struct Slot
    {
        public ulong High;
        public ulong Low;
        public int IdLine;
        public int OutputLine;
        public uint IdCheck;
        public uint OutputCheck;

        // A slot is filled only to take a line for it, and lines count from 1.
        public readonly bool IsFree => IdLine == 0 && OutputLine == 0;
    }
}
