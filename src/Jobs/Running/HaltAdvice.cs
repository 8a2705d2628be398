using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Running;

/// <summary>What a person can do about a halt.</summary>
public static class HaltAdvice
{
    /// <summary>What was said, as a sentence, and the advice for a reason behind it.</summary>
    public static string After(string said, string reason) => $"{said}{(said is [.., '.' or '!' or '?'] ? "" : ".")} {For(reason)}";

    /// <summary>One sentence or two for a reason.</summary>
    public static string For(string reason) => reason switch
    {
        HaltReasons.Quota => "Add credit or raise the spend limit at the service, then resume the batch.",
        HaltReasons.Throttled => "Check at the service what the account may do and whether its quota is used up, then resume the batch.",
        HaltReasons.KeyRefused => "Check OPENAI_API_KEY and what the key may do, then resume the batch.",
        HaltReasons.ModelGone => "Choose another model and submit again, or resume once the model is back.",
        HaltReasons.Budget => "Raise the budget, then resume the batch.",
        HaltReasons.EndpointWrong => "Check OPENAI_BASE_URL (host, path, deployment, api-version) and whether the server takes edits in this form, then resume the batch.",
        HaltReasons.RefusedAlike =>
            "Mend what they have in common (model, options, sources, endpoint) and resume the batch: what this halt refused goes again. If each refusal is right, set Breaker__First and Breaker__InARow to 0 first.",
        HaltReasons.Unreachable => "Check OPENAI_BASE_URL and the network, then resume the batch.",
        HaltReasons.Store => "Make room or restore access, resume the batch, and retry held items: their images were paid for and couldn't be kept.",
        _ => "Resume the batch when it is mended.",
    };
}
