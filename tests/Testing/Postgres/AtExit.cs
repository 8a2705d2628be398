using System.Collections.Concurrent;

namespace Darkroom.Testing.Postgres;

/// <summary>What is cleaned up when the test process exits, the last first: databases before their server.</summary>
internal static class AtExit
{
    private static readonly ConcurrentStack<Func<Task>> Actions = new();

    static AtExit() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        while (Actions.TryPop(out var action)) action().GetAwaiter().GetResult();
    };

    /// <summary>Adds an action.</summary>
    public static void Run(Func<Task> action) => Actions.Push(action);
}
