using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>What is missing on the machine, and who answers for a worker without being one: told in a sentence, with exit code 2.</summary>
public sealed class StartCheckTests
{
    private static readonly Dictionary<string, string?> Empty = new(StringComparer.Ordinal);

    [Theory]
    [InlineData(30, "list")]
    [InlineData(100, "worker")]
    [InlineData(255, "demo")]
    public async Task AnyCommand_FewFileDescriptors_SaysSo(int limit, string command)
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"ulimit -n {limit}; exec dotnet \"$0\" {command}", DarkroomProcess.Program])
        {
            WorkingDirectory = folder.Path,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        error.Trim().ShouldBe($"This process may open {limit} files, and Darkroom needs at least 256. Raise the limit, for example with ulimit -n 1024.");
        process.ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Worker_MoreInFlightThanFileDescriptors_SaysWhichSettingAndHowMany()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string?>(Empty, StringComparer.Ordinal) { ["Worker__MaxInFlight"] = "10000", ["OPENAI_BASE_URL"] = "http://127.0.0.1:1" };
        var start = new ProcessStartInfo("/bin/sh", ["-c", "ulimit -n 1000; exec dotnet \"$0\" worker", DarkroomProcess.Program]) { WorkingDirectory = folder.Path, UseShellExecute = false, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        error.ShouldContain("This process may open 1000 files, and Worker__MaxInFlight=10000 needs 30220.");
        process.ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("/nonexistent")]
    [InlineData("/proc")]
    public async Task Demo_TemporaryFolderTakesNothing_SaysSo(string temporary)
    {
        using var folder = new TemporaryFolder();
        await using var demo = DarkroomProcess.Start(folder.Path, new Dictionary<string, string?>(StringComparer.Ordinal) { ["TMPDIR"] = temporary }, "demo");

        var result = (await demo.WaitAsync()).ShouldExit(2);

        result.Error.ShouldStartWith($"The folder for temporary files, {temporary}/, can't be used: ");
        result.Error.ShouldContain("set TMPDIR");
        result.Error.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("file")]
    [InlineData("dangling")]
    [InlineData("closed")]
    public async Task Demo_HomeOrStoreCantBeUsed_SaysSo(string what)
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        switch (what)
        {
            case "file":
                File.WriteAllText(folder.Home, "");
                break;
            case "dangling":
                File.CreateSymbolicLink(folder.Home, Path.Combine(folder.Path, "nowhere"));
                break;
            default:
                // Rights don't stop root; this file system takes nobody's files.
                environment["Storage__Path"] = "/proc/darkroom-images";
                Embedded.Installed.Require();
                break;
        }

        await using var demo = DarkroomProcess.Start(folder.Path, environment, "demo");
        var result = (await demo.WaitAsync()).ShouldExit(2);

        result.Error.ShouldContain(what switch { "file" => "is no folder.", "dangling" => "is a link that leads nowhere.", _ => "The image store failed at /proc/darkroom-images" });
        result.Error.ShouldNotContain("   at ");
        if (what is "file" or "dangling") File.Delete(folder.Home);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>", "isn't a Darkroom worker that this program understands: it answers 200 with text/html")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", "isn't a Darkroom worker that this program understands: it answers 200 with application/json")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]", "isn't a Darkroom worker that this program understands")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{\"message\":\"Not Found\"}", "The server answered 404: is it a Darkroom worker?")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n", "isn't a Darkroom worker that this program understands: it answers 302 and sends elsewhere")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "The server can't be reached: ")]
    public async Task Server_IsNoWorker_SaysSoInASentence(string answer, string told)
    {
        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, answer);
        var address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

        foreach (var arguments in (string[][])[["status", "some-batch", "--json"], ["list"], ["resume", "some-batch"], ["report", "--by", "day"], ["limits"]])
        {
            // An empty list is what a worker answers, too, where nothing has cost anything yet.
            if (arguments[0] is "report" or "limits" && answer.EndsWith("[]", StringComparison.Ordinal)) continue;
            var running = DarkroomCommand.RunAsync(folder.Path, Empty, [.. arguments, "--server", address]);
            var result = (await running).ShouldExit(2);
            result.Error.ShouldContain(told);
            result.Error.Trim().ShouldNotContain("\n");
            result.Out.ShouldBeEmpty();
        }

        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task Server_SpeaksNoTls_SaysWhatWentWrong()
    {
        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        var running = DarkroomCommand.RunAsync(folder.Path, Empty, "list", "--server", $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        var result = (await running).ShouldExit(2);

        result.Error.ShouldStartWith("The server can't be reached: ");
        result.Error.Trim().ShouldNotContain("\n");
        listener.Stop();
        await serving;
    }

    private static async Task ServeAsync(TcpListener listener, string answer)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The listener is closed.
                return;
            }

            using (client)
            {
                try
                {
                    var buffer = new byte[16 * 1024];
                    await client.ReceiveAsync(buffer);
                    await client.SendAsync(Encoding.ASCII.GetBytes(answer));
                    client.Shutdown(SocketShutdown.Send);
                    // Its end is waited for, so that what was sent isn't cut off.
                    while (await client.ReceiveAsync(buffer) > 0) { }
                }
                catch (SocketException)
                {
                    // The client has gone.
                }
            }
        }
    }
}
