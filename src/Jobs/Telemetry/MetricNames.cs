namespace Darkroom.Jobs.Telemetry;

/// <summary>
/// The names of our instruments: an API, since dashboards and alerts go by them (a test holds <c>ops/</c> to this list). Names by OpenTelemetry's semantic
/// conventions where it has one, else under <c>darkroom.</c>.
/// </summary>
public static class MetricNames
{
    /// <summary>The meter, and the source of spans.</summary>
    public const string Source = "Darkroom";

    /// <summary>Items that ended, by <see cref="Outcome"/> and model.</summary>
    public const string Items = "darkroom.items";

    /// <summary>Calls that ended, by <see cref="AttemptState"/> and model.</summary>
    public const string Attempts = "darkroom.attempts";

    /// <summary>Items at work in the process, from claim to commit.</summary>
    public const string InFlight = "darkroom.items.in_flight";

    /// <summary>Seconds from asking the limiter to being let go, by <see cref="LimitsGroup"/>.</summary>
    public const string LimiterWait = "darkroom.limiter.wait";

    /// <summary>Seconds of a call, from its first byte to the end of its answer (semantic conventions, GenAI).</summary>
    public const string CallDuration = "gen_ai.client.operation.duration";

    /// <summary>Tokens of a call, by <c>gen_ai.token.type</c> (semantic conventions, GenAI) and <see cref="Modality"/>.</summary>
    public const string Tokens = "gen_ai.client.token.usage";

    /// <summary>US dollars booked in the ledger, by model and <see cref="LedgerKind"/>.</summary>
    public const string Cost = "darkroom.cost";

    /// <summary>Claims that another process had taken when their completion was to be written.</summary>
    public const string LeaseLosses = "darkroom.lease.losses";

    /// <summary>Items of dead processes that were recovered, by <see cref="Found"/>.</summary>
    public const string Recoveries = "darkroom.recoveries";

    /// <summary>Seconds of an operation of the image store, by <see cref="Operation"/>.</summary>
    public const string StoreDuration = "darkroom.store.operation.duration";

    /// <summary>Seconds since the item that waits longest could have been claimed; 0 when none waits. The same in every process.</summary>
    public const string QueueAge = "darkroom.queue.oldest_due";

    /// <summary>Items that could be claimed now, counted up to 100,000 a batch. The same in every process.</summary>
    public const string QueueDue = "darkroom.queue.due";

    /// <summary>Batches that haven't ended, by <see cref="BatchState"/>. The same in every process.</summary>
    public const string Batches = "darkroom.batches";

    /// <summary>Worker processes whose lease holds. The same in every process.</summary>
    public const string Processes = "darkroom.processes";

    /// <summary>Attribute: an item's final state.</summary>
    public const string Outcome = "darkroom.item.state";

    /// <summary>Attribute: what became of an attempt.</summary>
    public const string AttemptState = "darkroom.attempt.state";

    /// <summary>Attribute: a batch's state.</summary>
    public const string BatchState = "darkroom.batch.state";

    /// <summary>Attribute: the limits group.</summary>
    public const string LimitsGroup = "darkroom.limits_group";

    /// <summary>Attribute: reported, unreported, estimated or unconfirmed.</summary>
    public const string LedgerKind = "darkroom.ledger.kind";

    /// <summary>Attribute: text or image.</summary>
    public const string Modality = "darkroom.token.modality";

    /// <summary>Attribute: whether a dead process's images were found.</summary>
    public const string Found = "darkroom.recovery.found";

    /// <summary>Attribute: commit or find.</summary>
    public const string Operation = "darkroom.store.operation";

    /// <summary>Attribute by semantic conventions: the model asked for.</summary>
    public const string Model = "gen_ai.request.model";

    /// <summary>Attribute by semantic conventions: a short class of what went wrong.</summary>
    public const string ErrorType = "error.type";
}
