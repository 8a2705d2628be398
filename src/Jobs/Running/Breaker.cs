using System.ComponentModel.DataAnnotations;
using Darkroom.Jobs.Batches;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Running;

/// <summary>Section <c>Breaker</c>: when a batch is stopped because everything ends alike, and how much is out until an endpoint has proven itself.</summary>
public sealed class BreakerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Breaker";

    /// <summary>
    /// A batch, or its sample, is halted when so many answers that came first ended with the same class, code and param, and none succeeded. Up to 1,000; 20
    /// unless set; 0 turns it off. A sample is halted also when all of its answers, however few, ended so.
    /// </summary>
    [Range(0, 1000)]
    public int First { get; set; } = 20;

    /// <summary>The same of so many answers in a row, at any time. Up to 1,000; 50 unless set; 0 turns it off.</summary>
    [Range(0, 1000)]
    public int InARow { get; set; } = 50;

    /// <summary>Calls that are out at once, over all processes and batches, until an endpoint and model have given an image within the last day. Up to 10,000; 8 unless set; 0 turns it off.</summary>
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
