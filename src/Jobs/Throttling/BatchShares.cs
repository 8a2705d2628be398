namespace Darkroom.Jobs.Throttling;

/// <summary>How batches share what there is: each step of priority doubles a batch's part, so that 9 goes before 5 sixteen to one, and nothing starves.</summary>
public static class BatchShares
{
    /// <summary>The weight of a priority.</summary>
    /// <param name="priority">0 (last) to 9 (first).</param>
    public static double WeightOf(int priority) => 1 << priority;
}
