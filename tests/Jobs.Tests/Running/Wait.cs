namespace Darkroom.Jobs.Tests.Running;

/// <summary>Waits for what other tasks do, within a bound that only a hang reaches.</summary>
internal static class Wait
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task UntilAsync(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!condition())
        {
            if (DateTime.UtcNow > deadline) throw new TimeoutException("It never came.");
            await Task.Yield();
        }
    }
}
