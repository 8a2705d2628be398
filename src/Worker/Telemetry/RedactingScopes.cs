using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Telemetry;

/// <summary>Scopes of logs, without secrets for whoever reads them: a library's scope may hold an address with its signature.</summary>
internal sealed class RedactingScopes(Redactor redactor) : IExternalScopeProvider
{
    private readonly LoggerExternalScopeProvider _scopes = new();

    /// <inheritdoc/>
    public IDisposable Push(object? state) => _scopes.Push(state);

    /// <inheritdoc/>
    public void ForEachScope<TState>(Action<object?, TState> callback, TState state) => _scopes.ForEachScope(
        static (scope, passed) => passed.callback(passed.redactor.RedactScope(scope), passed.state), (callback, redactor, state));
}
