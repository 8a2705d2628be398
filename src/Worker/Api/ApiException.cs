using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Api;

/// <summary>A request can't be answered as asked.</summary>
internal sealed class ApiException(ProblemShape problem) : Exception(problem.Detail)
{
    /// <summary>What the answer says.</summary>
    public ProblemShape Problem { get; } = problem;
}
