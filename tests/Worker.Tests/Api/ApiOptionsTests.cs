using Darkroom.Worker.Api;

namespace Darkroom.Worker.Tests.Api;

public sealed class ApiOptionsTests
{
    [Fact]
    public void Defaults_AreAsDocumented()
    {
        var options = new ApiOptions();
        options.MaxManifestBytes.ShouldBe(1_073_741_824);
        options.MaxEventStreams.ShouldBe(100);
        options.SignInsPerMinute.ShouldBe(10);
        options.SessionLifetime.ShouldBe(TimeSpan.FromHours(12));
        new ApiOptionsValidator().Validate(null, options).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void Validate_OutOfBounds_NamesTheKey() => new ApiOptionsValidator()
        .Validate(null, new ApiOptions { MaxManifestBytes = 1, MaxEventStreams = 0, SignInsPerMinute = 0, SessionLifetime = TimeSpan.Zero }).FailureMessage.ShouldNotBeNull()
        .ShouldSatisfyAllConditions(
            text => text.ShouldContain("MaxManifestBytes"), text => text.ShouldContain("MaxEventStreams"), text => text.ShouldContain("SignInsPerMinute"), text => text.ShouldContain("SessionLifetime"));
}
