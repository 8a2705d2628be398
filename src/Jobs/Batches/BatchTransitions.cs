namespace Darkroom.Jobs.Batches;

/// <summary>Which action leads from which state to which: the batch's state machine as people drive it.</summary>
public static class BatchTransitions
{
    /// <summary>Decides an action.</summary>
    /// <returns>The next state; or neither state nor refusal, when the batch stands there already; or why it can't be done.</returns>
    public static (BatchState? Next, string? Refusal) Decide(BatchState state, BatchAction action) => (action, state) switch
    {
        (BatchAction.Pause, BatchState.Queued or BatchState.Running) => (BatchState.Paused, null),
        (BatchAction.Pause, BatchState.Paused) => (null, null),
        (BatchAction.Resume, BatchState.Paused or BatchState.Halted) => (BatchState.Queued, null),
        (BatchAction.Resume, BatchState.Queued or BatchState.Running) => (null, null),
        (BatchAction.Cancel, BatchState.Canceled) => (null, null),
        (BatchAction.Cancel, BatchState.AwaitingApproval or BatchState.Queued or BatchState.Running or BatchState.Paused or BatchState.Halted) => (BatchState.Canceled, null),
        (BatchAction.Approve, BatchState.AwaitingApproval) => (BatchState.Queued, null),
        (BatchAction.Approve, BatchState.Queued or BatchState.Running) => (null, null),
        _ => (null, $"A batch that is {state.ToName()} can't be {Verb(action)}."),
    };

    private static string Verb(BatchAction action) => action switch
    {
        BatchAction.Pause => "paused",
        BatchAction.Resume => "resumed",
        BatchAction.Cancel => "canceled",
        _ => "approved",
    };
}
