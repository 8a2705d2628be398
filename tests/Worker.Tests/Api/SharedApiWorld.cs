namespace Darkroom.Worker.Tests.Api;

/// <summary>One world for those tests of a class that don't care what others did in it, since each world costs a second. The first test that asks makes it.</summary>
public sealed class SharedApiWorld : IAsyncDisposable
{
    private readonly Lazy<Task<ApiWorld>> _world = new(() => ApiWorld.CreateAsync());

    internal Task<ApiWorld> GetAsync() => _world.Value;

    public async ValueTask DisposeAsync()
    {
        if (_world is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await _world.Value).DisposeAsync();
    }
}
