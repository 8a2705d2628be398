using System.Security.Cryptography;

namespace Darkroom.Jobs.Batches;

/// <summary>
/// Makes batch ids: the day and six random characters, <c>20261122-k7f3q9</c>. They sort by day, can be typed, and don't repeat between databases
/// that share one store.
/// </summary>
public static class BatchIds
{
    // No vowels, no look-alikes.
    private const string Alphabet = "23456789bcdfghjkmnpqrstvwxz";

    /// <summary>A new id.</summary>
    public static string Create(TimeProvider time) =>
        $"{time.GetUtcNow():yyyyMMdd}-{RandomNumberGenerator.GetString(Alphabet, 6)}";
}
