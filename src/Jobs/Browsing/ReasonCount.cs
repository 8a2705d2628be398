namespace Darkroom.Jobs.Browsing;

/// <summary>How many items of a batch didn't succeed for one reason.</summary>
/// <param name="Reason"><c>CLASS/CODE</c>, the code empty when there was none; see <see cref="ItemFilter.Reason"/>.</param>
/// <param name="Message">The message of one of them.</param>
/// <param name="Items">How many, up to <see cref="MostItems"/>.</param>
public sealed record ReasonCount(string Reason, string Message, long Items)
{
    /// <summary>Counting stops here: at so many nobody needs the exact number, and it takes time.</summary>
    public const int MostItems = 5_000;

    /// <summary>How many reasons are told apart.</summary>
    public const int MostReasons = 50;

    /// <summary>Whether there are more than <see cref="MostItems"/>.</summary>
    public bool IsMore { get; init; }
}
