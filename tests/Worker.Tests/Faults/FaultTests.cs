using System.Globalization;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>
/// Nothing is lost and nothing is paid twice, whatever befalls workers, service and database. A few seeds always; as many as DARKROOM_FAULT_RUNS says by
/// <c>./verify --faults</c>, from the seed DARKROOM_FAULT_SEED on. A seed that failed is run again by these two.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int AlwaysRuns = 3;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(Number("DARKROOM_FAULT_SEED", 1), Number("DARKROOM_FAULT_RUNS", AlwaysRuns))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Batch_UnderFaults_LosesNothingAndPaysForNothingTwice(int seed)
    {
        await using var run = await FaultRun.StartAsync(FaultPlan.Draw(seed));
        output.WriteLine(await run.RunAsync());
    }

    [Fact]
    public void Draw_SameSeed_GivesTheSamePlan()
    {
        var (one, two) = (FaultPlan.Draw(7), FaultPlan.Draw(7));
        (one.Faults, one.OnUnknown).ShouldBe((two.Faults, two.OnUnknown));
        one.Steps.ShouldBe(two.Steps);
        FaultPlan.Draw(8).Faults.ShouldNotBe(one.Faults);
    }

    private static int Number(string variable, int fallback) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
