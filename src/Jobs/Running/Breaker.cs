using System.ComponentModel.DataAnnotations;
using Darkroom.Jobs.Batches;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Running;

/// <summary>Stops a batch whose answers are all the same refusal: section <c>Breaker</c>. See <c>docs/endpoint.md</c>.</summary>
public sealed class BreakerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Breaker";

    /// <summary>
    /// Halt a batch, or its canary, when this many first answers ended with the same class, code and parameter and none succeeded. 0: off. A canary also halts
    /// when all its answers, however few, ended that way.
    /// </summary>
    [Range(0, 1000)]
    public int First { get; set; } = 20;

    /// <summary>Halt a batch when this many answers in a row, at any time, ended the same way. 0: off.</summary>
    [Range(0, 1000)]
    public int InARow { get; set; } = 50;

    /// <summary>Calls in flight at once, across all workers and batches, until an endpoint and model have returned an image within the last day. 0: no bound.</summary>
    [Range(0, 10_000)]
    public int Unproven { get; set; } = 8;

    /// <summary>Whether answers are counted at all.</summary>
    public bool Counts => First > 0 || InARow > 0;
}

/// <summary>Refuses breaker options out of range, with key, value and reason.</summary>
public sealed class BreakerOptionsValidator : IValidateOptions<BreakerOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BreakerOptions options)
    {
        var failures = new List<string>();
        foreach (var property in typeof(BreakerOptions).GetProperties().Where(property => property.CanWrite))
        {
            var range = (RangeAttribute)property.GetCustomAttributes(typeof(RangeAttribute), inherit: false)[0];
            var value = property.GetValue(options);
            if (!range.IsValid(value)) failures.Add($"{BreakerOptions.Section}:{property.Name}: '{value}' must be from {range.Minimum} to {range.Maximum}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}

/// <summary>What an answer says to the breaker.</summary>
/// <param name="Alike">Class, code and param that it ended with; null for a success.</param>
/// <param name="Said">The same for people, with the service's words.</param>
/// <param name="MayBePaid">Whether the call may have been paid for: such an item isn't put back by a resume, its batch's policy decides.</param>
public sealed record AnswerSign(string? Alike, string? Said, bool MayBePaid)
{
    private static readonly AnswerSign Success = new(null, null, MayBePaid: false);

    /// <summary>The sign of a completion; null where the service gave no answer, or none that lasts (throttling, halts, failures that are tried again).</summary>
    public static AnswerSign? Of(ItemCompletion completion)
    {
        ArgumentNullException.ThrowIfNull(completion);
        if (completion.AttemptState is AttemptState.Succeeded or AttemptState.Adopted) return Success;
        if (completion.HttpStatus is null || completion.HaltReason is not null || completion.Error is not { } error) return null;
        var unclear = completion.AttemptState == AttemptState.Unknown;
        if (!unclear && completion.Next is not (ItemState.Rejected or ItemState.Failed)) return null;
        var code = error.Code is null ? error.Class : $"{error.Class}/{error.Code}";
        return new AnswerSign($"{error.Class}/{error.Code}/{error.Param}", $"{code}{(error.Param is null ? "" : $" (param {error.Param})")}: {error.Message}", unclear);
    }
}
