namespace Darkroom.Jobs.Throttling;

/// <summary>
/// How long before its start a call gets ready, so that writing its attempt doesn't make it late: as long as that has lately taken, and half as much again. Not
/// more than needed: a call that is ready and not sent is one of unknown outcome when the process dies. Not safe for threads by itself.
/// </summary>
internal sealed class StartLead
{
    /// <summary>At least so long.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(60);

    /// <summary>At most so long: a database that takes longer to write makes calls late.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(1);

    // A slow one is forgotten slowly: half of it in some forty calls.
    private const int Memory = 64;
    private TimeSpan _took;

    /// <summary>The lead now.</summary>
    public TimeSpan Now => _took * 1.5 is var lead && lead < Least ? Least : lead > Most ? Most : lead;

    /// <summary>Takes in how long a call took to get ready.</summary>
    public void Took(TimeSpan time) => _took = time > _took ? time : _took - ((_took - time) / Memory);
}
