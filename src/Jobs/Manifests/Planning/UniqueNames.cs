using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>
/// Remembers which line took which id and which output name, at 24 bytes a slot: the first 128 bits of a name's SHA-256 stand for the name. Among a
/// million names the odds that two different ones meet are 10^12 / 2^129, about 10^-27, and nobody can make two that do.
/// Ids are kept by the output name that is derived from them, which is one to one, so that an item without a name of its own takes one slot, not two.
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
        ref var slot = ref Find(derivedName);
        if (slot.IdLine != 0) return slot.IdLine;
        slot.IdLine = line;
        return 0;
    }

    /// <summary>Takes an output name for a line. Gives the line that has it already, or 0.</summary>
    public int TakeOutput(string name, int line)
    {
        ref var slot = ref Find(name);
        if (slot.OutputLine != 0) return slot.OutputLine;
        slot.OutputLine = line;
        return 0;
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

        // A slot is filled only to take a line for it, and lines count from 1.
        public readonly bool IsFree => IdLine == 0 && OutputLine == 0;
    }
}
