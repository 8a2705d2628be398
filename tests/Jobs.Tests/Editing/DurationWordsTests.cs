using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class DurationWordsTests
{
    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(0, "0 s")]
    [InlineData(0.35, "0.4 s")]
    [InlineData(1.5, "1.5 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(16, "16 s")]
    [InlineData(59.7, "1 min")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(3599.9, "1 h")]
    [InlineData(9_900, "2 h 45 min")]
    [InlineData(86_400, "1 d")]
    [InlineData(273_600, "3 d 4 h")]
    public void Words_AnyTime_AreItsTwoLargestUnits(double seconds, string words) => DurationText.Words(TimeSpan.FromSeconds(seconds)).ShouldBe(words);

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(15.2, "16 s")]
    [InlineData(60.1, "1 min 1 s")]
    public void Left_AnyTime_IsInWholeSecondsRoundedUp(double seconds, string words) => DurationText.Left(TimeSpan.FromSeconds(seconds)).ShouldBe(words);

    [Fact]
    public void Left_LongestTimeThereIs_IsWords() => DurationText.Left(TimeSpan.MaxValue).ShouldEndWith(" h");
}
