using System.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Estimates;

/// <summary>Estimates manifests as the program does, on a fixed day.</summary>
internal static class Estimating
{
    public static readonly DateOnly Today = new(2026, 11, 22);

    public static Task<ManifestEstimate> LinesAsync(params string[] lines) => TextAsync(string.Join('\n', lines));

    public static async Task<ManifestEstimate> TextAsync(string text, LimitsOptions? limits = null, int maxInFlight = 64, string? folder = null, ReuseMode reuse = ReuseMode.None)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var (planner, estimator) = Create(limits, maxInFlight);
        return await estimator.EstimateAsync(planner.Open(stream, new ManifestSource("m.jsonl", folder ?? Path.GetTempPath(), ManifestFormat.JsonLines), BatchDefaults.Empty), reuse, caps: null, CancellationToken.None);
    }

    public static (ManifestPlanner Planner, ManifestEstimator Estimator) Create(LimitsOptions? limits = null, int maxInFlight = 64)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(Today, new TimeOnly(12, 0), TimeSpan.Zero));
        var bound = Options.Create(limits ?? []);
        var check = new ModelCheck(ModelBook.BuiltIn, bound, Options.Create(new EndpointOptions()), time);
        return (new ManifestPlanner([check]), new ManifestEstimator(ModelBook.BuiltIn, check, bound, Options.Create(new WorkerOptions { MaxInFlight = maxInFlight }), time));
    }

    public static string Row(string id, string options, string prompt = "p", string image = "https://shop.example/a.png") =>
        $$"""{"id":"{{id}}","image":"{{image}}","prompt":"{{prompt}}","options":{{options}}}""";
}
