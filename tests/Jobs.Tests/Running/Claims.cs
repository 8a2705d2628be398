using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Running;

/// <summary>Claimed items and what goes with them.</summary>
internal static class Claims
{
    public const string Model = "gpt-image-2";

    public static readonly Attempt First = new(700, 1);

    public static string Group => ModelBook.BuiltIn.Find(Model).LimitsGroup;

    public static ClaimedItem Item(long id = 7, string batch = "b-1") => new()
    {
        Id = id,
        BatchId = batch,
        Key = $"key-{id}",
        State = ItemState.Pending,
        Model = Model,
        Input = new EditInput([ImageReference.Url("http://127.0.0.1/a.png"), ImageReference.File("file-1")], ImageReference.File("file-2")),
        Prompt = "A mug",
        Options = EditOptions.Parse("""{"model":"gpt-image-2","quality":"low","size":"1024x1024","n":2}"""),
        OutputName = $"out/key-{id}",
        Tags = new Dictionary<string, string>(StringComparer.Ordinal),
        Calls = 0,
        Attempts = 0,
        Unknowns = 0,
        Unsent = 0,
        LeaseToken = 900 + id,
        OnUnknown = OnUnknown.Retry,
        MaxAttempts = 5,
    };

    public static CallPricing Pricing() => new(ModelBook.BuiltIn, new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero)));

    public static OutcomePolicy Policy(int seed = 1) => new(Pricing(), new Backoff(new Random(seed)));
}
