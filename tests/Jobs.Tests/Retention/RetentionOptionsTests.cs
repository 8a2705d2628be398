using Darkroom.Jobs.Retention;

namespace Darkroom.Jobs.Tests.Retention;

public sealed class RetentionOptionsTests
{
    [Fact]
    public void Defaults_Unset_KeepEverything()
    {
        var options = new RetentionOptions();

        RetentionOptions.Section.ShouldBe("Retention");
        options.After.ShouldBeNull();
        options.Interval.ShouldBe(TimeSpan.FromHours(1));
        Problems(options).ShouldBeEmpty();
    }

    [Fact]
    public void Validate_TimesOutOfRange_SayKeyAndReason()
    {
        Problems(new RetentionOptions { After = TimeSpan.Zero }).ShouldBe(["Retention:After: '00:00:00' must be above 0, such as 90.00:00:00; leave it out to keep everything."]);
        Problems(new RetentionOptions { Interval = TimeSpan.Zero }).ShouldBe(["Retention:Interval: '00:00:00' must be from 00:00:01 to 1.00:00:00."]);
        Problems(new RetentionOptions { After = TimeSpan.FromDays(90), Interval = TimeSpan.FromDays(1) }).ShouldBeEmpty();
    }

    private static IEnumerable<string> Problems(RetentionOptions options) => new RetentionOptionsValidator().Validate(null, options).Failures ?? [];
}
