using System.Diagnostics;
using System.Globalization;

namespace Darkroom.Worker.Tests.Processes;

/// <summary>Sends signals to one process.</summary>
internal static class Signals
{
    public static async Task SendAsync(int processId, string signal)
    {
        // The shell's own kill: not every machine has the program.
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {processId.ToString(CultureInfo.InvariantCulture)}"]);
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }
}
