using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Throttling;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>
/// Reads what a claim gives. Items of a batch mostly have its prompt, model and options, and live until their answers have come; so those of one claim share
/// them, rather than that each has its own copy.
/// </summary>
internal sealed class ClaimReader(NpgsqlDataReader reader)
{
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EditOptions> _options = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _tags = new(StringComparer.Ordinal);

    /// <summary>Reads them all, in the order of their ids.</summary>
    public async Task<IReadOnlyList<ClaimedItem>> ReadAsync(CancellationToken cancellationToken)
    {
        var claimed = new List<ClaimedItem>();
        while (await reader.ReadAsync(cancellationToken)) claimed.Add(Read());
        claimed.Sort((a, b) => a.Id.CompareTo(b.Id));
        return claimed;
    }

    private ClaimedItem Read() => new()
    {
        Id = reader.GetInt64(0),
        BatchId = Text(1),
        Key = reader.GetString(2),
        State = StateNames.ParseItemState(reader.GetString(3)),
        Model = Text(4),
        Input = ItemJson.ReadInput(reader.GetString(5)),
        Prompt = Text(6),
        Options = Shared(_options, 7, EditOptions.Parse),
        OutputName = reader.GetString(8),
        Tags = Shared(_tags, 9, ItemJson.ReadMap),
        Calls = reader.GetInt32(10),
        Attempts = reader.GetInt16(11),
        Unknowns = reader.GetInt16(12),
        Unsent = reader.GetInt32(13),
        LeaseToken = reader.GetInt64(14),
        OnUnknown = Enum.Parse<OnUnknown>(reader.GetString(15), ignoreCase: true),
        MaxAttempts = reader.GetInt16(16),
        Fingerprint = reader.IsDBNull(17) ? null : reader.GetGuid(17),
        Reuse = Enum.Parse<ReuseMode>(reader.GetString(18), ignoreCase: true),
        HasDuplicates = reader.GetBoolean(19),
        IsProbe = reader.GetBoolean(20),
        FetchedBy = Enum.Parse<FetchedBy>(reader.GetString(21), ignoreCase: true),
        Priority = reader.GetInt16(22),
        Caps = Caps(reader, 23, 24),
        ClosesIn = reader.IsDBNull(25) ? null : TimeSpan.FromSeconds(reader.GetDouble(25)),
    };

    /// <summary>A batch's own limits, in two columns.</summary>
    internal static BatchCaps? Caps(NpgsqlDataReader reader, int perMinute, int inFlight) => reader.IsDBNull(perMinute) && reader.IsDBNull(inFlight)
        ? null
        : new BatchCaps(reader.IsDBNull(perMinute) ? null : reader.GetDouble(perMinute), reader.IsDBNull(inFlight) ? null : reader.GetInt32(inFlight));

    private string Text(int column)
    {
        var text = reader.GetString(column);
        if (_texts.TryGetValue(text, out var same)) return same;
        _texts.Add(text);
        return text;
    }

    private T Shared<T>(Dictionary<string, T> known, int column, Func<string, T> parse)
    {
        var text = reader.GetString(column);
        if (!known.TryGetValue(text, out var value)) known[text] = value = parse(text);
        return value;
    }
}
