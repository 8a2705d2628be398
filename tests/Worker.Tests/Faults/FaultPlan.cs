namespace Darkroom.Worker.Tests.Faults;

/// <summary>What is done to a run, drawn from a seed, so that a run that failed can be made again.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Faults">The simulator's, as its <c>--faults</c> reads them.</param>
/// <param name="OnUnknown"><c>retry</c> or <c>hold</c>.</param>
/// <param name="Steps">What befalls the workers, one after another.</param>
internal sealed record FaultPlan(int Seed, string Faults, string OnUnknown, IReadOnlyList<FaultStep> Steps)
{
    private const int StepCount = 6;

    public static FaultPlan Draw(int seed)
    {
        var random = new Random(seed);
        string Chance(string fault, double most) => FormattableString.Invariant($"{fault}={random.NextDouble() * most:0.###}");
        var faults = string.Join(',',
            Chance("500", 0.08), Chance("503", 0.05), Chance("429", 0.08), Chance("html", 0.03), Chance("reset-before", 0.05), Chance("reset-after", 0.05),
            Chance("cut", 0.05), $"{Chance("slow", 0.1)}:2s");
        var steps = Enumerable.Range(0, StepCount)
            .Select(_ => new FaultStep((FaultKind)random.Next(Enum.GetValues<FaultKind>().Length), random.Next(2), TimeSpan.FromMilliseconds(random.Next(200, 1500))))
            .ToList();
        return new FaultPlan(seed, faults, random.Next(3) == 0 ? "hold" : "retry", steps);
    }
}
