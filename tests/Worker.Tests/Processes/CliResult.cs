using System.Text.Json;
using System.Text.Json.Nodes;

namespace Darkroom.Worker.Tests.Processes;

/// <summary>What a run of the program came to.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error)
{
    /// <summary>Stdout as one JSON document.</summary>
    public JsonNode Json => JsonNode.Parse(Out) ?? throw new JsonException("stdout is null");

    /// <summary>Stdout's lines.</summary>
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Expects an exit code, and shows all that was printed when it is another.</summary>
    public CliResult ShouldExit(int code)
    {
        ExitCode.ShouldBe(code, $"stdout:\n{Out}\nstderr:\n{Error}");
        return this;
    }
}
