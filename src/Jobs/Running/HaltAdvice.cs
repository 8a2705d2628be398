using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Running;

/// <summary>What a person can do about a halt.</summary>
public static class HaltAdvice
{
    /// <summary>One sentence or two for a reason.</summary>
    public static string For(string reason) => reason switch
    {
        HaltReasons.Quota => "Add credit or raise the spend limit at the service, then resume the batch.",
        HaltReasons.Throttled => "Check at the service what the account may do and whether its quota is used up, then resume the batch.",
        HaltReasons.KeyRefused => "Check OPENAI_API_KEY and what the key may do, then resume the batch.",
        HaltReasons.ModelGone => "Choose another model and submit again, or resume once the model is back.",
        HaltReasons.Budget => "Raise the budget, then resume the batch.",
        HaltReasons.Unreachable => "Check OPENAI_BASE_URL and the network, then resume the batch.",
        HaltReasons.Store => "Make room or restore access, resume the batch, and retry held items: their images were paid for and couldn't be kept.",
        _ => "Resume the batch when it is mended.",
    };
}
