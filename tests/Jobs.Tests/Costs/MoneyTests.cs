using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Tests.Costs;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.0000000000", "0")]
    [InlineData("0.1234", "0.1234")]
    [InlineData("0.12340000", "0.1234")]
    [InlineData("0.5", "0.5000")]
    [InlineData("12", "12.0000")]
    [InlineData("0.007988", "0.007988")]
    [InlineData("0.0000000001", "0.0000000001")]
    [InlineData("1234567.8901234567", "1234567.8901234567")]
    [InlineData("-0.25", "-0.2500")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    public void Format_Amount_IsAPlainDecimal(string usd, string text) => Money.Format(decimal.Parse(usd)).ShouldBe(text);
}
