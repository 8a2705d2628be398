namespace Darkroom.Jobs.Models;

/// <summary>Something that a model refuses, or may refuse.</summary>
/// <param name="Field">The parameter by the API's own name, such as <c>size</c>; <c>images</c> or <c>prompt</c> for the input.</param>
/// <param name="Reason">What is wrong and what would be right, in one sentence.</param>
/// <param name="IsWarning">True when the call may go out all the same.</param>
public sealed record RuleProblem(string Field, string Reason, bool IsWarning);
