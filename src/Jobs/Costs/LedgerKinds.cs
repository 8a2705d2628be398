namespace Darkroom.Jobs.Costs;

/// <summary>How sure a ledger row is. Stored, so an API.</summary>
public static class LedgerKinds
{
    /// <summary>Priced from the usage that the service reported.</summary>
    public const string Reported = "reported";

    /// <summary>Answered without usage: priced by the image, or not at all.</summary>
    public const string Unreported = "unreported";

    /// <summary>Whether it was billed isn't known; priced at worst.</summary>
    public const string Unconfirmed = "unconfirmed";
}
