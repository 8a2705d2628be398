namespace Darkroom.Worker.Tests.Faults;

/// <summary>What is done to a run, drawn from a seed, so that a run that failed can be made again.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Faults">The simulator's, as its <c>--faults</c> reads them.</param>
/// <param name="OnUnknown"><c>retry</c> or <c>hold</c>.</param>
/// <param name="OnAzurite">Whether images go to Azurite, or to a folder.</param>
/// <param name="Patience">How long workers wait for Azurite: longer than it is ever away, or so short that batches halt.</param>
/// <param name="Steps">What befalls it, one after another.</param>
internal sealed record FaultPlan(
    int Seed, string Faults, string OnUnknown, bool OnAzurite, TimeSpan Patience, IReadOnlyList<FaultStep> Steps)
{
    // Enough to be at work from the first blow to the last, and not much longer.
    private const int Pace = 400;
    private static readonly FaultKind[] OfWorkers = [FaultKind.Kill, FaultKind.Freeze, FaultKind.Stop];
    private static readonly FaultKind[] OfDatabase = [FaultKind.CutDatabase, FaultKind.KillDatabase, FaultKind.DropDatabase, FaultKind.RestartDatabase];
    private static readonly FaultKind[] OfStore = [FaultKind.RestartStore, FaultKind.FreezeStore];

    /// <summary>The limit that the workers are told of. Every third goes by none, and so by what the simulator's refusals teach.</summary>
    public int? RequestsPerMinute => Seed % 3 == 0 ? null : Pace;

    public static FaultPlan Draw(int seed)
    {
        var random = new Random(seed);
        string Chance(string fault, double most) => FormattableString.Invariant($"{fault}={random.NextDouble() * most:0.###}");
        var faults = string.Join(',',
            Chance("500", 0.08), Chance("503", 0.05), Chance("429", 0.08), Chance("html", 0.03), Chance("reset-before", 0.05), Chance("reset-after", 0.05),
            Chance("cut", 0.05), $"{Chance("slow", 0.1)}:2s");
        var onAzurite = seed % 2 == 0;
        // One of each sort always, so that no plan is harmless.
        FaultKind[] order = [FaultKind.Kill, Any(OfWorkers), Any(OfDatabase), Any(onAzurite ? OfStore : OfWorkers)];
        random.Shuffle(order);
        var steps = order.Select(kind => new FaultStep(kind, random.Next(2), Moment(150, 900), Moment(0, 1500))).ToList();
        var patience = random.Next(2) == 0 ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromMinutes(2);
        return new FaultPlan(seed, faults, random.Next(3) == 0 ? "hold" : "retry", onAzurite, patience, steps);

        FaultKind Any(FaultKind[] of) => of[random.Next(of.Length)];

        TimeSpan Moment(int least, int most) => TimeSpan.FromMilliseconds(random.Next(least, most));
    }
}
