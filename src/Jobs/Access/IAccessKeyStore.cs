namespace Darkroom.Jobs.Access;

/// <summary>Keeps access keys. Nothing is cached: a removed key is of no use from that moment.</summary>
public interface IAccessKeyStore
{
    /// <summary>Whether there is any key: without one only this machine is served.</summary>
    Task<bool> AnyAsync(CancellationToken cancellationToken);

    /// <summary>The key that a token is of, or null; compared in constant time.</summary>
    Task<AccessKey?> FindAsync(KeyToken token, CancellationToken cancellationToken);

    /// <summary>The key of an id, or null.</summary>
    Task<AccessKey?> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>All keys, by name.</summary>
    Task<IReadOnlyList<AccessKey>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Adds a key.</summary>
    /// <returns>False when the name is taken.</returns>
    Task<bool> AddAsync(string name, AccessRole role, KeyToken token, Actor by, CancellationToken cancellationToken);

    /// <summary>Removes a key.</summary>
    /// <returns>False when there is none of that name.</returns>
    Task<bool> RemoveAsync(string name, Actor by, CancellationToken cancellationToken);
}
