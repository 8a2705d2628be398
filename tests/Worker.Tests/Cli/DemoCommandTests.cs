using Darkroom.Worker.Tests.Embedded;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task Demo_InAnEmptyFolder_GoesAsScriptedAndDoesSoAgain()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        // What is configured for the real service must not be touched by the demo.
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["OPENAI_BASE_URL"] = "http://127.0.0.1:1/v1",
            ["OPENAI_API_KEY"] = "sk-planted",
            ["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=1",
            ["Limits__Default__MaxInFlight"] = "12",
        };

        for (var time = 1; time <= 2; time++)
        {
            await using var demo = DarkroomProcess.Start(folder.Path, environment, "demo");
            var result = (await demo.WaitAsync(TimeSpan.FromMinutes(2))).ShouldExit(0);

            result.Out.ShouldContain("As scripted: 22 succeeded, 2 were refused for the scripted reasons");
            result.Out.ShouldContain("scripted-refusal");
            result.Out.ShouldContain("moderation: ");
            result.Out.ShouldContain("cost USD");
            result.Out.ShouldContain("22 calls billed");
            result.Error.ShouldContain("24/24 done");
            var images = result.Lines.Single(line => line.StartsWith("Images: ", StringComparison.Ordinal))["Images: ".Length..];
            images.ShouldStartWith(Path.Combine(folder.Home, "images"));
            Directory.GetFiles(images, "*", SearchOption.AllDirectories).Length.ShouldBeGreaterThanOrEqualTo(22);
            folder.HasServer.ShouldBeFalse();
        }

        await using var list = DarkroomProcess.Start(folder.Path, new Dictionary<string, string?>(StringComparer.Ordinal), "list", "--json");
        (await list.WaitAsync()).ShouldExit(0).Json.AsArray().Count.ShouldBe(2);
    }
}
