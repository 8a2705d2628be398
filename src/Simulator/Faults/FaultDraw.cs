namespace Darkroom.Simulator.Faults;

/// <summary>
/// Chance for one request: a number from seed, the request's place and what it is drawn for. No state is shared, so that concurrent requests
/// can't change each other's luck.
/// </summary>
/// <param name="Seed">See <see cref="SimulatorOptions.Seed"/>.</param>
/// <param name="Place">The request's place in the order of arrival.</param>
internal readonly record struct FaultDraw(int Seed, long Place)
{
    /// <summary>Whether something of this chance strikes.</summary>
    /// <param name="salt">What is drawn for; another salt, another number.</param>
    public bool Strikes(double chance, int salt) => chance > 0 && Number(salt) < chance;

    /// <summary>An even number from 0 up to 1.</summary>
    public double Number(int salt) => (Bits(salt) >> 11) * (1.0 / (1UL << 53));

    /// <summary>64 well-mixed bits (the finalizer of SplitMix64, twice).</summary>
    public ulong Bits(int salt) => Mix(Mix(((ulong)(uint)Seed << 32) ^ (uint)salt) ^ (ulong)Place);

    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
