using Darkroom.Simulator.Faults;

namespace Darkroom.Simulator.Tests.Faults;

public sealed class SimulatorFaultsTests
{
    [Fact]
    public void Parse_EveryPart_IsRead()
    {
        var faults = SimulatorFaults.Parse(
            "moderation=forbidden, 500=0.05,503=0.01,429=0.02,reset-before=0.01,reset-after=0.03,cut=0.04,slow=0.02:250ms,quota-after=100,html=0.06,"
            + "stream-error=1,504-after=0.2,524-after=0.1,not-image=0.3,refuse=form,key-refused-after=7,model-gone=gpt-image-1,model-gone=other,retry-after=600s");
        faults.ModerationWords.ShouldBe(["forbidden"]);
        faults.Statuses.ShouldBe(new Dictionary<int, double> { [500] = 0.05, [503] = 0.01, [429] = 0.02 });
        faults.StatusesAfter.ShouldBe(new Dictionary<int, double> { [504] = 0.2, [524] = 0.1 });
        faults.NotImage.ShouldBe(0.3);
        (faults.ResetBefore, faults.ResetAfter, faults.Cut, faults.Html, faults.StreamError).ShouldBe((0.01, 0.03, 0.04, 0.06, 1));
        (faults.Slow, faults.SlowBy).ShouldBe((0.02, TimeSpan.FromMilliseconds(250)));
        (faults.QuotaAfter, faults.KeyRefusedAfter).ShouldBe((100, 7));
        faults.Refuse.ShouldBe("form");
        faults.RetryAfter.ShouldBe(TimeSpan.FromMinutes(10));
        faults.ModelsGone.ShouldBe(["gpt-image-1", "other"]);
    }

    [Fact]
    public void Parse_Empty_IsNothing() => SimulatorFaults.Parse("").ShouldBe(SimulatorFaults.None);

    [Theory]
    [InlineData("500", "Fault '500' is not NAME=VALUE. Faults are: refuse=KIND, key-refused-after=N, ")]
    [InlineData("501=0.1", "Fault '501=0.1' has the unknown name '501'. Faults are: ")]
    [InlineData("cut=0.1,cut=2", "Fault 'cut=2' needs a chance of 0 to 1, not '2'. ")]
    [InlineData("html=-1", "Fault 'html=-1' needs a chance of 0 to 1, not '-1'. ")]
    [InlineData("slow=0.1:soon", "Fault 'slow=0.1:soon' needs a duration such as 500ms, 5s or 2m, at most an hour, not 'soon'. ")]
    [InlineData("refuse=other", "Fault 'refuse=other' needs one of route, route-page, ")]
    [InlineData("quota-after=x", "Fault 'quota-after=x' needs a whole number, not 'x'. ")]
    public void Parse_Wrong_NamesThePartAndWhatExists(string text, string start) =>
        Should.Throw<FormatException>(() => SimulatorFaults.Parse(text)).Message.ShouldStartWith(start);

    [Fact]
    public void Strikes_SameSeedAndPlace_IsTheSameAndAboutAsOftenAsAsked()
    {
        var first = Enumerable.Range(1, 10_000).Select(i => new FaultDraw(7, i).Strikes(0.1, 500)).ToList();
        var again = Enumerable.Range(1, 10_000).Select(i => new FaultDraw(7, i).Strikes(0.1, 500)).ToList();
        again.ShouldBe(first);
        first.Count(s => s).ShouldBeInRange(900, 1100);
        Enumerable.Range(1, 10_000).Select(i => new FaultDraw(8, i).Strikes(0.1, 500)).ShouldNotBe(first);
    }
}
