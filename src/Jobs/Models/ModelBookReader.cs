using System.Text.Encodings.Web;
using System.Text.Json;

namespace Darkroom.Jobs.Models;

/// <summary>Merges the layers of a book and reads the result. Strict: what it doesn't know is an error, since a typing error in a price costs money.</summary>
internal static class ModelBookReader
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="ModelBookException">Something in a layer is wrong.</exception>
    public static BookContent Read(IReadOnlyList<JsonPlace> layers)
    {
        JsonPlace? date = null;
        var families = new Merged("prefix", ["prefix", "family", "limits_group"]);
        var models = new Merged("name", ModelEntryReader.Properties);
        foreach (var layer in layers)
        {
            var parts = layer.Members("date", "families", "models");
            date = parts.GetValueOrDefault("date") ?? date;
            families.Add(parts.GetValueOrDefault("families"));
            models.Add(parts.GetValueOrDefault("models"));
        }

        if (date is null) throw layers[0].Fault("needs a date");
        return new BookContent(date.Date(), [.. families.Entries.Select(ReadFamily)], ReadModels(models), Write(date, families, models));
    }

    private static ModelFamily ReadFamily(BookEntry entry) =>
        new(entry.Need("prefix").Text(), entry.Need("family").Text(), entry.Need("limits_group").Text());

    private static List<ModelEntry> ReadModels(Merged merged)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        var models = new List<ModelEntry>();
        foreach (var entry in merged.Entries)
        {
            var model = ModelEntryReader.Read(entry);
            foreach (var name in (IEnumerable<string>)[model.Name, .. model.Snapshots, .. model.Aliases])
            {
                if (owners.TryAdd(name, model.Name)) continue;
                var at = model.Snapshots.Contains(name, StringComparer.Ordinal) ? entry.Need("snapshots") : entry.Get("aliases") ?? entry.Place;
                throw at.Fault($"the name {name} is already taken by {owners[name]}");
            }

            models.Add(model);
        }

        return models;
    }

    private static string Write(JsonPlace date, Merged families, Merged models)
    {
        var book = new { date = date.Element, families = families.Entries.Select(Elements), models = models.Entries.Select(Elements) };
        return JsonSerializer.Serialize(book, Indented);

        static Dictionary<string, JsonElement> Elements(BookEntry entry) => entry.Members.ToDictionary(m => m.Key, m => m.Value.Element, StringComparer.Ordinal);
    }

    /// <summary>A list of objects told apart by one property; a later layer's members replace an earlier one's.</summary>
    private sealed class Merged(string key, string[] known)
    {
        private readonly Dictionary<string, BookEntry> _byKey = new(StringComparer.Ordinal);

        public List<BookEntry> Entries { get; } = [];

        public void Add(JsonPlace? list)
        {
            if (list is null) return;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var place in list.Items())
            {
                var members = place.Members(known);
                var name = members.TryGetValue(key, out var found) ? found.Text() : throw place.Fault($"needs a {key}");
                if (!seen.Add(name)) throw found.Fault($"{name} is there twice");
                if (!_byKey.TryGetValue(name, out var entry))
                {
                    entry = new BookEntry(place, new Dictionary<string, JsonPlace>(StringComparer.Ordinal));
                    _byKey.Add(name, entry);
                    Entries.Add(entry);
                }

                foreach (var (property, value) in members) entry.Members[property] = value;
            }
        }
    }
}
