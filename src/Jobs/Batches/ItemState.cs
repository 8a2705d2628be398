namespace Darkroom.Jobs.Batches;

/// <summary>Where an item stands. A claim is a lease, not a state.</summary>
public enum ItemState
{
    /// <summary>Waits to be claimed, not before its <c>not_before</c>.</summary>
    Pending,

    /// <summary>An attempt was written down and its call may be under way.</summary>
    Sending,

    /// <summary>Paid for, stored and priced.</summary>
    Succeeded,

    /// <summary>An identical edit had been paid for before; no call was made.</summary>
    Reused,

    /// <summary>The service, or a check of ours, refused it for good.</summary>
    Rejected,

    /// <summary>Its attempts are spent.</summary>
    Failed,

    /// <summary>The outcome of a call is unknown and a person decides.</summary>
    Held,

    /// <summary>Its batch was canceled before it was sent.</summary>
    Canceled,
}
