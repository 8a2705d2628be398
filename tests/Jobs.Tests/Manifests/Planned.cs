using System.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Tests.Manifests;

/// <summary>What planning a manifest gave: the items that came, and the problems at the end.</summary>
internal sealed record Planned(IReadOnlyList<PlannedItem> Items, IReadOnlyList<ManifestProblem> Problems, long Total, ManifestPlan Plan)
{
    public const string Url = "https://shop.example/catalogue/mug.png";

    public static readonly BatchDefaults Flags = new(null, EditOptions.Parse("""{"model":"gpt-image-2"}"""), new Dictionary<string, string>());

    public PlannedItem Item => Problems.Count == 0 ? Items.ShouldHaveSingleItem() : throw new ShouldAssertException(Problems[0].ToString());

    public ManifestProblem Problem => Problems.ShouldHaveSingleItem();

    public static Task<Planned> LinesAsync(params string[] lines) => FromAsync(string.Join('\n', lines), "m.jsonl");

    public static Task<Planned> CsvAsync(params string[] lines) => FromAsync(string.Join('\n', lines), "m.csv");

    public static Task<Planned> JsonAsync(string json) => FromAsync(json, "m.json");

    /// <summary>One row that has an image and a prompt beside what is given.</summary>
    public static Task<Planned> RowAsync(string fields) => LinesAsync($$"""{"image":"{{Url}}","prompt":"p",{{fields}}}""");

    public static Task<Planned> FromAsync(string text, string name, BatchDefaults? flags = null, PlanLimits? limits = null, params IItemCheck[] checks) =>
        FromAsync(Encoding.UTF8.GetBytes(text), name, flags, limits, checks);

    public static async Task<Planned> FromAsync(byte[] bytes, string name, BatchDefaults? flags = null, PlanLimits? limits = null, params IItemCheck[] checks)
    {
        using var stream = new MemoryStream(bytes);
        return await FromAsync(stream, new ManifestSource(name, Path.GetTempPath(), ManifestSource.FormatOf(name)), flags, limits, checks);
    }

    public static async Task<Planned> FromAsync(Stream stream, ManifestSource source, BatchDefaults? flags = null, PlanLimits? limits = null, params IItemCheck[] checks)
    {
        var plan = new ManifestPlanner(checks).Open(stream, source, flags ?? Flags, limits);
        var items = new List<PlannedItem>();
        try
        {
            await foreach (var item in plan.ReadAsync()) items.Add(item);
        }
        catch (InvalidManifestException e)
        {
            return new Planned(items, e.Problems, e.Total, plan);
        }

        return new Planned(items, [], 0, plan);
    }

    /// <summary>An item as text, to compare with another's.</summary>
    public static string Text(PlannedItem item) => string.Join(
        " ¦ ",
        item.Ordinal,
        item.Key,
        string.Join(", ", item.Input.Images),
        item.Input.Mask,
        item.Prompt,
        item.Options,
        item.OutputName,
        string.Join(", ", item.Tags.OrderBy(t => t.Key, StringComparer.Ordinal)));
}
