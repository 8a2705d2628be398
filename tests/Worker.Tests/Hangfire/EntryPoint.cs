using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Darkroom.Worker.Tests.Hangfire;

/// <summary>Runs the tests, as the entry point that xunit generates does; or one worker process for them.</summary>
internal static class EntryPoint
{
    public static Task<int> Main(string[] args)
    {
        if (JobProcess.IsMeant(args)) return JobProcess.RunAsync();
        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : ConsoleRunner.Run(args);
    }
}
