using Darkroom.Jobs.Batches;

namespace Darkroom.Worker.Pages.Frame;

/// <summary>How states look: an icon and a word, and a tone besides, never a tone alone.</summary>
/// <param name="Icon">The icon's name in <see cref="Icon"/>.</param>
/// <param name="Word">The word.</param>
/// <param name="Tone">The class of the tone.</param>
internal sealed record StateLook(string Icon, string Word, string Tone)
{
    public static StateLook Of(BatchState state) => state switch
    {
        BatchState.Importing => new("clock", "Importing", "quiet"),
        BatchState.AwaitingApproval => new("hand", "Awaiting approval", "warn"),
        BatchState.Queued => new("clock", "Queued", "quiet"),
        BatchState.Running => new("play", "Running", "live"),
        BatchState.Paused => new("pause", "Paused", "quiet"),
        BatchState.Halted => new("stop", "Halted", "bad"),
        BatchState.Completed => new("check", "Completed", "good"),
        BatchState.CompletedWithErrors => new("alert", "Completed with errors", "warn"),
        _ => new("cross", "Canceled", "quiet"),
    };

    public static StateLook Of(ItemState state) => state switch
    {
        ItemState.Pending => new("clock", "Pending", "quiet"),
        ItemState.Sending => new("play", "Sending", "live"),
        ItemState.Succeeded => new("check", "Succeeded", "good"),
        ItemState.Reused => new("again", "Reused", "reuse"),
        ItemState.Rejected => new("hand", "Rejected", "refuse"),
        ItemState.Failed => new("cross", "Failed", "bad"),
        ItemState.Held => new("pause", "Held", "warn"),
        _ => new("cross", "Canceled", "quiet"),
    };
}
