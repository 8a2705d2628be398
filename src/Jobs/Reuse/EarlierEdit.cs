using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Reuse;

/// <summary>An edit that was paid for before.</summary>
/// <param name="ItemId">The item that paid.</param>
/// <param name="Outputs">Its images: path in the store and length.</param>
public sealed record EarlierEdit(long ItemId, IReadOnlyList<StoredPath> Outputs);
