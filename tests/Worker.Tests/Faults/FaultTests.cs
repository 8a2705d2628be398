using System.Globalization;
using Darkroom.Worker.Tests.Embedded;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>
/// Nothing is lost and nothing is paid twice, whatever befalls workers, service, database and image store. A few seeds always; as many as DARKROOM_FAULT_RUNS
/// says by <c>./verify --faults</c>, from the seed DARKROOM_FAULT_SEED on. A seed that failed is run again by these two.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int AlwaysRuns = 3;
    private static FaultSummary? _total;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(Number("DARKROOM_FAULT_SEED", 1), Number("DARKROOM_FAULT_RUNS", AlwaysRuns))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Batch_UnderFaults_LosesNothingAndPaysForNothingTwice(int seed)
    {
        Installed.Require();
        var plan = FaultPlan.Draw(seed);
        await using var run = await FaultRun.StartAsync(plan);
        try
        {
            var summary = await run.RunAsync();
            _total = _total?.Plus(summary) ?? summary;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"seed {seed} ({(plan.OnAzurite ? "azurite" : "folder")}, {plan.OnUnknown}, {run.Elapsed.TotalSeconds:0.0} s): {summary}"));
            if (Environment.GetEnvironmentVariable("DARKROOM_FAULT_STORY") is { Length: > 0 }) output.WriteLine(run.Tell());
            output.WriteLine($"total of {_total.Runs} runs: {_total}");
        }
        catch
        {
            output.WriteLine($"FAILED seed {seed} after {run.Elapsed}. Again: DARKROOM_FAULT_SEED={seed} DARKROOM_FAULT_RUNS=1. Its plan: {plan}\n{string.Join('\n', plan.Steps)}\n{run.Tell()}");
            throw;
        }
    }

    [Fact]
    public void Draw_SameSeed_GivesTheSamePlan()
    {
        var (one, two) = (FaultPlan.Draw(7), FaultPlan.Draw(7));
        (one with { Steps = [] }).ToString().ShouldBe((two with { Steps = [] }).ToString());
        one.Steps.ShouldBe(two.Steps);
        FaultPlan.Draw(8).Faults.ShouldNotBe(one.Faults);
    }

    [Fact]
    public void Draw_AHundredSeeds_HaveEveryKind() =>
        Enumerable.Range(1, 100).SelectMany(seed => FaultPlan.Draw(seed).Steps).Select(step => step.Kind).Distinct().Order().ShouldBe(Enum.GetValues<FaultKind>());

    private static int Number(string variable, int fallback) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
