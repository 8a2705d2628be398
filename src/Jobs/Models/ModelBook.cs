using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Darkroom.Jobs.Models;

/// <summary>
/// What is known of models: parameters, sizes, limits groups, prices, tokens, shutdown dates. Read from the built-in
/// <c>model-book.json</c>, with a user's own file laid over it. Immutable.
/// </summary>
public sealed class ModelBook
{
    /// <summary>The built-in book's name in error messages.</summary>
    public const string BuiltInFile = "model-book.json";

    private static readonly Lazy<string> BuiltInJson = new(ReadBuiltIn);
    private static readonly Lazy<ModelBook> BuiltInBook = new(() => Parse(BuiltInJson.Value, BuiltInFile));

    private readonly Dictionary<string, ModelEntry> _byName = new(StringComparer.Ordinal);
    private readonly string _json;

    private ModelBook(BookContent content)
    {
        _json = content.Json;
        Models = content.Models;
        Families = content.Families;
        foreach (var model in content.Models)
        {
            foreach (var name in (IEnumerable<string>)[model.Name, .. model.Snapshots, .. model.Aliases]) _byName[name] = model;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.Json)))[..8];
        Version = string.Create(CultureInfo.InvariantCulture, $"{content.Date:yyyy-MM-dd}+{hash}");
    }

    /// <summary>The book that ships with Darkroom.</summary>
    public static ModelBook BuiltIn => BuiltInBook.Value;

    /// <summary>The book's date and eight hexadecimal digits of its content: a ledger row names it, so that a price can be traced.</summary>
    public string Version { get; }

    /// <summary>All models, in the book's order.</summary>
    public IReadOnlyList<ModelEntry> Models { get; }

    /// <summary>What the beginning of a name that is not in the book tells.</summary>
    public IReadOnlyList<ModelFamily> Families { get; }

    /// <summary>Reads the built-in book with a user's own file over it, or alone when <paramref name="path"/> is null.</summary>
    /// <exception cref="ModelBookException">The file can't be read or says something wrong.</exception>
    public static ModelBook Load(string? path)
    {
        if (path is null) return BuiltIn;
        string json;
        try
        {
            json = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelBookException(path, "$", $"can't be read: {e.Message}", e);
        }

        return BuiltIn.With(json, path);
    }

    /// <summary>Reads a whole book from its JSON text.</summary>
    /// <exception cref="ModelBookException">It says something wrong.</exception>
    public static ModelBook Parse(string json, string file) => new(ModelBookReader.Read([JsonPlace.Read(json, file)]));

    /// <summary>
    /// This book with another laid over it. A model of a name that is here is changed property by property: what is given
    /// replaces what was, null takes it away, what is not given stays. Any other model is added. Families go by prefix alike.
    /// </summary>
    /// <exception cref="ModelBookException">The other says something wrong.</exception>
    public ModelBook With(string json, string file) => new(ModelBookReader.Read([JsonPlace.Read(_json, BuiltInFile), JsonPlace.Read(json, file)]));

    /// <summary>
    /// The model of a name: its own, an alias, a snapshot, or its name followed by any date. A name that is none of these
    /// gives an entry that takes everything; the longest family prefix that fits tells its family and limits group.
    /// </summary>
    public ModelEntry Find(string name)
    {
        if (_byName.TryGetValue(name, out var model) || _byName.TryGetValue(WithoutDate(name), out model)) return model;
        var family = Families.Where(f => name.StartsWith(f.Prefix, StringComparison.Ordinal)).MaxBy(f => f.Prefix.Length);
        return family is null ? ModelEntry.Unknown(name) : ModelEntry.Unknown(name, family.Family, family.LimitsGroup);
    }

    /// <summary>
    /// The prices of a day: the last that had come into effect. A day before the first takes the first: nobody could buy
    /// then, so the caller's clock is off, and that must not make a call free.
    /// </summary>
    /// <returns>Null when the model has no known price.</returns>
    public static PriceEntry? PriceEntryOn(ModelEntry model, DateOnly date)
    {
        PriceEntry? found = null;
        foreach (var entry in model.Prices)
        {
            if (found is null || entry.EffectiveFrom <= date) found = entry;
        }

        return found;
    }

    /// <summary>The token prices of a model by name on a day.</summary>
    /// <param name="model">Any name that <see cref="Find"/> takes.</param>
    /// <param name="date">The day of the call, UTC.</param>
    /// <param name="batch">Whether it went through the Batch API.</param>
    /// <returns>Null when no price is known, or the model is priced per image.</returns>
    public TokenPrices? PriceOn(string model, DateOnly date, bool batch)
    {
        var entry = PriceEntryOn(Find(model), date);
        return batch ? entry?.Batch : entry?.Standard;
    }

    /// <summary>The whole book in its own format, to look at, to change and to load again.</summary>
    public string ToJson() => _json;

    private static string WithoutDate(string name) =>
        name.Length > 11 && name[^11] == '-' && DateOnly.TryParseExact(name.AsSpan(name.Length - 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            ? name[..^11]
            : name;

    private static string ReadBuiltIn()
    {
        using var stream = typeof(ModelBook).Assembly.GetManifestResourceStream(BuiltInFile)
            ?? throw new InvalidOperationException($"The resource {BuiltInFile} is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
