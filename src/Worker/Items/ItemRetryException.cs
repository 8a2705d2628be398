namespace Darkroom.Worker.Items;

/// <summary>An <see cref="ItemRetry"/> that can't be.</summary>
/// <param name="field">What is wrong: <c>prompt</c> or <c>note</c>.</param>
/// <param name="reason">Why, in a sentence without its subject.</param>
public sealed class ItemRetryException(string field, string reason) : Exception($"{field} {reason}")
{
    /// <summary>What is wrong.</summary>
    public string Field { get; } = field;

    /// <summary>Why, in a sentence without its subject.</summary>
    public string Reason { get; } = reason;
}
