using System.Net;
using System.Text;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Client;

/// <summary>A server refused what was asked; the message says why, field by field, for people.</summary>
public sealed class ServerRefusedException(HttpStatusCode status, ProblemShape? problem) : Exception(Describe(status, problem))
{
    /// <summary>The answer's status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>What the server said, or null when it wasn't a Darkroom that answered.</summary>
    public ProblemShape? Problem { get; } = problem;

    private static string Describe(HttpStatusCode status, ProblemShape? problem)
    {
        if (problem?.Title is null && problem?.Detail is null) return $"The server answered {(int)status}: is it a Darkroom worker? Check --server.";
        var text = new StringBuilder();
        foreach (var error in problem.Errors ?? [])
        {
            if (error.File is not null) text.Append(error.File).Append(error.Line is { } line ? $":{line}" : "").Append(": ");
            if (error.Field is not null) text.Append(error.Field).Append(": ");
            text.AppendLine(error.Reason);
        }

        if (problem.ErrorCount - (problem.Errors?.Count ?? 0) is > 0 and { } more) text.AppendLine($"… and {more} more.");
        return text.Append(problem.Detail ?? problem.Title).ToString();
    }
}
