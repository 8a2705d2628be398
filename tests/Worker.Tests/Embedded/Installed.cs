using Darkroom.Worker.Embedded;

namespace Darkroom.Worker.Tests.Embedded;

/// <summary>Tests of the private cluster need PostgreSQL's programs: without them they are skipped, and in CI they go on, to install them or fail.</summary>
internal static class Installed
{
    public static void Require()
    {
        if (PostgresBinaries.Find() is null && !string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            Assert.Skip("PostgreSQL's server programs aren't installed.");
    }
}
