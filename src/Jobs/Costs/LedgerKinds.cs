namespace Darkroom.Jobs.Costs;

/// <summary>How sure a ledger row is. Stored, so an API.</summary>
public static class LedgerKinds
{
    /// <summary>Priced from the usage that the service reported.</summary>
    public const string Reported = "reported";

    /// <summary>Answered without usable usage: priced by the image, or not at all where the price isn't known.</summary>
    public const string Unreported = "unreported";

    /// <summary>Images came without usable usage, from a model that is priced by token: what the usage doesn't say is priced at its estimate.</summary>
    public const string Estimated = "estimated";

    /// <summary>Whether it was billed isn't known; priced at worst.</summary>
    public const string Unconfirmed = "unconfirmed";
}
