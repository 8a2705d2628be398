namespace Darkroom.Simulator.Accounts;

/// <summary>The simulated account: what was asked of it, what it let in, and what it billed. Safe for threads; answers are snapshots.</summary>
public sealed class SimulatorAccount
{
    private readonly Lock gate = new();
    private readonly List<BilledEdit> billed = [];
    private readonly Dictionary<string, long> refused = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, long> accepted = [];
    private long requests, billedImages, delivered, throttled, defects;
    private int inFlight, maxInFlight;
    private string? lastDefect;

    internal SimulatorAccount()
    {
    }

    /// <summary>Everything billed so far, in order.</summary>
    public IReadOnlyList<BilledEdit> Billed
    {
        get
        {
            lock (gate)
            {
                return [.. billed];
            }
        }
    }

    /// <summary>The counters as they are now.</summary>
    public AccountSummary Summary
    {
        get
        {
            lock (gate)
            {
                return new(
                    requests, billed.Count, billedImages, delivered, throttled, new Dictionary<string, long>(refused, StringComparer.Ordinal),
                    inFlight, maxInFlight, new Dictionary<long, long>(accepted), defects, lastDefect);
            }
        }
    }

    /// <summary>Counts an arrival.</summary>
    /// <returns>Its place in the order of arrival, from 1.</returns>
    internal long Arrive()
    {
        lock (gate)
        {
            maxInFlight = Math.Max(maxInFlight, ++inFlight);
            return ++requests;
        }
    }

    /// <summary>Counts the end of a call.</summary>
    internal void Leave()
    {
        lock (gate)
        {
            inFlight--;
        }
    }

    /// <summary>Counts a refusal.</summary>
    internal void Refuse(string errorClass, int status)
    {
        lock (gate)
        {
            refused[errorClass] = refused.GetValueOrDefault(errorClass) + 1;
            throttled += status == 429 ? 1 : 0;
        }
    }

    /// <summary>Counts images that the limits let in.</summary>
    internal void Accept(DateTimeOffset at, int images)
    {
        lock (gate)
        {
            var second = at.ToUnixTimeSeconds();
            accepted[second] = accepted.GetValueOrDefault(second) + images;
        }
    }

    /// <summary>Bills an edit, whatever becomes of its answer.</summary>
    /// <param name="edit">Its sequence is given here.</param>
    /// <returns>The sequence.</returns>
    internal long Bill(BilledEdit edit)
    {
        lock (gate)
        {
            billed.Add(edit with { Sequence = billed.Count + 1, Delivered = false });
            billedImages += edit.N;
            return billed.Count;
        }
    }

    /// <summary>Notes that the whole answer of a billed edit has left.</summary>
    internal void Deliver(long sequence)
    {
        lock (gate)
        {
            var at = (int)sequence - 1;
            billed[at] = billed[at] with { Delivered = true };
            delivered++;
        }
    }

    /// <summary>Notes a bug of the simulator's own.</summary>
    internal void NoteDefect(Exception defect)
    {
        lock (gate)
        {
            defects++;
            lastDefect = defect.ToString();
        }
    }
}
